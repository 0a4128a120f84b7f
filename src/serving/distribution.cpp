// SPDX-License-Identifier: Apache-2.0
#include "serving/distribution.hpp"

#include <algorithm>
#include <cmath>

#include "stats/block_bootstrap.hpp"
#include "stats/order_ranks.hpp"

namespace edgeeval {

std::vector<QuantileFigure> quantile_figures(std::uint64_t count,
                                             const std::function<double(std::uint64_t)>& at,
                                             std::optional<double> stamp_error) {
  std::vector<QuantileFigure> figures;
  const auto told = [&](std::optional<std::uint64_t> rank) {
    return rank ? std::optional(at(*rank)) : std::nullopt;
  };
  for (const double p : kQuantiles) {
    const auto ranks = quantile_ranks(count, p);
    figures.push_back(
        {p, at(ranks.value), told(ranks.lo), told(ranks.hi), told(ranks.upper_99), stamp_error});
  }
  return figures;
}

std::optional<Distribution> distribution_of(const std::vector<double>& values, std::uint64_t undefined,
                                            const BoundSettings& settings) {
  if (values.empty()) return std::nullopt;
  Distribution result;
  result.count = values.size();
  result.undefined = undefined;
  result.mean = *mean(values);
  const auto block = block_length(values.size(), settings.reach);
  if (const auto bounds = block_mean_interval(values, block, {settings.draws, settings.seed})) {
    result.mean_lo = bounds->lo;
    result.mean_hi = bounds->hi;
  }
  double squares = 0.0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  if (values.size() > 1) result.sd = std::sqrt(squares / static_cast<double>(values.size() - 1));
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  result.min = sorted.front();
  result.max = sorted.back();
  result.quantiles = quantile_figures(
      sorted.size(), [&](std::uint64_t rank) { return sorted[rank]; }, settings.stamp_error);
  return result;
}

}  // namespace edgeeval
