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
  std::string mode;     ///< "paper", "honest", "observed" (a plain measurement that the metrics rest on), or
                        ///< "serving" (of a load's requests, as `edgeeval bench` reports them).
  std::string title;    ///< "Break-even".
  std::string unit;     ///< As printed in files: "requests", "1/J", "tok/s/GB".
  std::string formula;  ///< With symbols and constants.
  std::string source;   ///< Where the formula comes from.
  Direction direction = Direction::higher_is_better;
};

/// All metrics of a study, in the order of reports; those that a decision adds (src/decision) come last.
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

/// All rows of a record but the decision's, variant by variant in the order of the record, metric by metric in table
/// order.
/// Deterministic: opens no file, reads no clock.
[[nodiscard]] std::vector<MetricRow> compute_metrics(const RunRecord& record);

/// One phase of the life of the variants that rest on one stage, and the energy it took.
struct LedgerRow {
  std::string stage;
  std::string phase;   ///< "import", "adapt", "merge", "quantize", "cold_start", "idle", "serve" or "score".
  std::string window;  ///< The window of the stage that tells it.
  std::vector<std::string> variants;  ///< Those that rest on the stage: a shared stage is paid for once.
  double duration_s = 0.0;
  std::optional<Fact> gross;  ///< All that was drawn (J).
  std::string absent_reason;  ///< Set where gross is absent.
  std::optional<Fact> net;    ///< Gross less the bare machine's idle power × duration (J).
  std::string net_absent_reason;     ///< Set where net is absent and gross is there.
  double measured_share = 0.0;       ///< Of the gross joules, 0…1, that a sensor measured.
  std::vector<std::string> counted;  ///< The sources added up.
  /// Domains that gave no energy here. They are not zero but not known, so gross is a lower bound, open above.
  std::vector<std::string> missing;
  std::vector<std::string> flags;    ///< What the sources say of their figures.
  std::optional<Fact> unexplained;   ///< Wall less its parts (J), where a wall meter was read.
};

/// The ledger of a record, in the order of its variants and of their stages; a shared stage stands once.
[[nodiscard]] std::vector<LedgerRow> life_cycle(const RunRecord& record);

}  // namespace edgeeval
