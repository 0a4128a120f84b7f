// SPDX-License-Identifier: Apache-2.0
#include "energy/power_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/energy_series.hpp"

namespace edgeeval::energy {
namespace {

using test::series_of;
using test::steady_power;

bool flagged(const Estimate& estimate, const std::string& name) {
  return std::find(estimate.flags.begin(), estimate.flags.end(), name) != estimate.flags.end();
}

TEST(PowerWindow, ClipsAndInterpolatesAtTheEdges) {
  const auto result =
      power_window(series_of(ReadingKind::power, {{0, 0}, {1, 10}, {2, 20}, {3, 30}, {4, 40}}), {0.5, 3.5});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules - *result->tail_j, 3.0 * 20.0, 1e-9);
  EXPECT_FALSE(result->hard);
  EXPECT_EQ(result->method, "integral");
}

TEST(PowerWindow, SteadyWattsAreExactAndNarrow) {
  const auto result = power_window(steady_power(60.0, 0.1, 14.0), {2.03, 12.03});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 600.0, 1e-9);
  EXPECT_NEAR(result->hi_j - result->lo_j, 0.0, 1e-6);
  EXPECT_NEAR(result->peak_w, 60.0, 1e-9);
  EXPECT_DOUBLE_EQ(result->coverage, 1.0);
}

TEST(PowerWindow, GainIsAppliedAndKeptApart) {
  auto series = steady_power(60.0, 0.1, 14.0);
  series.info.character.gain = 1.05;
  series.info.character.offset_w = -2.0;
  series.info.character.gain_half_width = 0.13;
  const auto result = power_window(series, {2.0, 12.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 610.0, 1e-9);
  EXPECT_NEAR(result->hi_j, 610.0, 1e-9);
  EXPECT_DOUBLE_EQ(result->common_relative, 0.13);
}

/// 20 W at rest, 120 W from 2 s to 5 s, shown through a lag of 0.3 s.
Series lagging(double spacing_s) {
  auto series = series_of(ReadingKind::power, {});
  for (double at = 0.0; at < 9.0; at += spacing_s) {
    double watts = 20.0;
    if (at > 2.0 && at <= 5.0) watts = 120.0 - 100.0 * std::exp(-(at - 2.0) / 0.3);
    if (at > 5.0) watts = 20.0 + 100.0 * (1.0 - std::exp(-10.0)) * std::exp(-(at - 5.0) / 0.3);
    series.samples.push_back({at, at, watts, watts, watts});
  }
  series.info.character.period = Seconds(spacing_s);
  series.info.character.averaging = Seconds(spacing_s);
  return series;
}

TEST(PowerWindow, ALagThatIsNotKnownWidensTheSideItLeavesOut) {
  const auto result = power_window(lagging(0.1), {2.0, 5.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_LT(result->joules, 360.0);
  EXPECT_GE(result->hi_j, 360.0);
  EXPECT_GT(result->hi_j - result->joules, 2.0 * (result->joules - result->lo_j));
}

TEST(PowerWindow, ALaggingSensorsTailIsCounted) {
  auto series = lagging(0.01);
  series.info.character.lag = Seconds(0.3);
  const auto result = power_window(series, {2.0, 5.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 360.0, 1.0);
  EXPECT_NEAR(result->tail_j.value(), 30.0, 1.5);
}

TEST(PowerWindow, AGapIsBoundedByTheCeiling) {
  auto series = steady_power(60.0, 0.1, 14.0);
  std::erase_if(series.samples, [](const Sample& s) { return s.before_s > 5.05 && s.before_s < 6.95; });
  series.info.character.ceiling = Watts(100.0);
  const auto result = power_window(series, {2.0, 12.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(flagged(*result, "gap"));
  EXPECT_NEAR(result->lo_j, 600.0 - 120.0, 1e-6);
  EXPECT_NEAR(result->hi_j, 600.0 + 80.0, 1e-6);
  EXPECT_NEAR(result->coverage, 0.8, 1e-6);
  EXPECT_NEAR(result->longest_gap_s, 2.0, 1e-6);
}

TEST(PowerWindow, ASensorThatLooksOnlyNowAndThenIsWider) {
  auto series = series_of(ReadingKind::power, {});
  for (int i = 0; i <= 140; ++i) {
    const double watts = (i * 7) % 3 == 0 ? 50.0 : 100.0;
    series.samples.push_back({0.1 * i, 0.1 * i, watts, watts, watts});
  }
  series.info.character.period = Seconds(0.1);
  series.info.character.averaging = Seconds(0.1);
  const auto all = power_window(series, {2.0, 12.0});
  series.info.character.averaging = Seconds(0.02);
  const auto some = power_window(series, {2.0, 12.0});
  ASSERT_TRUE(all.has_value());
  ASSERT_TRUE(some.has_value());
  EXPECT_GT(some->hi_j - some->joules, 1.3 * (all->hi_j - all->joules));
}

TEST(PowerWindow, TooFewReadingsAreNotMeasured) {
  const auto series = steady_power(60.0, 1.0, 14.0);
  EXPECT_EQ(power_window(series_of(ReadingKind::power, {{1, 5}}), {0, 2}).error().reason,
            "fewer than two readings");
  const auto brief = power_window(series, {5.2, 5.8});
  ASSERT_FALSE(brief.has_value());
  EXPECT_DOUBLE_EQ(brief.error().needed_s.value(), 3.0);
  EXPECT_FALSE(power_window(series, {2.0, 20.0}).has_value());
  EXPECT_FALSE(power_window(series, {-5.0, 10.0}).has_value());
}

TEST(PowerWindow, AVanishedSensorVoidsTheWindow) {
  auto series = steady_power(60.0, 0.1, 9.0);
  series.failures.push_back({9.1, "ENODATA"});
  EXPECT_EQ(power_window(series, {2.0, 9.2}).error().reason, "the sensor vanished: ENODATA");
}

TEST(PowerWindow, TimeWithoutAReadingAtTheEndIsBoundedAndNotTakenForWhatWasShownLast) {
  // A slow meter last read at 7 s; the load rose to the ceiling just after.
  auto series = steady_power(100.0, 1.0, 7.0);
  series.info.character.ceiling = Watts(500.0);
  const auto result = power_window(series, {1.0, 9.5});
  ASSERT_TRUE(result.has_value());
  EXPECT_GE(result->hi_j, 600.0 + 2.5 * 500.0);
  EXPECT_LE(result->lo_j, 600.0);
  EXPECT_LT(result->coverage, 0.8);
  EXPECT_EQ(result->flags, std::vector<std::string>{"gap"});
}

}  // namespace
}  // namespace edgeeval::energy
