// SPDX-License-Identifier: Apache-2.0
// The true energy lies in a counter's bracket, always, and the bracket is as narrow as ticks and reads allow
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "energy/counter_window.hpp"
#include "support/simulated_sensor.hpp"

namespace edgeeval::energy {
namespace {

using test::Dice;
using test::Load;

struct Scenario {
  test::SimulatedSensor sensor;
  test::SimulatedSampler sampler;
  Span window;
  Span reach;
};

Scenario random_scenario(Dice& dice) {
  Scenario s;
  s.sensor.period_s = std::exp(dice.between(std::log(0.001), std::log(0.3)));
  s.sensor.phase_s = dice.between(0.0, s.sensor.period_s);
  s.sensor.period_jitter = dice.chance(0.5) ? 0.2 : 0.0;
  s.sensor.resolution = dice.chance(0.5) ? 0.001 : std::exp(dice.between(std::log(1e-5), std::log(2.0)));
  s.sampler.period_s = std::exp(dice.between(std::log(0.01), std::log(0.3)));
  s.sampler.jitter = dice.between(0.0, 0.5);
  s.sampler.late_share = dice.chance(0.3) ? 0.05 : 0.0;
  s.sampler.late_s = 1.0;
  s.sampler.read_s = dice.between(1e-5, 5e-3);
  s.window.begin_s = dice.between(0.0, 1.0);
  s.window.end_s = s.window.begin_s + std::exp(dice.between(std::log(0.05), std::log(20.0)));
  s.reach = {s.window.begin_s - 2.5, s.window.end_s + 2.5};
  return s;
}

void expect_in_order(const Estimate& e, std::uint64_t seed) {
  for (const double value : {e.joules, e.lo_j, e.hi_j, e.mean_w, e.peak_w, e.coverage, e.longest_gap_s})
    EXPECT_TRUE(std::isfinite(value)) << "seed " << seed;
  EXPECT_LE(e.lo_j, e.joules) << "seed " << seed;
  EXPECT_LE(e.joules, e.hi_j) << "seed " << seed;
  EXPECT_GE(e.lo_j, 0.0) << "seed " << seed;
}

TEST(EnergyCounterProperty, TruthLiesInTheBracketAlways) {
  int measured = 0;
  double squares = 0.0;
  for (std::uint64_t seed = 0; seed < 12'000; ++seed) {
    Dice dice(seed);
    const Scenario s = random_scenario(dice);
    const auto load = static_cast<Load>(dice.below(test::kLoads));
    const test::TrueCurve curve(
        test::random_load(dice, load, s.reach.begin_s - 11.0, s.reach.end_s, s.window));
    const Series series = test::sample_counter(curve, s.sensor, s.sampler, s.reach, dice);
    const auto result = counter_window(series, s.window);
    if (!result) {
      EXPECT_FALSE(result.error().reason.empty());
      continue;
    }
    ++measured;
    const double truth = curve.energy(s.window);
    expect_in_order(*result, seed);
    EXPECT_LE(result->lo_j, truth) << "seed " << seed;
    EXPECT_GE(result->hi_j, truth) << "seed " << seed;
    EXPECT_TRUE(result->hard);
    const double error = (result->joules - truth) / (result->hi_j - result->lo_j);
    squares += error * error;
  }
  EXPECT_GT(measured, 9'000);
  // The best estimate is well inside: its error is a small part of the bracket's width.
  EXPECT_LT(std::sqrt(squares / measured), 0.12);
}

TEST(EnergyCounterProperty, TruthLiesInTheBracketThroughResets) {
  int flagged = 0;
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    Dice dice(seed + 1'000'000);
    Scenario s = random_scenario(dice);
    s.window.end_s += 1.0;
    s.reach.end_s += 1.0;
    s.sensor.reset_at_s = dice.between(s.window.begin_s - 1.0, s.window.end_s + 1.0);
    const auto load = static_cast<Load>(dice.below(test::kLoads));
    const test::TrueCurve curve(
        test::random_load(dice, load, s.reach.begin_s - 11.0, s.reach.end_s, s.window));
    Series series = test::sample_counter(curve, s.sensor, s.sampler, s.reach, dice);
    series.info.character.ceiling = Watts(400.0);
    const auto result = counter_window(series, s.window);
    if (!result) continue;
    const double truth = curve.energy(s.window);
    expect_in_order(*result, seed);
    EXPECT_LE(result->lo_j, truth) << "seed " << seed;
    EXPECT_GE(result->hi_j, truth) << "seed " << seed;
    EXPECT_LE(result->hi_j, 400.0 * (s.window.length_s() + 4.0) + 10.0 * s.sensor.resolution)
        << "seed " << seed;
    if (!result->flags.empty() && result->flags.front() == "reset") ++flagged;
  }
  EXPECT_GT(flagged, 1'500);
}

/// At steady power P an edge's bracket runs from the tick last seen before it to the first that surely came
/// after it. With ticks every T and reads every S that is T plus the chance S/T that the tick at the edge may
/// lie on either side, times T: T + S in the mean; where reads are rarer than ticks, from the read before to
/// the second read after: 2·S. So the pair's mean width is 2·P·(S + max(S, T)); with S → 0 that is 2·P·T, a
/// half-width of P·T. Never more: both edges doubtful, 2·T each and what the reads around them add.
TEST(EnergyCounterProperty, TheBracketIsAsNarrowAsTheory) {
  double ratios = 0.0;
  int count = 0;
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    Dice dice(seed + 2'000'000);
    Scenario s = random_scenario(dice);
    s.sampler.late_share = 0.0;
    s.sampler.read_s = 0.0002;
    s.sampler.jitter = 0.1;
    s.sensor.period_jitter = 0.0;
    s.sensor.resolution = 0.0;
    const double power = dice.between(5.0, 400.0);
    const test::TrueCurve curve({{s.reach.begin_s - 11.0, power}, {s.reach.end_s, power}});
    const Series series = test::sample_counter(curve, s.sensor, s.sampler, s.reach, dice);
    const auto result = counter_window(series, s.window);
    if (!result || result->lo_j <= 0.0) continue;
    const double period = s.sensor.period_s;
    const double spacing = s.sampler.period_s;
    const double theory = 2.0 * power * (spacing + std::max(spacing, period));
    const double width = result->hi_j - result->lo_j;
    EXPECT_LE(width, power * (4.0 * period + 6.0 * 1.1 * spacing)) << "seed " << seed;
    ratios += width / theory;
    ++count;
  }
  EXPECT_GT(count, 2'000);
  EXPECT_LT(ratios / count, 1.5);
  RecordProperty("mean", std::to_string(ratios / count));
}

}  // namespace
}  // namespace edgeeval::energy
