// SPDX-License-Identifier: Apache-2.0
// A sensor with known habits that watches a known square-wave load: what characterisation must find out
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "energy/characterise.hpp"

namespace edgeeval::testing {

/// What the sensor does and what it watches.
struct SquareSensor {
  double period_s = 0.1;
  double phase_s = 0.0;
  double averaging_s = 0.0;
  double filter_s = 0.0;
  double gain = 1.0;
  double quantum = 0.001;  ///< Watts or joules.
  double low_w = 20.0;
  double high_w = 70.0;
  double half_wave_s = 1.0;
  double length_s = 20.0;
  double read_every_s = 0.001;
  double noise_w = 0.0;
};

/// The switches of the load: halves of 0.9 to 1.1 of the nominal length, so that phases are spread.
inline std::vector<energy::LoadSwitch> switches_of(const SquareSensor& sensor) {
  std::vector<energy::LoadSwitch> switches;
  bool on = false;
  double at = 0.0;
  for (int i = 0; at < sensor.length_s; ++i) {
    switches.push_back({at, at, on, true});
    at += sensor.half_wave_s * (0.9 + 0.2 * std::fmod(i * 0.6180339887, 1.0));
    on = !on;
  }
  return switches;
}

/// Reads of the sensor's watts, or of a counter of its watts. The filter and the mean are computed
/// numerically in steps of 0.2 ms, by other formulas than those under test.
inline energy::Series reads_of(const SquareSensor& sensor, ReadingKind kind) {
  constexpr double kStep = 2e-4;
  const auto switches = switches_of(sensor);
  const auto steps = static_cast<std::size_t>(sensor.length_s / kStep);
  const auto window = static_cast<std::size_t>(std::lround(sensor.averaging_s / kStep));
  std::vector<double> sums(steps + 1, 0.0);
  std::vector<double> filtered(steps, sensor.low_w);
  std::size_t next = 0;
  double truth = sensor.low_w;
  double held = sensor.low_w;
  for (std::size_t i = 0; i < steps; ++i) {
    while (next < switches.size() && switches[next].asked_s <= static_cast<double>(i) * kStep)
      truth = switches[next++].on ? sensor.high_w : sensor.low_w;
    held = sensor.filter_s > 0.0 ? held + (truth - held) * (1.0 - std::exp(-kStep / sensor.filter_s)) : truth;
    filtered[i] = held;
    sums[i + 1] = sums[i] + held;
  }
  energy::Series series;
  series.info.kind = kind;
  series.info.id = "simulated";
  double shown = 0.0;
  double due = sensor.phase_s;
  unsigned state = 12345;
  for (double at = 0.0; at + sensor.read_every_s < sensor.length_s; at += sensor.read_every_s) {
    while (due <= at) {
      const auto i = static_cast<std::size_t>(due / kStep);
      double value = 0.0;
      if (kind == ReadingKind::power) {
        const auto from = window > i ? 0 : i - window;
        value =
            window == 0 || i == from ? filtered[i] : (sums[i] - sums[from]) / static_cast<double>(i - from);
        state = state * 1103515245U + 12345U;
        value += sensor.noise_w * (static_cast<double>((state >> 16U) & 0x7fffU) / 32768.0 - 0.5) * 3.4641;
      } else {
        value = sums[i] * kStep;
      }
      shown = std::round(value * sensor.gain / sensor.quantum) * sensor.quantum;
      due += sensor.period_s;
    }
    series.samples.push_back({at, at + 2e-5, shown, shown, shown});
  }
  return series;
}

}  // namespace edgeeval::testing
