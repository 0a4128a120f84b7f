// SPDX-License-Identifier: Apache-2.0
// The paper's questions, asked of any study.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "decision/finding_support.hpp"
#include "decision/numbers.hpp"
#include "stats/student.hpp"

namespace edgeeval {

std::optional<double> parameters_of(const std::string& size) {
  if (size.size() < 2) return std::nullopt;
  const auto number = read_number(std::string_view(size).substr(0, size.size() - 1));
  if (!number || *number <= 0.0) return std::nullopt;
  switch (size.back()) {
    case 'K':
    case 'k':
      return *number * 1e3;
    case 'M':
    case 'm':
      return *number * 1e6;
    case 'B':
    case 'b':
      return *number * 1e9;
    default:
      return std::nullopt;
  }
}

std::optional<RatioSummary> summarise(const std::vector<double>& ratios) {
  std::vector<double> logs;
  for (const double ratio : ratios) {
    if (ratio > 0.0 && std::isfinite(ratio)) logs.push_back(std::log(ratio));
  }
  if (logs.empty()) return std::nullopt;
  RatioSummary summary;
  summary.count = logs.size();
  summary.mean = std::exp(*mean(logs));
  summary.least = std::exp(*std::min_element(logs.begin(), logs.end()));
  summary.most = std::exp(*std::max_element(logs.begin(), logs.end()));
  if (logs.size() >= 3) {
    if (const auto bounds = student_interval(logs))
      summary.interval = Bounds{std::exp(bounds->lo), std::exp(bounds->hi)};
  }
  return summary;
}

std::string ratio_text(const RatioSummary& summary, const std::string& unit_of_count) {
  auto text = format_significant(summary.mean, 3) + " times";
  if (summary.interval)
    text += fmt::format(" [{}, {}]", format_significant(summary.interval->lo, 3),
                        format_significant(summary.interval->hi, 3));
  if (summary.count == 1) return text + fmt::format(" (one {})", unit_of_count);
  return text + fmt::format(" ({} {}s, from {} to {})", summary.count, unit_of_count,
                            format_significant(summary.least, 3), format_significant(summary.most, 3));
}

std::vector<Finding> findings_of(const RunRecord& record, const std::vector<MetricRow>& rows,
                                 const StudyDecision& decision) {
  const Figures figures(rows);
  const FindingSource source{record, figures, decision};
  return {small_models_dominate(source),  qlora_cost(source),    best_precision(source),
          cold_start_prohibitive(source), fidelity_kept(source), electricity_only_misleads(source)};
}

}  // namespace edgeeval
