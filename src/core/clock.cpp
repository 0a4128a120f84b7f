// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>

#include <edgeeval/clock.hpp>

namespace edgeeval {

SteadyTime SystemClock::now() const { return std::chrono::steady_clock::now(); }

std::string SystemClock::wall_label() const {
  const auto now = std::chrono::system_clock::now();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

}  // namespace edgeeval
