// SPDX-License-Identifier: Apache-2.0
// The kernel's steady clock as whole nanoseconds, as raw stamps are kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <edgeeval/clock.hpp>

namespace edgeeval {

/// Nanoseconds of CLOCK_MONOTONIC now.
[[nodiscard]] inline std::int64_t monotonic_ns() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// `time` in nanoseconds of CLOCK_MONOTONIC, which is what std::chrono::steady_clock counts on Linux (checked
/// by a test).
[[nodiscard]] inline std::int64_t monotonic_ns(SteadyTime time) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace edgeeval
