// SPDX-License-Identifier: Apache-2.0
// Bands of many draws by order statistics.
#pragma once

#include <cstddef>
#include <span>

#include "economics/uncertainty.hpp"

namespace edgeeval::economics {

/// Place of the `p`-quantile among `count` ≥ 1 sorted values: ⌊p·(count − 1) + ½⌋.
[[nodiscard]] std::size_t rank_of(double p, std::size_t count);

/// The band of `values`, +∞ among them where a draw has no such figure; reorders them. Without values,
/// nothing is defined.
[[nodiscard]] Band band_of(std::span<double> values);

}  // namespace edgeeval::economics
