// SPDX-License-Identifier: Apache-2.0
// Joules of a window from watts, integrated over their real time stamps
#pragma once

#include "energy/estimate.hpp"
#include "energy/series.hpp"

namespace edgeeval::energy {

/// Trapezoid over all stamped samples, clipped and interpolated to `window`; repeats of a value are kept.
/// What refreshing, averaging and lag hold back until after the window, less what they carry into it, is the
/// tail: part of the joules. For it pass at least max(5 periods, 2 s) of samples after the window. Bounds at
/// 95 % (docs/energy.md): steps between samples, (ΔP·Δt)²/12 each; subsampling where the averaging is shorter
/// than the period (up to (ΔP·Δt)²/2); at each edge the local range of power × (period, averaging and spacing
/// in quadrature)/√12; whole: resolution, a lag that is not known, ceiling (or the largest power seen) ×
/// every gap longer than 3 periods. Not measured: fewer than two samples inside the window, none near an
/// edge, a sensor that vanished.
[[nodiscard]] EstimateResult power_window(const Series& series, Span window);

}  // namespace edgeeval::energy
