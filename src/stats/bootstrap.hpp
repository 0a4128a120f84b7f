// SPDX-License-Identifier: Apache-2.0
// Intervals by resampling (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13:
// percentile).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace edgeeval {

/// A 95 % interval.
struct Bounds {
  double lo = 0.0;
  double hi = 0.0;
};

/// How resampling is done; the same settings give the same bounds everywhere.
struct Resampling {
  int draws = 10'000;
  std::uint64_t seed = 1;
};

/// The mean of `values`; nothing where there are none.
[[nodiscard]] std::optional<double> mean(std::span<const double> values);

/// Percentile interval of the mean of `values`, items resampled with replacement. Nothing below two values.
[[nodiscard]] std::optional<Bounds> mean_interval(std::span<const double> values,
                                                  const Resampling& resampling = {});

/// Percentile interval of mean(a) − mean(b), items resampled in pairs. Nothing where sizes differ or are
/// below two.
[[nodiscard]] std::optional<Bounds> paired_difference_interval(std::span<const double> a,
                                                               std::span<const double> b,
                                                               const Resampling& resampling = {});

/// Percentile interval of mean(a) ÷ mean(b), items resampled in pairs. Nothing as above, or where some draw's
/// mean(b) is zero.
[[nodiscard]] std::optional<Bounds> paired_ratio_interval(std::span<const double> a,
                                                          std::span<const double> b,
                                                          const Resampling& resampling = {});

}  // namespace edgeeval
