// SPDX-License-Identifier: Apache-2.0
// How late things happened: a histogram of fixed size, so that counting costs no memory.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>

namespace edgeeval::mock {

/// Counts durations in buckets no wider than 1/32 of their value (below 32 ns: exact).
class Lateness {
 public:
  /// Counts one duration in nanoseconds; what is below 0 counts as 0.
  void add(std::int64_t late_ns) {
    const auto value = static_cast<std::uint64_t>(late_ns < 0 ? 0 : late_ns);
    ++counts_[bucket_of(value)];
    ++total_;
    if (value > max_) max_ = value;
  }
  [[nodiscard]] std::uint64_t count() const { return total_; }
  /// The longest; absent where nothing was counted.
  [[nodiscard]] std::optional<std::uint64_t> max_ns() const {
    return total_ == 0 ? std::nullopt : std::optional(max_);
  }
  /// The order statistic of rank ceil(share · n), as the upper end of its bucket; absent where nothing was
  /// counted.
  [[nodiscard]] std::optional<std::uint64_t> quantile_ns(double share) const {
    if (total_ == 0) return std::nullopt;
    const double rank = share * static_cast<double>(total_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > 0 && static_cast<double>(seen) >= rank) return upper_of(i) < max_ ? upper_of(i) : max_;
    }
    return max_;
  }

 private:
  static constexpr unsigned kBits = 5;  ///< 32 buckets for each doubling.
  static constexpr std::size_t kBuckets = (64 - kBits + 1) << kBits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < (1ULL << kBits)) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (static_cast<std::size_t>(shift) << kBits) + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper_of(std::size_t bucket) {
    if (bucket < (1U << kBits)) return bucket;
    const auto shift = (bucket >> kBits) - 1;
    return (((bucket & ((1U << kBits) - 1)) + (1U << kBits) + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace edgeeval::mock
