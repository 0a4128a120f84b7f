// SPDX-License-Identifier: Apache-2.0
// What a gate found, as text for a terminal, Markdown for a pull request, JSON and JUnit XML
#pragma once

#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "decision/gate.hpp"

namespace edgeeval {

/// The formats: "console", "json", "junit", "md".
[[nodiscard]] std::vector<std::string> gate_formats();

/// The report in a format. Errors: usage (no such format).
[[nodiscard]] Result<std::string> gate_as(const std::string& format, const GateReport& report, bool colour);

/// The self-test in "console" or "json". Errors: usage (no such format).
[[nodiscard]] Result<std::string> self_test_as(const std::string& format, const GateSelfTest& test,
                                               bool colour);

}  // namespace edgeeval
