// SPDX-License-Identifier: Apache-2.0
// When a warm-up has lasted long enough: latencies of two windows of replies one after the other are alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace edgeeval {

/// Replies are taken in windows in the order in which they end. The warm-up is over once the median latency
/// of a window is within kWithin of that of the window before: start-up costs (graphs, caches, clocks) show
/// as latencies that still fall. It ends in any case after kMostWindows windows, or once kLongest_s have
/// passed.
class SteadyRule {
 public:
  static constexpr double kWithin = 0.10;
  static constexpr std::uint64_t kMostWindows = 8;
  static constexpr double kLongest_s = 30.0;

  /// `window`: replies a window; 0 counts as 1.
  explicit SteadyRule(std::size_t window) : window_(window == 0 ? 1 : window) {}
  /// Takes the latency of a reply that ended well; true from the reply on that completes a window like the
  /// one before it.
  bool add(std::int64_t latency_ns);
  [[nodiscard]] bool steady() const { return steady_; }

 private:
  [[nodiscard]] double take_median();
  std::size_t window_;
  std::vector<std::int64_t> latencies_;
  double before_ = 0.0;
  bool has_before_ = false;
  bool steady_ = false;
};

}  // namespace edgeeval
