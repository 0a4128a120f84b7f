// SPDX-License-Identifier: Apache-2.0
// Scores of two variants item by item, joined by the item's id
#pragma once

#include <cstddef>
#include <edgeeval/record.hpp>
#include <vector>

namespace edgeeval {

/// Token F1 of the items that two variants were both scored on; a[i] and b[i] are of the same item.
struct PairedScores {
  std::vector<double> a, b;
  std::size_t left_out = 0;  ///< Items that only one of them has.
};

/// Joins the scores of two variants by item id, in the order of `a`. An id that comes again counts once.
[[nodiscard]] PairedScores paired_f1(const std::vector<ItemScore>& a, const std::vector<ItemScore>& b);

}  // namespace edgeeval
