// SPDX-License-Identifier: Apache-2.0
#include "energy/counter_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/energy_series.hpp"

namespace edgeeval::energy {
namespace {

using test::series_of;
using test::steady_counter;

bool flagged(const Estimate& estimate, const std::string& name) {
  return std::find(estimate.flags.begin(), estimate.flags.end(), name) != estimate.flags.end();
}

TEST(CounterWindow, BracketsByTheTicksAroundBothEdges) {
  // Ticks of 10 J seen between the readings: one in (1.0, 1.1], one in (2.0, 2.1], …
  const auto series = series_of(
      ReadingKind::counter,
      {{0.0, 0}, {1.0, 0}, {1.1, 10}, {2.0, 10}, {2.1, 20}, {3.0, 20}, {3.1, 30}, {4.0, 30}, {4.1, 40}});
  const auto result = counter_window(series, {1.5, 3.5});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->lo_j, 30.0 - 20.0, 1e-9);  // last tick surely by 3.5 less the first surely after 1.5
  EXPECT_NEAR(result->hi_j, 40.0 - 10.0, 1e-9);
  EXPECT_NEAR(result->joules, 20.0, 0.5);
  EXPECT_TRUE(result->hard);
  EXPECT_EQ(result->method, "counter");
}

TEST(CounterWindow, ATickSeenAcrossTheEdgeMayLieOnEitherSide) {
  const auto series = series_of(ReadingKind::counter,
                                {{0.0, 0}, {1.0, 0}, {1.2, 10}, {2.0, 20}, {3.0, 20}, {3.2, 30}, {4.0, 40}});
  const auto result = counter_window(series, {1.1, 3.1});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->lo_j, 0.0, 1e-9);   // 20 − 20: the tick in (1.0, 1.2] may have come after 1.1
  EXPECT_NEAR(result->hi_j, 40.0, 1e-9);  // 40 − 0
}

TEST(CounterWindow, SteadyPowerIsFoundWithinItsTicks) {
  const auto result = counter_window(steady_counter(70.0, 0.1, 0.02, 14.0), {2.013, 12.027});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 70.0 * 10.014, 1.5);
  EXPECT_LE(result->hi_j - result->lo_j, 70.0 * 4 * 0.1);
  EXPECT_NEAR(result->mean_w, 70.0, 0.2);
  EXPECT_NEAR(result->peak_w, 70.0, 10.0);
  EXPECT_DOUBLE_EQ(result->coverage, 1.0);
  EXPECT_NEAR(result->longest_gap_s, 0.02, 1e-6);
  EXPECT_TRUE(result->flags.empty());
}

TEST(CounterWindow, GainAndOffsetAreApplied) {
  auto series = steady_counter(50.0, 0.1, 0.02, 14.0);
  series.info.character.gain = 1.1;
  series.info.character.offset_w = 3.0;
  series.info.character.gain_half_width = 0.02;
  const auto result = counter_window(series, {2.0, 12.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 10.0 * (1.1 * 50.0 + 3.0), 12.0);
  EXPECT_DOUBLE_EQ(result->common_relative, 0.02);
}

TEST(CounterWindow, ResolutionWidensTheBracketByItself) {
  auto series = steady_counter(70.0, 0.1, 0.02, 14.0);
  const auto fine = counter_window(series, {2.013, 12.027});
  series.info.character.resolution = 5.0;
  const auto coarse = counter_window(series, {2.013, 12.027});
  ASSERT_TRUE(fine.has_value());
  ASSERT_TRUE(coarse.has_value());
  EXPECT_NEAR(coarse->hi_j - fine->hi_j, 5.0, 1e-6);
  EXPECT_NEAR(fine->lo_j - coarse->lo_j, 5.0, 1e-6);
}

TEST(CounterWindow, ALateCounterIsWiderAndNotHard) {
  auto series = steady_counter(70.0, 0.1, 0.02, 14.0);
  const auto prompt = counter_window(series, {2.013, 12.027});
  series.info.character.lag = Seconds(0.2);
  const auto late = counter_window(series, {2.013, 12.027});
  ASSERT_TRUE(late.has_value());
  EXPECT_FALSE(late->hard);
  EXPECT_NEAR(late->hi_j - prompt->hi_j, 0.2 * late->peak_w, 1e-6);
  EXPECT_NEAR(prompt->lo_j - late->lo_j, 0.2 * late->peak_w, 1e-6);
}

TEST(CounterWindow, TooShortSaysWhichLengthWouldDo) {
  const auto result = counter_window(steady_counter(70.0, 0.1, 0.02, 14.0), {5.01, 5.06});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, "shorter than the sensor can resolve");
  EXPECT_NEAR(result.error().needed_s.value(), 0.24, 1e-6);
  // That length does.
  EXPECT_TRUE(counter_window(steady_counter(70.0, 0.1, 0.02, 14.0), {5.01, 5.25}).has_value());
}

