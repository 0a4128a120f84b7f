// SPDX-License-Identifier: Apache-2.0
// What a sensor makes of a step of power: a mean over a window of a first-order low-pass, fitted to what it
// showed
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "energy/characterise.hpp"

namespace edgeeval::energy {

/// A sensor's way from power to the value shown.
struct ResponseModel {
  double averaging_s = 0.0;  ///< Length of the running mean.
  double filter_s = 0.0;     ///< Time constant of the low-pass before it.
  double delay_s = 0.0;      ///< Dead time.
};

/// The share of a unit step that shows `at_s` after it (0 before the delay is over): the step response of the
/// low-pass, 1 − exp(−t/τ), averaged over the last `averaging_s`.
[[nodiscard]] double step_share(const ResponseModel& model, double at_s);

/// The time after a step at which the share `level` (0 < level < 1) shows.
[[nodiscard]] double time_to_share(const ResponseModel& model, double level);

/// One refresh after a switch: the time since the switch and the share of the step that it showed.
struct ResponsePoint {
  double since_s = 0.0;
  double share = 0.0;
};

/// What the fit is told besides the points.
struct ResponseLimits {
  double longest_s = 0.0;     ///< Parameters are looked for up to this.
  double time_slack_s = 0.0;  ///< How far the points' times may be off; all bounds are widened by it.
  std::optional<double> averaging_s{};  ///< Known beforehand, for a counter's means from tick to tick.
};

/// Least-squares fit of the model; the bounds hold every model whose squared residuals are within χ²(1
/// d.o.f., 99 %) of the least, found by a random walk that always takes the same steps. Not determinable:
/// fewer than 12 points. For a known averaging, `lag` and `rise` are those of the sensor without it.
[[nodiscard]] StepResponse fit_step_response(std::span<const ResponsePoint> points,
                                             const ResponseLimits& limits);

}  // namespace edgeeval::energy
