// SPDX-License-Identifier: Apache-2.0
// Rows that lack in one table although others speak of them.
#pragma once

#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "tables/published_study.hpp"

namespace edgeeval::paper {

/// One row that is not there.
struct Hole {
  std::string table;  ///< "serving", "adaptation", "merging", "quality".
  CellKey key;  ///< Of the missing row; without a precision in an adaptation, or where only that is known.
  std::vector<Place> partners;  ///< Rows of other tables that speak of it.
};

/// "no quality row, which serving.csv:2 and merging.csv:2 call for".
[[nodiscard]] std::string describe(const Hole& hole);

/// Every missing row once, in the order of keys. A variant is expected in the serving and the quality table
/// where it stands in either of them, and in those and the merging table where another variant of its method
/// and precision does; its adaptation is expected, and an adaptation's variants are. A table without any row
/// expects none.
[[nodiscard]] std::vector<Hole> holes(const PublishedStudy& study);

/// An error that names the first hole and counts the others, where there is any.
[[nodiscard]] Result<void> check_whole(const PublishedStudy& study);

}  // namespace edgeeval::paper
