// SPDX-License-Identifier: Apache-2.0
#include "stats/bootstrap.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

constexpr double kTail = 0.025;  // Of a 95 % interval, on either side.

/// The percentile interval of what `statistic` makes of resampled sums of `a` and `b`; nothing where one draw
/// has none.
template <class Statistic>
std::optional<Bounds> resampled(std::span<const double> a, std::span<const double> b,
                                const Resampling& resampling, Statistic statistic) {
  if (a.size() != b.size() || a.size() < 2 || resampling.draws < 2) return std::nullopt;
  SplitMix64 random(resampling.seed);
  std::vector<double> draws;
  draws.reserve(static_cast<std::size_t>(resampling.draws));
  for (int draw = 0; draw < resampling.draws; ++draw) {
    double sum_a = 0.0;
    double sum_b = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto pick = random.below(a.size());
      sum_a += a[pick];
      sum_b += b[pick];
    }
    const auto n = static_cast<double>(a.size());
    const std::optional<double> value = statistic(sum_a / n, sum_b / n);
    if (!value) return std::nullopt;
    draws.push_back(*value);
  }
  std::sort(draws.begin(), draws.end());
  const auto rank = static_cast<std::size_t>(kTail * static_cast<double>(draws.size()));
  return Bounds{draws[rank], draws[draws.size() - 1 - rank]};
}

}  // namespace

std::optional<double> mean(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<Bounds> mean_interval(std::span<const double> values, const Resampling& resampling) {
  return resampled(values, values, resampling, [](double a, double) { return std::optional(a); });
}

std::optional<Bounds> paired_difference_interval(std::span<const double> a, std::span<const double> b,
                                                 const Resampling& resampling) {
  return resampled(a, b, resampling, [](double x, double y) { return std::optional(x - y); });
}

std::optional<Bounds> paired_ratio_interval(std::span<const double> a, std::span<const double> b,
                                            const Resampling& resampling) {
  return resampled(a, b, resampling,
                   [](double x, double y) { return y == 0.0 ? std::nullopt : std::optional(x / y); });
}

}  // namespace edgeeval
