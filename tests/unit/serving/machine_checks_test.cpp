// SPDX-License-Identifier: Apache-2.0
// Checks of the machine: a speed that drifts, and what its sensors told meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "serving/validity.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::LoadBuilder;
using testing::ms;
using testing::steady_load;

std::vector<CheckResult> checks_of(const LoadBuilder& builder, std::string_view id) {
  auto load = builder.build();
  const auto summary = summarise_load(load, {});
  auto validity = check_validity(load, *summary);
  EXPECT_TRUE(validity.has_value());
  std::vector<CheckResult> found;
  for (const auto& check : validity->checks)
    if (check.id == id) found.push_back(check);
  return found;
}

CheckResult drift_of(const LoadBuilder& builder) {
  const auto found = checks_of(builder, "drift");
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? CheckResult() : found.front();
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A load of 120 s whose gaps grow from 10 to 10 · (1 + growth) ms, with some scatter.
LoadBuilder drifting_load(double growth) {
  LoadBuilder builder;
  for (int i = 0; i < 300; ++i) {
    const double at = 400.0 * i;
    const double gap = 10.0 * (1.0 + growth * i / 300.0) + 0.05 * (i % 5);
    builder.request(at, at, at + 300.0).completion_tokens = 10;
    builder.stream(at + 20.0, gap, 10);
  }
  return builder;
}

/// A reading a second over those 120 s; `value` tells it from the share of the load that has passed.
ConditionSeries over_the_load(const std::string& name, const std::function<double(double)>& value) {
  ConditionSeries series{name, {}};
  for (int second = 0; second <= 119; ++second)
    series.at.emplace_back(ms(1000.0 * second), value(second / 119.9));
  return series;
}

TEST(MachineChecks, FailASpeedThatDrifts) {
  EXPECT_EQ(drift_of(drifting_load(0.3)).verdict, CheckVerdict::failed);
  EXPECT_EQ(drift_of(drifting_load(0.05)).verdict, CheckVerdict::passed);
  EXPECT_EQ(drift_of(steady_load(20)).verdict, CheckVerdict::not_checked);
}

TEST(MachineChecks, NameThermalThrottlingThatGoesTogetherWithTheDrift) {
  auto builder = drifting_load(0.3);
  EXPECT_TRUE(holds(drift_of(builder).advice, "look at temperature and clocks")) << "nothing was read";
  // Recorded: a package that warms up from 60 to 95 °C and is then held to two thirds of its clock.
  builder.header().conditions = {
      over_the_load("cpu.temperature_c",
                    [](double share) { return 60.0 + 35.0 * std::min(1.0, 2.0 * share); }),
      over_the_load("cpu.clock_mhz", [](double share) { return share < 0.5 ? 3300.0 : 2200.0; }),
      over_the_load("cpu.throttle_count", [](double share) { return share < 0.5 ? 7.0 : 19.0; })};
  const auto check = drift_of(builder);
  EXPECT_EQ(check.verdict, CheckVerdict::failed);
  EXPECT_TRUE(holds(check.found, "; it goes together with thermal throttling: cpu.temperature_c rose from "))
      << check.found;
  EXPECT_TRUE(holds(check.found, "cpu.clock_mhz fell from 3300 to 2200")) << check.found;
  EXPECT_TRUE(holds(check.found, "cpu.throttle_count rose by 12")) << check.found;
  EXPECT_TRUE(holds(check.advice, "cool the machine better")) << check.advice;
}

TEST(MachineChecks, TellALowerClockFromHeatAndBothFromNeither) {
  auto builder = drifting_load(0.3);
  const auto still = over_the_load("cpu.temperature_c", [](double) { return 61.0; });
  builder.header().conditions = {
      still, over_the_load("cpu.clock_mhz", [](double share) { return 3000.0 - 600.0 * share; })};
  EXPECT_TRUE(holds(drift_of(builder).found, "together with a lower clock: cpu.clock_mhz fell from "));
  // A clock that rises explains no slower replies.
  builder.header().conditions = {
      still, over_the_load("cpu.clock_mhz", [](double share) { return 3000.0 + 600.0 * share; })};
  const auto neither = drift_of(builder);
  EXPECT_TRUE(holds(neither.found, "; clocks held still and nothing throttled")) << neither.found;
  EXPECT_TRUE(holds(neither.advice, "what else ran")) << neither.advice;
  // Faster replies under a clock that rises: the machine woke up.
  auto faster = drifting_load(-0.3);
  faster.header().conditions = builder.header().conditions;
  EXPECT_TRUE(holds(drift_of(faster).found, "together with a higher clock: cpu.clock_mhz rose from "));
  // Heat without a lower clock slows nothing down.
  builder.header().conditions = {
      over_the_load("cpu.temperature_c", [](double share) { return 50.0 + 40.0 * share; }),
      over_the_load("cpu.clock_mhz", [](double) { return 3000.0; })};
  EXPECT_FALSE(holds(drift_of(builder).found, "together"));
}

TEST(MachineChecks, TakeAGpusOwnWordForAThermalSlowdown) {
  auto builder = drifting_load(0.3);
  builder.header().conditions = {
      over_the_load("gpu0.thermal_slowdown", [](double share) { return share > 0.75 ? 1.0 : 0.0; })};
  EXPECT_TRUE(holds(drift_of(builder).found, "thermal throttling: gpu0.thermal_slowdown was on in 25"));
}

TEST(MachineChecks, WarnOfConditionsThatMovedAndOfThrottling) {
  auto builder = drifting_load(0.0);
  builder.header().conditions = {
      over_the_load("cpu.temperature_c", [](double share) { return 50.0 + 30.0 * share; }),
      over_the_load("cpu.clock_mhz", [](double share) { return 3000.0 + share; }),
      over_the_load("cpu.throttle_count", [](double) { return 7.0; }),
      over_the_load("gpu0.thermal_slowdown", [](double share) { return share > 0.5 ? 1.0 : 0.0; }),
      {"gpu0.sm_clock_mhz", {{ms(60'000.0), 1800.0}}}};
  std::vector<CheckVerdict> verdicts;
  for (const auto& check : checks_of(builder, "conditions")) verdicts.push_back(check.verdict);
  EXPECT_EQ(verdicts, (std::vector{CheckVerdict::warned, CheckVerdict::passed, CheckVerdict::passed,
                                   CheckVerdict::warned, CheckVerdict::not_checked}));
  EXPECT_EQ(drift_of(builder).verdict, CheckVerdict::passed);
}

TEST(MachineChecks, TakeTheReadingsAtTheEdgesOfAShortLoad) {
  auto builder = steady_load(5);
  builder.header().conditions = {{"cpu.clock_mhz", {{ms(-0.4), 3000.0}, {ms(640.0), 2000.0}}}};
  const auto found = checks_of(builder, "conditions");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].verdict, CheckVerdict::warned) << found[0].found;
}

}  // namespace
}  // namespace edgeeval
