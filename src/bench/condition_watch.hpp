// SPDX-License-Identifier: Apache-2.0
// Temperature, clocks and throttling of the machine beside a load, read once a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "probe/sampler_thread.hpp"
#include "record/load_record.hpp"

namespace edgeeval {

/// Conditions of all devices at one moment: "cpu.temperature_c" → "54.0".
using ReadConditions = std::function<std::map<std::string, std::string>()>;

/// Adds what of `now` can be told as a number and says something of heat: names that end in "temperature_c",
/// "clock_mhz", "throttle_count" and "cooling_state"; of a GPU's "event_reasons" whether a thermal slowdown
/// is among them, as "thermal_slowdown" (0 or 1).
void add_conditions(std::vector<ConditionSeries>& series, std::int64_t at_ns,
                    const std::map<std::string, std::string>& now);

/// Leaves out every second reading of each series, where one has more than 128.
void thin_out(std::vector<ConditionSeries>& series);

/// Reads the conditions now and once a period until it is stopped, on a thread of its own. A long load has
/// them at wider distances, so that a record never holds more than 128 of one condition.
class ConditionWatch {
 public:
  explicit ConditionWatch(ReadConditions read, std::chrono::milliseconds period = std::chrono::seconds(1));
  /// Reads a last time and hands out all of them. Once.
  [[nodiscard]] std::vector<ConditionSeries> stop();

 private:
  void look();
  ReadConditions read_;
  std::mutex mutex_;  ///< Of all below.
  std::vector<ConditionSeries> series_;
  int every_ = 1;  ///< Every so many periods one is read.
  int skipped_ = 0;
  std::optional<SamplerThread> thread_;
};

}  // namespace edgeeval
