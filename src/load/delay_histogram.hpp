// SPDX-License-Identifier: Apache-2.0
// Quantiles of many delays in fixed memory: a log-linear histogram with 64 steps to a power of two.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace edgeeval::client {

/// Counts delays in nanoseconds; a quantile is off by at most 1/64 of itself (upward).
class DelayHistogram {
 public:
  void add(std::int64_t delay_ns) noexcept {
    const auto value = delay_ns < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(delay_ns);
    ++counts_[bucket_of(value)];
    ++count_;
    if (value > max_) max_ = value;
  }
  void merge(const DelayHistogram& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    if (other.max_ > max_) max_ = other.max_;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The largest value; exact. Absent where there is none.
  [[nodiscard]] std::optional<double> max() const {
    return count_ == 0 ? std::nullopt : std::optional(static_cast<double>(max_));
  }
  /// The order statistic of rank ceil(share · n), as the upper end of its bucket.
  [[nodiscard]] std::optional<double> quantile(double share) const {
    if (count_ == 0) return std::nullopt;
    const double wanted = share * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > 0 && static_cast<double>(seen) >= wanted) {
        const auto end = upper_end(i);
        return static_cast<double>(end < max_ ? end : max_);
      }
    }
    return static_cast<double>(max_);
  }

 private:
  static constexpr int kStepBits = 6;
  static constexpr std::size_t kSteps = std::size_t{1} << kStepBits;
  static constexpr std::size_t kBuckets = (64 - kStepBits + 1) * kSteps;

  // Below 64 a bucket is one value; above, the highest seven bits of a value name its bucket.
  static std::size_t bucket_of(std::uint64_t value) noexcept {
    if (value < kSteps) return static_cast<std::size_t>(value);
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - kStepBits;
    return static_cast<std::size_t>(shift) * kSteps + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper_end(std::size_t bucket) noexcept {
    if (bucket < 2 * kSteps) return bucket;
    const auto shift = bucket / kSteps - 1;
    const auto top = static_cast<std::uint64_t>(bucket % kSteps + kSteps);
    return ((top + 1) << shift) - 1;
  }
  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0, max_ = 0;
};

}  // namespace edgeeval::client
