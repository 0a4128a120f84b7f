// SPDX-License-Identifier: Apache-2.0
// Whatever is read, an estimate is finite and in order, and absent is never zero
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "energy/counter_window.hpp"
#include "energy/power_window.hpp"
#include "energy/reconcile.hpp"
#include "support/simulated_sensor.hpp"

namespace edgeeval::energy {
namespace {

/// Readings without sense: values of any size, stamps in order, some not finite.
Series any_series() {
  using test::Dice;
  Dice dice(*rc::gen::arbitrary<std::uint64_t>());
  Series series;
  double at = dice.between(-1.0, 1.0);
  double value = 0.0;
  const int count = dice.below(60);
  for (int i = 0; i < count; ++i) {
    at += dice.chance(0.1) ? 0.0 : dice.between(0.0, 0.3);
    const double end = at + dice.between(0.0, 0.01);
    value += dice.chance(0.1) ? dice.between(-1e12, 1e12) : dice.between(0.0, 30.0);
    if (dice.chance(0.05)) value = 0.0;
    double shown = value;
    if (dice.chance(0.02)) shown = std::numeric_limits<double>::quiet_NaN();
    if (dice.chance(0.02)) shown = std::numeric_limits<double>::infinity();
    series.samples.push_back({at, end, shown, shown, shown});
    at = end;
  }
  if (dice.chance(0.2)) series.failures.push_back({dice.between(0.0, 6.0), "gone"});
  auto& character = series.info.character;
  if (dice.chance(0.5)) character.period = Seconds(dice.between(0.001, 0.5));
  if (dice.chance(0.5)) character.ceiling = Watts(dice.between(1.0, 400.0));
  if (dice.chance(0.5)) character.averaging = Seconds(dice.between(0.0, 1.0));
  if (dice.chance(0.5)) character.resolution = dice.between(0.0, 5.0);
  character.gain = dice.between(0.8, 1.2);
  character.gain_half_width = dice.between(0.0, 0.2);
  return series;
}

Span any_window() {
  const double begin = *rc::gen::inRange(-1000, 8000) * 1e-3;
  return {begin, begin + *rc::gen::inRange(0, 6000) * 1e-3};
}

void check(const EstimateResult& result) {
  if (!result) {
    RC_ASSERT(!result.error().reason.empty());
    return;
  }
  for (const double value : {result->joules, result->lo_j, result->hi_j, result->mean_w, result->peak_w,
                             result->coverage, result->longest_gap_s})
    RC_ASSERT(std::isfinite(value));
  RC_ASSERT(0.0 <= result->lo_j && result->lo_j <= result->joules && result->joules <= result->hi_j);
  const Bounds bounds = with_common(*result);
  RC_ASSERT(bounds.lo_j <= result->lo_j && result->hi_j <= bounds.hi_j);
}

TEST(EnergyLaws, AnyReadingsGiveAnOrderedEstimateOrAReason) {
  EXPECT_TRUE(rc::check([] {
    for (int i = 0; i < 30; ++i) {
      const Series series = any_series();
      const Span window = any_window();
      const auto counter = counter_window(series, window);
      const auto power = power_window(series, window);
      check(counter);
      check(power);
      check(model_window(series, window));
      check(reconcile(counter, power));
    }
  }));
}

TEST(EnergyLaws, NoReadingIsNeverZeroJoules) {
  EXPECT_TRUE(rc::check([] {
    Series series = any_series();
    series.samples.clear();
    const Span window = any_window();
    RC_ASSERT(!counter_window(series, window));
    RC_ASSERT(!power_window(series, window));
    RC_ASSERT(!model_window(series, window));
  }));
}

TEST(EnergyLaws, MoreGainUncertaintyOnlyWidens) {
  EXPECT_TRUE(rc::check([] {
    Estimate estimate;
    estimate.joules = *rc::gen::inRange(0, 100000) * 0.01;
    estimate.lo_j = estimate.joules * *rc::gen::inRange(0, 100) * 0.01;
    estimate.hi_j = estimate.joules + *rc::gen::inRange(0, 1000);
    estimate.hard = *rc::gen::arbitrary<bool>();
    estimate.common_relative = *rc::gen::inRange(0, 100) * 0.002;
    const Bounds narrow = with_common(estimate);
    estimate.common_relative += *rc::gen::inRange(0, 100) * 0.002;
    const Bounds wide = with_common(estimate);
    RC_ASSERT(wide.lo_j <= narrow.lo_j && narrow.hi_j <= wide.hi_j);
  }));
}

TEST(EnergyLaws, ADisagreementHoldsBothFigures) {
  EXPECT_TRUE(rc::check([] {
    const auto any = [] {
      Estimate e;
      e.joules = *rc::gen::inRange(1, 100000) * 0.01;
      e.lo_j = e.joules * 0.98;
      e.hi_j = e.joules * 1.02;
      return EstimateResult(e);
    };
    const auto counter = any();
    const auto integral = any();
    const auto result = reconcile(counter, integral);
    RC_ASSERT(result.has_value());
    if (!result->flags.empty())
      RC_ASSERT(result->lo_j <= integral->lo_j && integral->hi_j <= result->hi_j);
    else
      RC_ASSERT(result->lo_j == counter->lo_j && result->hi_j == counter->hi_j);
  }));
}

}  // namespace
}  // namespace edgeeval::energy
