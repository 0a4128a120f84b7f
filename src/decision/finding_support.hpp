// SPDX-License-Identifier: Apache-2.0
// What the findings share: a study's figures by variant, pairs and groups of variants, and ratios with
// intervals.
#pragma once

#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "decision/decision.hpp"
#include "decision/figures.hpp"
#include "stats/bootstrap.hpp"

namespace edgeeval {

/// A study as the findings ask it.
struct FindingSource {
  const RunRecord& record;
  const Figures& figures;
  const StudyDecision& decision;

  /// A variant's metric; null where it is absent.
  [[nodiscard]] const Fact* figure(const std::string& variant, const std::string& metric) const {
    return figures.find(variant, metric);
  }
};

/// Parameters that a size label names: "1B" → 1e9, "135M" → 1.35e8; nothing for other words.
[[nodiscard]] std::optional<double> parameters_of(const std::string& size);

/// Several ratios as one: their geometric mean, its 95 % interval by Student's t on the logarithms (from
/// three on), and their range.
struct RatioSummary {
  double mean = 1.0;
  std::optional<Bounds> interval;
  double least = 0.0;
  double most = 0.0;
  std::size_t count = 0;
};
[[nodiscard]] std::optional<RatioSummary> summarise(const std::vector<double>& ratios);

/// "2.31 times [1.9, 2.8] (12 pairs, from 1.2 to 8.5)".
[[nodiscard]] std::string ratio_text(const RatioSummary& summary, const std::string& unit_of_count);

/// The finding of each question.
[[nodiscard]] Finding small_models_dominate(const FindingSource& source);
[[nodiscard]] Finding qlora_cost(const FindingSource& source);
[[nodiscard]] Finding best_precision(const FindingSource& source);
[[nodiscard]] Finding cold_start_prohibitive(const FindingSource& source);
[[nodiscard]] Finding fidelity_kept(const FindingSource& source);
[[nodiscard]] Finding electricity_only_misleads(const FindingSource& source);

}  // namespace edgeeval
