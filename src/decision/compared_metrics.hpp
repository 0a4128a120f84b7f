// SPDX-License-Identifier: Apache-2.0
// What comparisons know of each metric: which way is better, within what margin two figures are the same, and
// what their difference can be told from
#pragma once

#include <edgeeval/metrics.hpp>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// What the interval of a difference is made from.
enum class Evidence {
  items,      ///< Scores of the same items, in pairs.
  energy,     ///< The ratio of two energies, in which the gain of a shared device cancels.
  intervals,  ///< Both figures' own intervals, as independent.
  exact,      ///< The figures themselves: counts and sizes, without chance.
};

/// One metric as it is compared.
struct ComparedMetric {
  std::string mode;
  std::string id;
  double margin = 0.0;    ///< Two figures nearer than this are the same; in the metric's unit, or a share.
  bool relative = false;  ///< Whether the margin is a share of the first figure.
  Evidence evidence = Evidence::intervals;
  bool negative = false;            ///< Whether it can be below zero.
  bool shown = false;               ///< Whether it is compared where no metric is named.
  std::optional<Direction> better;  ///< Absent where neither way is better or none is known.
};

/// Every metric that stands in metric_table(), and those that decisions add, in that order. Margins:
/// docs/gate.md.
[[nodiscard]] const std::vector<ComparedMetric>& compared_metrics();

/// How a metric is compared; an empty `mode` stands for the first one. One that is in no table is compared by
/// its intervals, within 5 %, and neither way is better.
[[nodiscard]] ComparedMetric compared_metric(const std::string& mode, const std::string& id);

/// "0.02", "5 %".
[[nodiscard]] std::string margin_text(const ComparedMetric& metric);

/// The margin in the metric's unit, at a first figure of `value`.
[[nodiscard]] double margin_at(const ComparedMetric& metric, double value);

/// The word in files: "paired items", "energy ratio", "intervals", "exact".
[[nodiscard]] std::string to_string(Evidence evidence);

}  // namespace edgeeval
