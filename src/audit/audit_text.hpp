// SPDX-License-Identifier: Apache-2.0
// An audit for people and for programs: console, Markdown, JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "audit/audit.hpp"

namespace edgeeval::audit {

/// Findings with up to `rows_shown` rows each, for a terminal.
[[nodiscard]] std::string console_text(const AuditReport& report, std::size_t rows_shown);
/// Findings with all rows, as Markdown.
[[nodiscard]] std::string markdown_text(const AuditReport& report);
/// Several audits as one JSON object: audits[], each with findings[] and skipped[].
[[nodiscard]] std::string json_text(const std::vector<AuditReport>& reports);
/// The detectors, as docs/audit.md holds them.
[[nodiscard]] std::string detectors_markdown();
/// The detectors, for a terminal.
[[nodiscard]] std::string detectors_text();

}  // namespace edgeeval::audit
