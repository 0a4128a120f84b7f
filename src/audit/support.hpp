// SPDX-License-Identifier: Apache-2.0
// What several detectors need: columns of figures with their resolution, and findings put together.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "tables/fields.hpp"

namespace edgeeval::audit {

/// One figure of a column, with its row.
struct Cell {
  Place place;
  std::string what;
  double value = 0.0;
};

/// All figures of one column that is measured rather than set.
struct Column {
  std::string name;  ///< "serving energy"
  std::string unit;
  std::vector<Cell> cells;
  double resolution = 0.0;  ///< Size of the last decimal that any cell uses; 0 for full double precision.
};

/// The smallest power of ten, at most 1 and at least 1e-6, of which `value` is a whole multiple; 0 where it
/// has more decimals than that.
[[nodiscard]] double decimal_resolution(double value);

/// Measured columns of every table: times, energies, powers, latencies, throughput. Scores and settings are
/// not among them.
[[nodiscard]] std::vector<Column> measured_columns(const PublishedStudy& study);

/// The step that the figure at `member` was rounded to: one unit of the last decimal of its text, in the
/// field's unit; for figures that were read from no text, of two decimals or of their own shorter form.
template <class Row>
[[nodiscard]] double rounding_step(const Row& row, std::optional<double> Row::*member) {
  if (const auto step = written_step(row, member)) return *step;
  return std::max(decimal_resolution((row.*member).value_or(0.0)), 0.01);
}

/// The largest relative error that the rounding of each of `factors` can cause in their product or quotient.
template <class Row>
[[nodiscard]] double rounding_error(const Row& row,
                                    std::initializer_list<std::optional<double> Row::*> factors) {
  double total = 0.0;
  for (const auto member : factors) {
    const double value = (row.*member).value_or(0.0);
    if (value != 0.0) total += 0.5 * rounding_step(row, member) / std::abs(value);
  }
  return total;
}

/// One finding.
[[nodiscard]] Outcome found(Finding finding);
/// Nothing to report.
[[nodiscard]] inline Outcome clean() { return {}; }
/// Not looked at, and why.
[[nodiscard]] inline Outcome skipped(std::string reason) { return {{}, std::move(reason), 0, 0}; }
/// The same outcome, of `rows` looked at among `of`.
[[nodiscard]] inline Outcome over_rows(Outcome outcome, std::size_t rows, std::size_t of) {
  outcome.rows = rows;
  outcome.of = of;
  return outcome;
}

/// Evidence of a row.
template <class Row>
[[nodiscard]] Evidence evidence(const Row& row, std::string text) {
  return {row.place, describe(row.key), std::move(text)};
}

/// Where a context value stands: the mapping file, or the record of a run.
[[nodiscard]] Evidence context_evidence(const Subject& subject, std::string text);

}  // namespace edgeeval::audit
