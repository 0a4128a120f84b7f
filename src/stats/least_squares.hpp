// SPDX-License-Identifier: Apache-2.0
// Least squares on a series whose errors follow each other.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace edgeeval {

/// A fitted line in several variables.
struct LeastSquares {
  std::vector<double> coefficients;
  /// Standard errors that hold where errors differ in size and depend on their neighbours (Newey and West
  /// 1987, Econometrica 55: Bartlett weights), times √(n / (n − k)) for the parameters fitted.
  std::vector<double> standard_errors;
  double r_squared = 0.0;  ///< Share of the variance about the mean that is explained; 0 where there is none.
  std::size_t degrees = 0;  ///< n − k.
  std::size_t lags = 0;
  double condition = 0.0;  ///< Of the columns scaled to length one: largest by smallest singular value.
};

/// Regresses `y` on `columns` (each of y's length; a constant is a column of ones). `lags` of the Newey-West
/// sum; absent = floor(4 (n / 100)^(2/9)), Newey and West's rule of thumb (1994, Review of Economic Studies
/// 61). Nothing where lengths differ, there are no more rows than columns, or the columns depend on each
/// other (a condition above 1e8).
[[nodiscard]] std::optional<LeastSquares> least_squares(std::span<const double> y,
                                                        const std::vector<std::vector<double>>& columns,
                                                        std::optional<std::size_t> lags = std::nullopt);

}  // namespace edgeeval
