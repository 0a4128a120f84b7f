// SPDX-License-Identifier: Apache-2.0
// The results of one run as a comparison or a gate takes them: from a run folder, or from its results.json
#pragma once

#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <functional>
#include <string>
#include <vector>

namespace edgeeval {

/// A run's record and rows. Rows may hold figures that are not finite: whoever decides must look.
struct ResultSet {
  std::string name;  ///< The path it was read from.
  RunRecord record;  ///< Without single requests and scores where `items_known` is false.
  std::vector<MetricRow> rows;
  bool items_known = true;  ///< False for results.json, which holds no single requests and scores.
};

/// Makes the rows of a record.
using RowsOf = std::function<std::vector<MetricRow>(const RunRecord&)>;

/// Reads a run folder, whose rows `rows_of` makes, or a results.json, whose rows are taken as they stand.
/// Errors: io, record_unreadable (damage, a newer major version, no variant in it, a benchmark's folder).
[[nodiscard]] Result<ResultSet> read_results(const std::string& path,
                                             const RowsOf& rows_of = compute_metrics);

/// A results.json from its text; `name` stands in errors. A bare NaN or Infinity, which JSON does not have
/// but other tools write, becomes a figure that is not finite.
[[nodiscard]] Result<ResultSet> parse_results(const std::string& text, const std::string& name);

/// The row of a variant's metric; an empty `mode` stands for the first one. Null where there is none.
[[nodiscard]] const MetricRow* find_row(const ResultSet& results, const std::string& variant,
                                        const std::string& mode, const std::string& metric);

/// The variant with this id; null where there is none.
[[nodiscard]] const VariantInfo* find_variant(const ResultSet& results, const std::string& id);

/// One variant of a run.
struct Side {
  const ResultSet* results = nullptr;
  const VariantInfo* variant = nullptr;
};

}  // namespace edgeeval
