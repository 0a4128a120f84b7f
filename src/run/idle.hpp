// SPDX-License-Identifier: Apache-2.0
// Windows in which the machine is left alone: how long, and the waiting.
#pragma once

#include <edgeeval/plan.hpp>

#include "probe/window_meter.hpp"
#include "run/runner.hpp"

namespace edgeeval {

/// Whether any source of `meter` is a sensor.
[[nodiscard]] bool has_sensor(const WindowMeter& meter);

/// The length of each idle window (s): the study's, else 5 s where a sensor is at hand and 1 s where there are only
/// models, whose idle power does not vary. 0 without any source: there is nothing to read.
[[nodiscard]] double idle_length_s(const Plan& plan, const WindowMeter& meter);

/// Waits for `length_s`, less where the run is cancelled.
void rest(const RunServices& services, double length_s);

}  // namespace edgeeval
