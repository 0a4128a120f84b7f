// SPDX-License-Identifier: Apache-2.0
// Distributions: quantiles with exact bounds, means with block-bootstrap intervals.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "serving/summary.hpp"

namespace edgeeval {

/// The quantiles that every distribution has.
inline constexpr std::array kQuantiles{0.5, 0.9, 0.95, 0.99, 0.999};

/// How a distribution's bounds are made.
struct BoundSettings {
  int draws = 2000;
  std::uint64_t seed = 1;
  double reach = 1.0;                   ///< Requests in flight at a time, for the length of a block.
  std::optional<double> stamp_error{};  ///< In the metric's unit.
};

/// Quantiles of `count` (> 0) values in ascending order, of which `at` tells the one at a rank.
[[nodiscard]] std::vector<QuantileFigure> quantile_figures(std::uint64_t count,
                                                           const std::function<double(std::uint64_t)>& at,
                                                           std::optional<double> stamp_error);

/// Of one value a request, in order of scheduling. Nothing where there are none.
[[nodiscard]] std::optional<Distribution> distribution_of(const std::vector<double>& values,
                                                          std::uint64_t undefined,
                                                          const BoundSettings& settings);

}  // namespace edgeeval
