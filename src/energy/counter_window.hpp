// SPDX-License-Identifier: Apache-2.0
// Joules of a window from a cumulative counter, bracketed by its ticks
#pragma once

#include "energy/estimate.hpp"
#include "energy/series.hpp"

namespace edgeeval::energy {

/// The energy that a counter's readings give for `window`, with hard bounds for a counter that is not delayed
/// (docs/energy.md): a change of the value is only known to lie between the last unchanged and the first
/// changed reading, so for the work in [a, b]
///   lo = E(last tick surely ≤ b) − E(first tick surely ≥ a),
///   hi = E(first tick surely ≥ b) − E(last tick surely ≤ a);
/// A counter whose character states a lag is late: wider by lag × peak power, and not hard.
/// The best estimate interpolates inside both edge ticks. Readings outside the window are used where they are
/// given: pass the series with at least one period (and one reading) more on either side.
/// A value below the last one, or a step above 1.2 × ceiling × time, is a reset or a glitch: where the
/// counter is not soon back on its course the window is split there, the gap is bounded by [0, ceiling × gap]
/// and flagged "reset" or "glitch"; without a ceiling the window is not measured. Not measured: no reading
/// outside an edge, a failure inside the window that no reading followed ("the sensor vanished: …"), a window
/// in which no tick surely lies (with the length that would do), a counter that had time to tick and did not
/// (kNeverMoved).
[[nodiscard]] EstimateResult counter_window(const Series& series, Span window);

/// The energy that a model's cumulative readings give for `window`: differences of estimate and bounds at the
/// edges, interpolated between readings and carried on for one spacing of them at most. Bounds are hard. Not
/// measured: fewer than two readings, or none near an edge, or a source that vanished.
[[nodiscard]] EstimateResult model_window(const Series& series, Span window);

}  // namespace edgeeval::energy
