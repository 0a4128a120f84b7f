// SPDX-License-Identifier: Apache-2.0
// Intervals by resampling of values that depend on their neighbours: whole blocks are drawn, not single
// values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/bootstrap.hpp"

namespace edgeeval {

/// 95 % percentile interval of Σa ÷ Σb, blocks of `block` consecutive pairs drawn from the series laid in a
/// circle (Politis and Romano 1992, "A circular block-resampling procedure for stationary data"; blocks that
/// overlap as in Künsch 1989, Annals of Statistics 17). The last block of a draw is cut so that each draw
/// holds as many pairs as the series. A draw costs its number of blocks, not of values. Nothing where sizes
/// differ, are below two blocks, or some draw's Σb is not positive.
[[nodiscard]] std::optional<Bounds> block_ratio_interval(std::span<const double> a, std::span<const double> b,
                                                         std::size_t block,
                                                         const Resampling& resampling = {});

/// The same of the mean of `values`.
[[nodiscard]] std::optional<Bounds> block_mean_interval(std::span<const double> values, std::size_t block,
                                                        const Resampling& resampling = {});

/// Length of block for a series of `count` whose values reach over `reach` others (requests in flight at a
/// time): the larger of count^⅓ (the order that is best for a variance: Hall, Horowitz and Jing 1995,
/// Biometrika 82), `reach` and count ÷ 500, which bounds the work; at most a tenth of the series, at least
/// one.
[[nodiscard]] std::size_t block_length(std::size_t count, double reach);

}  // namespace edgeeval
