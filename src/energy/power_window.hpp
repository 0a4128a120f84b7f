// SPDX-License-Identifier: Apache-2.0
// Joules of a window from watts, integrated over their real time stamps
#pragma once

#include "energy/estimate.hpp"
#include "energy/series.hpp"

namespace edgeeval::energy {

/// Trapezoid over all stamped samples, clipped and interpolated to `window` (energy.md 3.6); repeats of a
/// value are kept. Bounds at 95 %: curvature Σ|ΔP|·Δt/2 inside, P · period at the edges, ceiling (or the
/// largest power seen) × every gap longer than 3 periods, resolution, the sensor's lag and averaging (the
/// excess that is still to come at the end is the tail, where samples after the window are given: pass at
/// least max(5 periods, 2 s) of them) and subsampling where the averaging is shorter than the period. Fewer
/// than two samples: not measured.
[[nodiscard]] EstimateResult power_window(const Series& series, Span window);

}  // namespace edgeeval::energy
