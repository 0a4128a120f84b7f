// SPDX-License-Identifier: Apache-2.0
#include "run/idle.hpp"

#include <algorithm>
#include <chrono>

namespace edgeeval {
namespace {

constexpr double kWithSensor = 5.0;
constexpr double kWithModels = 1.0;
constexpr std::chrono::milliseconds kStep{100};  ///< How long a cancelled run may go on waiting.

}  // namespace

bool has_sensor(const WindowMeter& meter) {
  const auto sources = meter.sources();
  return std::any_of(sources.begin(), sources.end(),
                     [](const ProbeInfo& info) { return info.grade == Grade::measured; });
}

double idle_length_s(const Plan& plan, const WindowMeter& meter) {
  if (meter.sources().empty()) return 0.0;
  return plan.study.energy.idle_s.value_or(has_sensor(meter) ? kWithSensor : kWithModels);
}

void rest(const RunServices& services, double length_s) {
  auto left = std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(1000.0 * length_s));
  while (left.count() > 0 && !services.cancel.requested()) {
    const auto step = std::min(left, kStep);
    services.sleep(step);
    left -= step;
  }
}

}  // namespace edgeeval
