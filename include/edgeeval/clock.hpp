// SPDX-License-Identifier: Apache-2.0
// Time as a seam: durations come from a steady clock, labels from the wall clock, tests from a fake.
#pragma once

#include <chrono>
#include <string>

namespace edgeeval {

/// A point on the steady (monotonic) clock.
using SteadyTime = std::chrono::steady_clock::time_point;
static_assert(std::chrono::steady_clock::is_steady);

/// A source of time. Implementations must be safe to call from several threads.
class Clock {
 public:
  virtual ~Clock() = default;
  /// The steady time now; never goes back.
  [[nodiscard]] virtual SteadyTime now() const = 0;
  /// The wall-clock time as ISO 8601 in UTC, for labels only.
  [[nodiscard]] virtual std::string wall_label() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime now() const override;
  [[nodiscard]] std::string wall_label() const override;
};

}  // namespace edgeeval
