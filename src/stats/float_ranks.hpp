// SPDX-License-Identifier: Apache-2.0
// Order statistics of many weighted values in two passes over them, without moving or copying them.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace edgeeval {

/// Exact values at given ranks of non-negative floats, each counted `weight` times. Bits of non-negative IEEE
/// floats order as integers do, so their upper 16 bits are counted in a first pass and, in the buckets that
/// hold a wanted rank, the lower 16 in a second. Memory: 0.5 MB, and up to 0.5 MB a bucket that is looked
/// into.
class FloatRanks {
 public:
  FloatRanks();
  /// First pass.
  void count(float value, std::uint64_t weight = 1) { upper_.add(high(value), weight); }
  /// Ends it: the ranks (from 0) that are wanted, in any order; those beyond the end are taken as the last.
  void want(std::span<const std::uint64_t> ranks);
  /// Second pass, over the same values.
  void refine(float value, std::uint64_t weight = 1) {
    const auto slot = slot_[high(value)];
    if (slot != 0) lower_[slot - 1U].add(low(value), weight);
  }
  /// The value at a rank that was wanted.
  [[nodiscard]] float at(std::uint64_t rank) const;
  /// Sum of all weights.
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  /// Weights by 16 bits, and by the upper 8 of them, so that a rank is found in few steps.
  class Counts {
   public:
    Counts();
    void add(std::uint16_t key, std::uint64_t weight) {
      fine_[key] += weight;
      coarse_[key >> 8U] += weight;
    }
    [[nodiscard]] std::uint64_t of(std::uint16_t key) const { return fine_[key]; }
    [[nodiscard]] std::uint64_t total() const;
    /// The key that holds `rank`, which must be less than the total and becomes the rank within the key.
    [[nodiscard]] std::uint16_t find(std::uint64_t& rank) const;

   private:
    std::vector<std::uint64_t> fine_;
    std::array<std::uint64_t, 256> coarse_{};
  };
  /// A bucket that is looked into: a sorted list where it holds little, counts where it holds much.
  class Bucket {
   public:
    explicit Bucket(std::uint64_t weight);
    void add(std::uint16_t key, std::uint64_t weight);
    [[nodiscard]] std::uint16_t find(std::uint64_t rank) const;

   private:
    std::vector<std::pair<std::uint16_t, std::uint64_t>> few_;
    std::vector<Counts> many_;  ///< One, or none.
  };

  [[nodiscard]] static std::uint16_t high(float value) {
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16U);
  }
  [[nodiscard]] static std::uint16_t low(float value) {
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) & 0xFFFFU);
  }
  Counts upper_;
  std::vector<std::uint16_t> slot_;  ///< Of an upper bucket, from 1; 0 = not looked into.
  std::vector<Bucket> lower_;
  std::uint64_t total_ = 0;
};

}  // namespace edgeeval
