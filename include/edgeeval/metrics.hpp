// SPDX-License-Identifier: Apache-2.0
// The metric table and the rows computed from a record.
#pragma once

#include <edgeeval/record.hpp>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// Whether more or less of a metric is better.
enum class Direction { higher_is_better, lower_is_better };

/// One metric: what it is, in words and symbols.
struct MetricDefinition {
  std::string id;       ///< "n_break".
  std::string mode;     ///< "paper", "honest" or "observed" (a plain measurement that the metrics rest on).
  std::string title;    ///< "Break-even".
  std::string unit;     ///< As printed in files: "requests", "1/J", "tok/s/GB".
  std::string formula;  ///< With symbols and constants.
  std::string source;   ///< Where the formula comes from.
  Direction direction = Direction::higher_is_better;
};

/// All metrics, in the order of reports.
[[nodiscard]] const std::vector<MetricDefinition>& metric_table();

/// One value of one metric for one variant; absent values say why.
struct MetricRow {
  std::string variant, family, size, method, precision, task;
  std::string mode;
  std::string metric;
  std::optional<Fact> value;  ///< Absent where it could not be computed.
  std::string flag;  ///< The paper's flags and ours: "roi_within_hour", "never", "modelled"; may be empty.
  std::string absent_reason;  ///< Set where value is absent.
};

/// All rows of a record, variant by variant in the order of the record, metric by metric in table order.
/// Deterministic: opens no file, reads no clock.
[[nodiscard]] std::vector<MetricRow> compute_metrics(const RunRecord& record);

}  // namespace edgeeval
