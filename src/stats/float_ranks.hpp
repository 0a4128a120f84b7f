// SPDX-License-Identifier: Apache-2.0
// Order statistics of many weighted values in two passes over them, without moving or copying them.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace edgeeval {

/// Exact values at given ranks of non-negative floats, each counted `weight` times. Bits of non-negative IEEE
/// floats order as integers do, so their upper 16 bits are counted in a first pass and, in the buckets that
/// hold a wanted rank, the lower 16 in a second. Memory: 0.5 MB, and 0.5 MB a bucket that is looked into.
class FloatRanks {
 public:
  FloatRanks();
  /// First pass.
  void count(float value, std::uint64_t weight = 1) { upper_[high(value)] += weight; }
  /// Ends it: the ranks (from 0) that are wanted, in any order; those beyond the end are taken as the last.
  void want(std::span<const std::uint64_t> ranks);
  /// Second pass, over the same values.
  void refine(float value, std::uint64_t weight = 1) {
    const auto slot = slot_[high(value)];
    if (slot != 0) lower_[slot - 1U][low(value)] += weight;
  }
  /// The value at a rank that was wanted.
  [[nodiscard]] float at(std::uint64_t rank) const;
  /// Sum of all weights.
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  using Counts = std::vector<std::uint64_t>;
  [[nodiscard]] static std::uint32_t high(float value) { return std::bit_cast<std::uint32_t>(value) >> 16U; }
  [[nodiscard]] static std::uint32_t low(float value) {
    return std::bit_cast<std::uint32_t>(value) & 0xFFFFU;
  }
  /// The bucket that holds `rank`, which becomes the rank within it.
  [[nodiscard]] static std::uint32_t find(const Counts& counts, std::uint64_t& rank);
  Counts upper_;
  std::vector<std::uint16_t> slot_;  ///< Of an upper bucket, from 1; 0 = not looked into.
  std::vector<Counts> lower_;
  std::uint64_t total_ = 0;
};

}  // namespace edgeeval
