// SPDX-License-Identifier: Apache-2.0
#include "economics/crossing.hpp"

#include <cmath>

#include "economics/numeric.hpp"

namespace edgeeval::economics {
namespace {

constexpr int kMostSteps = 200;       // A double root halves the distance a step; others take about five.
constexpr double kSmallStep = 2e-16;  // Twice the relative step that is no longer worth making.

// The difference of the curves in units of api/decay, over x = decay·t: f(x) = v − gain·x + (e^−x − 1 + x).
// It is convex and falls at 0 where gain > 0; its minimum is at x = −ln(rest).
struct Scaled {
  double v;     // upfront·decay/api
  double gain;  // 1 − local/api
  double rest;  // local/api

  explicit Scaled(const Race& race)
      : v(race.upfront_usd * race.decay_per_s / race.api_usd_per_s),
        gain((race.api_usd_per_s - race.local_usd_per_s) / race.api_usd_per_s),
        rest(race.local_usd_per_s / race.api_usd_per_s) {}

  [[nodiscard]] bool reaches_zero() const {
    if (rest <= 0.0) return v < 1.0;
    // The first term of the dip's series, all of whose terms are positive, is nearly always enough.
    return v <= 0.5 * gain * gain || v <= deepest_dip(gain, rest);
  }
};

// Newton's steps from `x`, where f > 0, towards the root on the side where f's slope has the sign `side`. f
// is convex, so the steps never leap over the root; rounding ends them there.
double newton(const Scaled& f, double x, double side) {
  for (int step = 0; step < kMostSteps; ++step) {
    const double excess = exponential_excess(x);
    const double value = f.v - f.gain * x + excess;
    const double slope = x - f.gain - excess;
    if (value <= 0.0 || slope * side <= 0.0) break;
    const double move = value / slope;
    x -= move;
    // f'' is at most 1, so the next step is at most half of move²/(|slope| − |move|).
    if (move * move <= kSmallStep * x * (std::abs(slope) - std::abs(move))) break;
  }
  return x;
}

bool ahead_at_start(const Race& race) { return race.api_usd_per_s > race.local_usd_per_s; }

}  // namespace

std::optional<double> first_crossing(const Race& race) {
  if (!ahead_at_start(race)) return std::nullopt;
  if (race.upfront_usd <= 0.0) return 0.0;
  if (race.decay_per_s <= 0.0) return race.upfront_usd / (race.api_usd_per_s - race.local_usd_per_s);
  const Scaled f(race);
  if (!f.reaches_zero()) return std::nullopt;
  if (f.rest <= 0.0) return -std::log1p(-f.v) / race.decay_per_s;
  return newton(f, f.v / f.gain, -1.0) / race.decay_per_s;
}

std::optional<double> second_crossing(const Race& race) {
  if (!ahead_at_start(race) || race.decay_per_s <= 0.0) return std::nullopt;
  const Scaled f(race);
  if (f.rest <= 0.0 || !f.reaches_zero()) return std::nullopt;
  // There f = e^−x: right of the root, by no more than 1/rest.
  return newton(f, (1.0 - f.v) / f.rest, 1.0) / race.decay_per_s;
}

}  // namespace edgeeval::economics
