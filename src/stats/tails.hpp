// SPDX-License-Identifier: Apache-2.0
// How unlikely a sum of squares or a count is, when nothing but chance is at work.
#pragma once

#include <cstddef>

namespace edgeeval {

/// Probability that a chi-square variable with `degrees` (> 0) degrees of freedom is at least `value` (>= 0)
/// (Abramowitz and Stegun 1964, 26.4.19: the upper regularized gamma function).
[[nodiscard]] double chi_square_upper_tail(double value, double degrees);

/// Probability that it is at most `value`.
[[nodiscard]] double chi_square_lower_tail(double value, double degrees);

/// Probability that a Poisson count of the given `mean` (> 0) is at least `count` (Abramowitz and Stegun
/// 1964, 26.4.21). 1 for a count of zero.
[[nodiscard]] double poisson_upper_tail(std::size_t count, double mean);

}  // namespace edgeeval
