// SPDX-License-Identifier: Apache-2.0
// Renderers: stateless, deterministic, no clock, no locale.
#pragma once

#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace edgeeval {

struct StudyDecision;

/// Everything a renderer may show: the record, the rows, and sentences derived from them.
struct StudyReport {
  RunRecord record;
  std::vector<MetricRow> rows;
  std::vector<LedgerRow> ledger;
  std::string verdict;  ///< One sentence.
  /// Whether each variant pays, under which assumptions (src/decision); null where nothing could be decided.
  std::shared_ptr<const StudyDecision> decision{};
  std::vector<std::string> careful;  ///< What a reader must know before quoting a figure.
};

/// Computes the rows and sentences of a record.
[[nodiscard]] StudyReport make_report(RunRecord record);

/// One output format.
class Reporter {
 public:
  virtual ~Reporter() = default;
  /// Renders `report`; fails only where `out` does.
  [[nodiscard]] virtual Result<void> write(const StudyReport& report, std::ostream& out) const = 0;
};

}  // namespace edgeeval
