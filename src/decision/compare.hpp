// SPDX-License-Identifier: Apache-2.0
// Runs set beside each other: variants matched, what forbids a comparison named, a verdict for each metric
#pragma once

#include <edgeeval/result.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "decision/difference.hpp"
#include "decision/mismatch.hpp"

namespace edgeeval {

/// What is compared, and what a user lets pass.
struct CompareOptions {
  std::vector<std::pair<std::string, std::string>>
      variants;                      ///< Of the first run and the other; empty: same ids.
  std::vector<std::string> metrics;  ///< Ids; empty: those that are shown without being asked for.
  std::set<Concern> despite;         ///< Concerns that do not forbid the comparison.
};

/// One metric of two variants.
struct ComparedRow {
  std::string variant_a, variant_b, task;
  ComparedMetric metric;
  std::string unit;
  std::optional<Fact> a, b;
  std::optional<Difference> difference;  ///< b − a; absent where either figure is.
  double margin = 0.0;                   ///< In the metric's unit.
  Verdict verdict = Verdict::undecided;
  std::string reason;          ///< Why it is undecided, or what is known all the same; may be empty.
  std::vector<Concern> marks;  ///< What differs between the two, and was let pass.
};

/// One run against the first.
struct Comparison {
  std::string a, b;                  ///< Names of the runs.
  std::vector<Mismatch> mismatches;  ///< All of them were let pass.
  std::vector<std::string> remarks;
  std::vector<std::string> only_a, only_b;  ///< Variants without a counterpart.
  std::vector<ComparedRow> rows;            ///< Variant by variant, metric by metric.
};

/// Compares each run with the first. Errors: usage (an unknown metric or variant, with near misses; no
/// variant in common), not_comparable (what differs and was not let pass, each with both values).
[[nodiscard]] Result<std::vector<Comparison>> compare(const std::vector<ResultSet>& runs,
                                                      const CompareOptions& options);

/// "load.concurrency: 4 against 8", with the variant before it where it is one's own.
[[nodiscard]] std::string to_text(const Mismatch& mismatch);

}  // namespace edgeeval
