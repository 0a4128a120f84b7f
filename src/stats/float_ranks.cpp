// SPDX-License-Identifier: Apache-2.0
#include "stats/float_ranks.hpp"

#include <algorithm>
#include <numeric>

namespace edgeeval {
namespace {

constexpr std::size_t kKeys = 1U << 16U;
constexpr std::uint64_t kFew = 512;  // Up to so many are cheaper to sort than 0.5 MB is to clear.

}  // namespace

FloatRanks::Counts::Counts() : fine_(kKeys) {}

std::uint64_t FloatRanks::Counts::total() const {
  return std::accumulate(coarse_.begin(), coarse_.end(), std::uint64_t{0});
}

std::uint16_t FloatRanks::Counts::find(std::uint64_t& rank) const {
  std::size_t group = 0;
  while (rank >= coarse_[group]) rank -= coarse_[group++];
  auto key = group << 8U;
  while (rank >= fine_[key]) rank -= fine_[key++];
  return static_cast<std::uint16_t>(key);
}

FloatRanks::Bucket::Bucket(std::uint64_t weight) {
  if (weight > kFew) many_.emplace_back();
}

void FloatRanks::Bucket::add(std::uint16_t key, std::uint64_t weight) {
  if (!many_.empty()) return many_.front().add(key, weight);
  const auto at = std::lower_bound(few_.begin(), few_.end(), std::pair(key, std::uint64_t{0}));
  if (at != few_.end() && at->first == key) {
    at->second += weight;
  } else {
    few_.insert(at, {key, weight});
  }
}

std::uint16_t FloatRanks::Bucket::find(std::uint64_t rank) const {
  if (!many_.empty()) return many_.front().find(rank);
  auto at = few_.begin();
  while (rank >= at->second) rank -= (at++)->second;
  return at->first;
}

FloatRanks::FloatRanks() : slot_(kKeys) {}

void FloatRanks::want(std::span<const std::uint64_t> ranks) {
  total_ = upper_.total();
  if (total_ == 0) return;
  for (auto rank : ranks) {
    rank = std::min(rank, total_ - 1);
    const auto key = upper_.find(rank);
    auto& slot = slot_[key];
    if (slot != 0) continue;
    lower_.emplace_back(upper_.of(key));
    slot = static_cast<std::uint16_t>(lower_.size());
  }
}

float FloatRanks::at(std::uint64_t rank) const {
  if (total_ == 0) return 0.0F;
  rank = std::min(rank, total_ - 1);
  const std::uint32_t bucket = upper_.find(rank);
  const auto slot = slot_[bucket];
  if (slot == 0) return std::bit_cast<float>(bucket << 16U);
  return std::bit_cast<float>((bucket << 16U) | lower_[slot - 1U].find(rank));
}

}  // namespace edgeeval
