// SPDX-License-Identifier: Apache-2.0
// What other tools got wrong in the field, each with the same input: our result on it
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "energy/counter_window.hpp"
#include "energy/power_window.hpp"
#include "energy/reconcile.hpp"
#include "support/energy_series.hpp"

namespace edgeeval::energy {
namespace {

using test::series_of;
using test::steady_counter;
using test::steady_power;

bool flagged(const Estimate& estimate, const std::string& name) {
  return std::find(estimate.flags.begin(), estimate.flags.end(), name) != estimate.flags.end();
}

TEST(FieldFailure, Zeus181CounterAndIntegralOfAnIdleGpuDiffer) {
  // ml-energy/zeus issue 181: 5 s at rest, 187.4 J by the counter, 326.9 J by its integrated power.
  const auto counter = counter_window(steady_counter(187.4 / 5.0, 0.1, 0.05, 9.0), {2.0, 7.0});
  const auto integral = power_window(steady_power(326.9 / 5.0, 0.1, 9.0), {2.0, 7.0});
  const auto result = reconcile(counter, integral);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(flagged(*result, "disagrees"));
  EXPECT_LE(result->lo_j, 187.4);
  EXPECT_GE(result->hi_j, 326.9);
}

TEST(FieldFailure, Powerjoular87TwoHundredSixtyThousandWatts) {
  // joular/powerjoular issue 87: one reading of 260,000 W.
  auto power = steady_power(40.0, 0.1, 9.0);
  power.samples[40].value = power.samples[40].lo = power.samples[40].hi = 260'000.0;
  power.info.character.ceiling = Watts(200.0);
  const auto integral = power_window(power, {2.0, 7.0});
  ASSERT_TRUE(integral.has_value());
  EXPECT_TRUE(flagged(*integral, "glitch"));
  EXPECT_NEAR(integral->joules, 200.0, 1.0);
  EXPECT_LE(integral->peak_w, 200.0);

  // The same as a leap of a counter that stays.
  auto counter = steady_counter(40.0, 0.1, 0.1, 9.0);
  for (std::size_t i = 40; i < counter.samples.size(); ++i) counter.samples[i].value += 26'000.0;
  counter.info.character.ceiling = Watts(200.0);
  const auto counted = counter_window(counter, {2.0, 7.0});
  ASSERT_TRUE(counted.has_value());
  EXPECT_TRUE(flagged(*counted, "glitch"));
  EXPECT_NEAR(counted->joules, 200.0, 10.0);
  EXPECT_LT(counted->hi_j, 300.0);
  EXPECT_LE(counted->lo_j, 200.0);
}

TEST(FieldFailure, ComputeRuntime938ThreeTerawatts) {
  // intel/compute-runtime issue 938: a counter that reads 3.69 TW too much once.
  auto series = steady_counter(40.0, 0.1, 0.1, 9.0);
  series.samples[50].value = 3.69e11;
  series.info.character.ceiling = Watts(200.0);
  const auto result = counter_window(series, {2.0, 7.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(flagged(*result, "glitch"));
  EXPECT_NEAR(result->joules, 200.0, 4.0);
  EXPECT_LT(result->hi_j, 220.0);
  EXPECT_GT(result->lo_j, 180.0);
  EXPECT_LT(result->peak_w, 200.0);
}

TEST(FieldFailure, IntelligencePerWattTakesAResetForAWrapOf64Bits) {
  auto series = series_of(ReadingKind::counter, {});
  for (int i = 0; i <= 90; ++i) {
    const double joules = i < 45 ? 5'000'000.0 + 7.0 * i : 7.0 * (i - 45);
    series.samples.push_back({0.1 * i, 0.1 * i, joules, joules, joules});
  }
  series.info.character.period = Seconds(0.1);
  series.info.character.ceiling = Watts(100.0);
  const auto result = counter_window(series, {2.0, 7.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(flagged(*result, "reset"));
  EXPECT_NEAR(result->joules, 350.0, 15.0);
  EXPECT_LT(result->hi_j, 400.0);  // 2^64 mJ are 1.8e16 J
}

TEST(FieldFailure, EnergiBridge17NegativeJoules) {
  // tdurieux/EnergiBridge issue 17: −250,769 J, as a 32-bit counter went round.
  auto series = series_of(ReadingKind::counter, {});
  for (int i = 0; i <= 90; ++i) {
    const double joules = std::fmod(262'000.0 + 4.0 * i, 262'144.0);
    series.samples.push_back({0.1 * i, 0.1 * i, joules, joules, joules});
  }
  series.info.character.period = Seconds(0.1);
  const auto unknown = counter_window(series, {2.0, 7.0});
  ASSERT_FALSE(
      unknown.has_value());  // no limit is known that would bound the gap: no figure, and no negative one
  series.info.character.ceiling = Watts(200.0);
  const auto result = counter_window(series, {2.0, 7.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_GE(result->lo_j, 0.0);
  EXPECT_LE(result->lo_j, 200.0);
  EXPECT_GE(result->hi_j, 200.0);
}

TEST(FieldFailure, ZeusDropsRepeatsAndTurnsPlateausIntoRamps) {
  // zeus/monitor/power.py keeps a value only where it changed: 100 W for 2 s, then 300 W for 2 s, becomes a
  // ramp.
  auto series = series_of(ReadingKind::power, {});
  for (int i = 0; i <= 80; ++i) {
    const double watts = i * 0.1 < 4.0 ? 100.0 : 300.0;
    series.samples.push_back({0.1 * i, 0.1 * i, watts, watts, watts});
  }
  series.info.character.period = Seconds(0.1);
  const double ramp = 0.5 * (100.0 + 300.0) * 2.0 + 300.0 * 2.0;
  const auto result = power_window(series, {2.0, 6.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 800.0, 25.0);
  EXPECT_LT(result->hi_j, ramp);
}

TEST(FieldFailure, CodeCarbon1316AMissingSensorIsNotZero) {
  Series series;
  series.failures.push_back({1.0, "Not Supported"});
  for (const auto& result : {counter_window(series, {0.0, 5.0}), power_window(series, {0.0, 5.0})}) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().reason, "the sensor vanished: Not Supported");
  }
  EXPECT_FALSE(reconcile(counter_window(series, {0.0, 5.0}), power_window(series, {0.0, 5.0})).has_value());
}

TEST(FieldFailure, EdgeEvalMultipliesByTheNominalInterval) {
  // EDGE-EVAL's energy_monitor.py adds power × 0.1 s though its reads come 0.13 s apart.
  auto series = steady_power(60.0, 0.13, 13.0);
  const double nominal = 60.0 * 0.1 * std::floor(10.0 / 0.13);
  EXPECT_LT(nominal, 0.8 * 600.0);
  series.info.character.period = Seconds(0.1);
  const auto result = power_window(series, {1.0, 11.0});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 600.0, 1e-6);
  EXPECT_GT(result->lo_j, nominal);
}

}  // namespace
}  // namespace edgeeval::energy
