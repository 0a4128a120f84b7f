// SPDX-License-Identifier: Apache-2.0
// The paper's metrics and claims for people: console, Markdown, HTML.
#pragma once

#include <edgeeval/metrics.hpp>
#include <string>
#include <vector>

#include "paper/claims.hpp"

namespace edgeeval::paper {

/// What the three formats show.
struct PaperReport {
  StudyContext context;
  Constants constants;
  std::vector<PublishedVariant> variants;
  std::vector<MetricRow> rows;
  std::vector<Claim> claims;
};

/// What the metrics count and leave out, in one sentence.
[[nodiscard]] std::string boundary_text();

/// A table of all variants and the claims with their verdicts, for a terminal.
[[nodiscard]] std::string console_text(const PaperReport& report);
/// The same with the rows behind each claim, as Markdown.
[[nodiscard]] std::string markdown_text(const PaperReport& report);

/// Claims and metric rows as one JSON object: claims[], metrics[].
[[nodiscard]] std::string json_text(const PaperReport& report);

}  // namespace edgeeval::paper
