// SPDX-License-Identifier: Apache-2.0
#include "stats/float_ranks.hpp"

#include <algorithm>
#include <numeric>

namespace edgeeval {
namespace {

constexpr std::size_t kBuckets = 1U << 16U;

}  // namespace

FloatRanks::FloatRanks() : upper_(kBuckets), slot_(kBuckets) {}

std::uint32_t FloatRanks::find(const Counts& counts, std::uint64_t& rank) {
  std::uint32_t bucket = 0;
  while (rank >= counts[bucket]) rank -= counts[bucket++];
  return bucket;
}

void FloatRanks::want(std::span<const std::uint64_t> ranks) {
  total_ = std::accumulate(upper_.begin(), upper_.end(), std::uint64_t{0});
  if (total_ == 0) return;
  for (auto rank : ranks) {
    rank = std::min(rank, total_ - 1);
    auto& slot = slot_[find(upper_, rank)];
    if (slot != 0) continue;
    lower_.emplace_back(kBuckets);
    slot = static_cast<std::uint16_t>(lower_.size());
  }
}

float FloatRanks::at(std::uint64_t rank) const {
  if (total_ == 0) return 0.0F;
  rank = std::min(rank, total_ - 1);
  const auto bucket = find(upper_, rank);
  const auto slot = slot_[bucket];
  if (slot == 0) return std::bit_cast<float>(bucket << 16U);
  return std::bit_cast<float>((bucket << 16U) | find(lower_[slot - 1U], rank));
}

}  // namespace edgeeval
