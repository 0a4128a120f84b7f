// SPDX-License-Identifier: Apache-2.0
#include "economics/band.hpp"

#include <algorithm>
#include <cmath>

namespace edgeeval::economics {
namespace {

std::optional<double> bounded(double value) {
  return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

}  // namespace

std::size_t rank_of(double p, std::size_t count) {
  return static_cast<std::size_t>(std::floor(p * static_cast<double>(count - 1) + 0.5));
}

Band band_of(std::span<double> values) {
  Band band;
  const std::size_t count = values.size();
  if (count == 0) {
    band.defined = 0.0;
    return band;
  }
  const auto infinite = std::count_if(values.begin(), values.end(), [](double v) { return std::isinf(v); });
  band.defined = 1.0 - static_cast<double>(infinite) / static_cast<double>(count);
  const auto at = [&values, count](double p) {
    return values.begin() + static_cast<std::ptrdiff_t>(rank_of(p, count));
  };
  // Each selection leaves the smaller values before it and the greater ones behind it.
  const auto lo = at(0.05), median = at(0.5), hi = at(0.95);
  std::nth_element(values.begin(), median, values.end());
  if (lo != median) std::nth_element(values.begin(), lo, median);
  if (hi != median) std::nth_element(median + 1, hi, values.end());
  band.lo = bounded(*lo);
  band.median = bounded(*median);
  band.hi = bounded(*hi);
  return band;
}

}  // namespace edgeeval::economics
