// SPDX-License-Identifier: Apache-2.0
// What the fake's sensors show of a power curve: refreshed, averaged, lagging, off by a gain
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

#include "support/fake_nvml/fake_nvml.hpp"

namespace edgeeval::fake_nvml {

inline constexpr double kStepS = 1e-3;

/// ∫ watts over [from, to], by midpoints.
inline double integral(const std::function<double(double)>& watts, double from, double to) {
  if (to <= from) return 0.0;
  const auto steps = static_cast<int>(std::ceil((to - from) / kStepS));
  const double width = (to - from) / steps;
  double sum = 0.0;
  for (int i = 0; i < steps; ++i) sum += watts(from + (i + 0.5) * width);
  return sum * width;
}

inline double last_refresh(const Gpu& gpu, double now) {
  // Clocks count in nanoseconds: a refresh at the very moment is due.
  return gpu.phase_s + std::floor((now - gpu.phase_s) / gpu.period_s + 1e-6) * gpu.period_s;
}

/// The counter at `now`, of the GPU or with `extra_w` of its module.
inline std::uint64_t counter_mj(const Gpu& gpu, double now, double extra_w) {
  const double at = last_refresh(gpu, now);
  double from = 0.0;
  std::uint64_t base = gpu.counter_base_mj;
  for (const double reset : gpu.resets_s) {
    if (reset > at) break;
    from = reset;
    base = 0;
  }
  const double joules = integral(gpu.watts, from, at) + extra_w * std::max(0.0, at - from);
  return base + static_cast<std::uint64_t>(joules * 1e3 * gpu.gain);
}

inline double averaged(const Gpu& gpu, double at) {
  if (gpu.averaging_s <= 0.0) return gpu.watts(at);
  return integral(gpu.watts, at - gpu.averaging_s, at) / gpu.averaging_s;
}

inline unsigned shown_mw(const Gpu& gpu, double now, double extra_w) {
  const double at = last_refresh(gpu, now);
  double watts = averaged(gpu, at);
  if (gpu.lag_s > 0.0) {
    constexpr int kSteps = 400;
    const double width = 10.0 * gpu.lag_s / kSteps;
    double sum = 0.0, weights = 0.0;
    for (int i = 0; i < kSteps; ++i) {
      const double age = (i + 0.5) * width;
      const double weight = std::exp(-age / gpu.lag_s);
      sum += weight * averaged(gpu, at - age);
      weights += weight;
    }
    watts = sum / weights;
  }
  return static_cast<unsigned>(std::lround((watts + extra_w) * gpu.gain * 1e3));
}

}  // namespace edgeeval::fake_nvml