TEST(CounterWindow, ACounterThatNeverMovesIsNotZero) {
  const auto result = counter_window(steady_counter(0.0, 0.1, 0.02, 14.0), {2.0, 12.0});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, kNeverMoved);
}

TEST(CounterWindow, NoReadingAroundAnEdgeIsNotMeasured) {
  const auto series = steady_counter(70.0, 0.1, 0.02, 10.0);
  EXPECT_EQ(counter_window(series, {-1.0, 5.0}).error().reason, "no reading before the window");
  EXPECT_NE(counter_window(series, {1.0, 10.5}).error().reason.find("no reading after"), std::string::npos);
}

TEST(CounterWindow, ASensorThatVanishesVoidsTheWindowAndLeavesEarlierOnes) {
  auto series = steady_counter(70.0, 0.1, 0.02, 10.0);
  series.failures.push_back({10.02, "GPU is lost"});
  series.failures.push_back({10.04, "GPU is lost"});
  EXPECT_EQ(counter_window(series, {5.0, 11.0}).error().reason, "the sensor vanished: GPU is lost");
  EXPECT_TRUE(counter_window(series, {2.0, 8.0}).has_value());
}

TEST(CounterWindow, AFailedReadAmongGoodOnesCostsNothing) {
  auto series = steady_counter(70.0, 0.1, 0.02, 10.0);
  series.failures.push_back({5.01, "try again"});
  EXPECT_TRUE(counter_window(series, {2.0, 8.0}).has_value());
}

TEST(CounterWindow, AResetIsBoundedByTheCeilingOverItsGap) {
  auto series = steady_counter(70.0, 0.1, 0.1, 10.0);
  for (Sample& sample : series.samples)
    if (sample.before_s > 5.05) sample = {sample.before_s, sample.after_s, sample.value - 1350.0, 0.0, 0.0};
  const auto unbounded = counter_window(series, {2.0, 8.0});
  ASSERT_FALSE(unbounded.has_value());
  EXPECT_NE(unbounded.error().reason.find("reset"), std::string::npos);
  series.info.character.ceiling = Watts(100.0);
  const auto result = counter_window(series, {2.0, 8.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(flagged(*result, "reset"));
  EXPECT_LE(result->lo_j, 420.0);
  EXPECT_GE(result->hi_j, 420.0);
  EXPECT_NEAR(result->joules, 420.0, 10.0);
  // Windows away from the reset do not know of it.
  EXPECT_TRUE(counter_window(series, {6.0, 9.0}).value().flags.empty());
}

TEST(CounterWindow, AGapIsFlaggedAndLowersTheCoverage) {
  auto series = steady_counter(70.0, 0.1, 0.1, 10.0);
  std::erase_if(series.samples, [](const Sample& s) { return s.before_s > 4.05 && s.before_s < 6.05; });
  const auto result = counter_window(series, {2.0, 8.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(flagged(*result, "gap"));
  EXPECT_NEAR(result->coverage, 1.0 - 2.1 / 6.0, 0.02);
  EXPECT_NEAR(result->joules, 420.0, 4.0);  // it counted on meanwhile
}

}  // namespace
}  // namespace edgeeval::energy
