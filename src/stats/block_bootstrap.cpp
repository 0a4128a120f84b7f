// SPDX-License-Identifier: Apache-2.0
#include "stats/block_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

constexpr double kTail = 0.025;
constexpr double kMostBlocks = 500.0;

/// Sums of the first 0, 1, 2… values of the series written twice, so that a block never wraps.
std::vector<double> running_sums(std::span<const double> values) {
  std::vector<double> sums(2 * values.size() + 1);
  for (std::size_t i = 0; i < 2 * values.size(); ++i) sums[i + 1] = sums[i] + values[i % values.size()];
  return sums;
}

}  // namespace

std::optional<Bounds> block_ratio_interval(std::span<const double> a, std::span<const double> b,
                                           std::size_t block, const Resampling& resampling) {
  if (a.size() != b.size() || block == 0 || a.size() < 2 * block || resampling.draws < 2) return std::nullopt;
  const auto sums_a = running_sums(a);
  const auto sums_b = running_sums(b);
  SplitMix64 random(resampling.seed);
  std::vector<double> draws;
  draws.reserve(static_cast<std::size_t>(resampling.draws));
  for (int draw = 0; draw < resampling.draws; ++draw) {
    double top = 0.0;
    double bottom = 0.0;
    for (std::size_t filled = 0; filled < a.size(); filled += block) {
      const auto begin = static_cast<std::size_t>(random.below(a.size()));
      const auto end = begin + std::min(block, a.size() - filled);
      top += sums_a[end] - sums_a[begin];
      bottom += sums_b[end] - sums_b[begin];
    }
    if (bottom <= 0.0) return std::nullopt;
    draws.push_back(top / bottom);
  }
  std::sort(draws.begin(), draws.end());
  const auto rank = static_cast<std::size_t>(kTail * static_cast<double>(draws.size()));
  return Bounds{draws[rank], draws[draws.size() - 1 - rank]};
}

std::optional<Bounds> block_mean_interval(std::span<const double> values, std::size_t block,
                                          const Resampling& resampling) {
  const std::vector<double> ones(values.size(), 1.0);
  return block_ratio_interval(values, ones, block, resampling);
}

std::size_t block_length(std::size_t count, double reach) {
  const auto n = static_cast<double>(count);
  const double wanted = std::ceil(std::max({std::cbrt(n) - 1e-9, reach, n / kMostBlocks, 1.0}));
  return static_cast<std::size_t>(std::max(1.0, std::min(wanted, std::floor(n / 10.0))));
}

}  // namespace edgeeval
