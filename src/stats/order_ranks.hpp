// SPDX-License-Identifier: Apache-2.0
// Which order statistics bound a quantile, by the exact binomial law, and how many values that takes.
#pragma once

#include <cstdint>
#include <optional>

namespace edgeeval {

/// Ranks from 0 into values in ascending order.
struct QuantileRanks {
  std::uint64_t value = 0;  ///< Nearest rank: the smallest value with a share of at least p at or below.
  std::optional<std::uint64_t> lo, hi;  ///< 95 %: at most 2.5 % on either side (Conover 1999, section 3.2).
  /// One-sided 99 % upper bound as MLPerf LoadGen's early stopping takes it (loadgen/results.cc and
  /// early_stopping.cc): rank n − t for the largest t >= 1 with P(B(n, 1 − p) <= t) <= 1 %. Absent below the
  /// floor.
  std::optional<std::uint64_t> upper_99;
};

/// Those of the p-quantile (0 < p < 1) of `count` (> 0) values.
[[nodiscard]] QuantileRanks quantile_ranks(std::uint64_t count, double p);

/// P(X <= k) of X ~ B(n, p) (Abramowitz and Stegun 1964, 26.5.24: the regularized incomplete beta function).
[[nodiscard]] double binomial_within(std::uint64_t k, std::uint64_t n, double p);

/// Fewest values from which early stopping tells an upper bound of the p-quantile at 99 % (MLPerf LoadGen):
/// the smallest n with P(B(n, 1 − p) <= 1) <= 1 %. 11 for p50, 662 for p99.
[[nodiscard]] std::uint64_t early_stopping_samples(double p);

}  // namespace edgeeval
