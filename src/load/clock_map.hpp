// SPDX-License-Identifier: Apache-2.0
// The kernel's stamps of CLOCK_REALTIME mapped to CLOCK_MONOTONIC by pairs of readings, with steps found.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/monotonic.hpp"
#include "record/load_record.hpp"

namespace edgeeval::client {

/// Nanoseconds of CLOCK_REALTIME now.
[[nodiscard]] std::int64_t realtime_ns() noexcept;

/// Where the map reads its clocks; a test brings its own.
struct ClockSource {
  std::int64_t (*monotonic)(void*) = [](void*) { return monotonic_ns(); };
  std::int64_t (*realtime)(void*) = [](void*) { return realtime_ns(); };
  void* self = nullptr;
};

/// Pairs of readings taken while the load goes on; one a thread.
class ClockMap {
 public:
  static constexpr std::size_t kMostPairs = 10'000;

  explicit ClockMap(ClockSource source = {});
  /// Reads the clocks where the last pair is older than a millisecond (`now` is of the monotonic clock).
  void refresh(std::int64_t now_ns) {
    if (now_ns - newest().monotonic_ns >= kBetween) read();
  }
  /// A real-time stamp on the monotonic clock, by the nearer of the last two pairs.
  [[nodiscard]] std::int64_t to_monotonic(std::int64_t real_ns) const noexcept;
  /// Pairs in order, at most kMostPairs: every second one is left out whenever they become more.
  [[nodiscard]] const std::vector<ClockPair>& pairs() const { return kept_; }
  [[nodiscard]] int steps() const { return steps_; }
  /// The longest the offset moved between two neighbours (ns).
  [[nodiscard]] std::int64_t largest_move_ns() const { return largest_move_; }

 private:
  static constexpr std::int64_t kBetween = 1'000'000;
  [[nodiscard]] const ClockPair& newest() const { return last_[newest_]; }
  void read();
  [[nodiscard]] ClockPair narrow_pair() const;
  void judge(const ClockPair& before, const ClockPair& now);
  void keep(const ClockPair& pair);

  ClockSource source_;
  std::array<ClockPair, 2> last_{};
  std::size_t newest_ = 0;
  std::vector<ClockPair> kept_;
  std::int64_t kept_every_ = kBetween;
  std::int64_t largest_move_ = 0;
  int steps_ = 0;
};

}  // namespace edgeeval::client
