// SPDX-License-Identifier: Apache-2.0
#include "economics/band.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace edgeeval::economics {
namespace {

constexpr std::size_t kBuckets = 1024;
constexpr std::size_t kFew = 1000;  // Fewer values are not worth the buckets.

/// Values counted into buckets of equal width, so that only the bucket of a rank has to be looked into: the
/// branches of a selection over all values are what costs. Infinite values are the last bucket.
class Buckets {
 public:
  /// Of values whose least is `lo` and whose greatest finite one is `hi`, some way above it.
  Buckets(std::span<const double> values, double lo, double hi)
      : values_(values), lo_(lo), per_unit_((kBuckets - 1) / (hi - lo)) {
    for (const double value : values) ++counts_[bucket_of(value)];
  }

  /// False where far outliers leave most values in one bucket.
  [[nodiscard]] bool are_of_use() const {
    return *std::max_element(counts_.begin(), counts_.end()) <= values_.size() / 2;
  }

  /// The value at `rank` among the sorted ones.
  [[nodiscard]] double at(std::size_t rank, std::vector<double>& room) const {
    std::size_t bucket = 0;
    for (; rank >= counts_[bucket]; ++bucket) rank -= counts_[bucket];
    room.resize(counts_[bucket] + 1);  // One more, so that the value that is not kept can be written too.
    std::size_t kept = 0;
    for (const double value : values_) {
      room[kept] = value;
      kept += bucket_of(value) == bucket ? 1U : 0U;
      if (kept == counts_[bucket]) break;
    }
    const auto found = room.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(room.begin(), found, room.begin() + static_cast<std::ptrdiff_t>(kept));
    return *found;
  }

 private:
  [[nodiscard]] std::size_t bucket_of(double value) const {
    return static_cast<std::size_t>(std::min((value - lo_) * per_unit_, static_cast<double>(kBuckets)));
  }

  std::span<const double> values_;
  double lo_;
  double per_unit_;
  std::array<std::uint32_t, kBuckets + 1> counts_{};
};

/// How far values reach.
struct Extent {
  double lo = std::numeric_limits<double>::infinity();
  double hi = -std::numeric_limits<double>::infinity();  ///< The greatest finite one.
  std::size_t finite = 0;
};

Extent extent_of(std::span<const double> values) {
  Extent extent;
  for (const double value : values) {
    const bool finite = std::isfinite(value);
    extent.finite += finite ? 1U : 0U;
    extent.lo = std::min(extent.lo, value);
    extent.hi = finite ? std::max(extent.hi, value) : extent.hi;
  }
  return extent;
}

using Ranks = std::array<std::size_t, 3>;
using Ranked = std::array<double, 3>;

/// The values at `ranks`, which rise.
Ranked ranked(std::span<double> values, const Extent& extent, const Ranks& ranks) {
  const double width = extent.hi - extent.lo;
  if (values.size() >= kFew && std::isfinite(width) && std::isfinite(kBuckets / width)) {
    const Buckets buckets(values, extent.lo, extent.hi);
    std::vector<double> room;
    if (buckets.are_of_use())
      return {buckets.at(ranks[0], room), buckets.at(ranks[1], room), buckets.at(ranks[2], room)};
  }
  // Each selection leaves the smaller values before it: from the highest rank down.
  auto end = values.end();
  for (auto rank = ranks.rbegin(); rank != ranks.rend(); ++rank) {
    const auto found = values.begin() + static_cast<std::ptrdiff_t>(*rank);
    if (found != end) std::nth_element(values.begin(), found, end);
    end = found;
  }
  return {values[ranks[0]], values[ranks[1]], values[ranks[2]]};
}

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
  const Extent extent = extent_of(values);
  band.defined = count == 0 ? 0.0 : static_cast<double>(extent.finite) / static_cast<double>(count);
  if (extent.finite == 0) return band;
  const Ranks ranks{rank_of(0.05, count), rank_of(0.5, count), rank_of(0.95, count)};
  const Ranked found = ranked(values, extent, ranks);
  band.lo = bounded(found[0]);
  band.median = bounded(found[1]);
  band.hi = bounded(found[2]);
  return band;
}

}  // namespace edgeeval::economics
