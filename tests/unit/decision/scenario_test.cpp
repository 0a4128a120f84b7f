// SPDX-License-Identifier: Apache-2.0
#include "decision/scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <edgeeval/record.hpp>

#include "decision/price_tables.hpp"
#include "support/measured_run.hpp"
#include "support/run_program.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

double value(const CostScenario& scenario, const char* key) {
  const auto found = scenario.assumptions.find(key);
  return found == scenario.assumptions.end() ? -1.0 : found->second.spread.value;
}

TEST(DefaultScenario, NamesTheSourceOfEveryAssumption) {
  const auto scenario = default_scenario("2026-06-01");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_GE(scenario->assumptions.size(), 20U);
  for (const auto& [key, assumption] : scenario->assumptions) {
    EXPECT_FALSE(assumption.source.empty()) << key;
    EXPECT_EQ(assumption.grade, Grade::assumed) << key;
    const auto* field = economics::find_input(key);
    ASSERT_NE(field, nullptr) << key;
    EXPECT_EQ(field->owner, economics::Owner::scenario) << key;
  }
  EXPECT_EQ(value(*scenario, "electricity_usd_per_kwh"), 0.12);
  EXPECT_EQ(value(*scenario, "api_cached_usd_per_mtok"), value(*scenario, "api_input_usd_per_mtok"))
      << "without a price of its own, cached input costs what input does";
  EXPECT_EQ(scenario->draws, 10000U);
}

TEST(DefaultScenario, WarnsOfOldRowsFromTheGivenDay) {
  const auto fresh = default_scenario("2024-01-01");
  const auto later = default_scenario("2027-12-01");
  const auto none = default_scenario("");
  ASSERT_TRUE(fresh && later && none);
  EXPECT_TRUE(fresh->warnings.empty()) << fresh->warnings.front();
  EXPECT_TRUE(none->warnings.empty());
  const auto& all = later->warnings;
  EXPECT_NE(std::find(all.begin(), all.end(), "grid WORLD is 47 months old (2023-12-31)"), all.end());
}

TEST(ChosenRows, ReplaceThoseInUseAndLeaveWhatTheUserSet) {
  auto scenario = default_scenario("");
  ASSERT_TRUE(scenario);
  ASSERT_TRUE(choose_rows(*scenario, "device", "rtx-5090"));
  EXPECT_EQ(value(*scenario, "owned"), 1.0);
  EXPECT_EQ(value(*scenario, "capex_usd"), 2000.0);
  EXPECT_EQ(value(*scenario, "rent_usd_per_h"), -1.0) << "the machine before is forgotten";
  ASSERT_TRUE(choose_rows(*scenario, "device", "t4"));
  EXPECT_EQ(value(*scenario, "owned"), 0.0);
  EXPECT_EQ(value(*scenario, "capex_usd"), -1.0);
  EXPECT_EQ(scenario->device_tdp_w, 70.0);
  EXPECT_EQ(scenario->stand_ins.at("idle_w").spread.value, 28.0);
  ASSERT_TRUE(set_assumption(*scenario, "rent_usd_per_h=9", ""));
  ASSERT_TRUE(choose_rows(*scenario, "device", "l4"));
  EXPECT_EQ(value(*scenario, "rent_usd_per_h"), 9.0);
  EXPECT_FALSE(scenario->stand_ins.contains("idle_w"));
}

TEST(ChosenRows, ThatAreNotThereNameTheNearest) {
  auto scenario = default_scenario("");
  ASSERT_TRUE(scenario);
  const auto chosen = choose_rows(*scenario, "api", "gpt-4o-mimi");
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, ErrorCode::usage);
  EXPECT_EQ(chosen.error().message, "no api \"gpt-4o-mimi\" in the tables");
  EXPECT_TRUE(chosen.error().hint.starts_with("did you mean \"gpt-4o-mini\"?")) << chosen.error().hint;
}

TEST(ScenarioOfARecord, CountsAgesFromItsLastSitting) {
  auto record = sample_run();
  EXPECT_EQ(date_of(record), "2026-01-02");
  record.sittings.push_back({2, "2026-05-06T01:02:03Z", "", "killed", {}});
  EXPECT_EQ(date_of(record), "2026-05-06");
  record.sittings.clear();
  EXPECT_EQ(date_of(record), "");
}

TEST(ScenarioOfARecord, TakesTheBoundaryOfItsJoules) {
  const auto sample = scenario_for(sample_run());
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->chosen.at("boundary"), "vcpu");
  EXPECT_EQ(value(*sample, "boundary_factor"), 1.0);
  auto record = sample_run();
  for (auto& [id, stage] : record.stages) {
    for (auto& window : stage.windows) window.energy[0].boundary = window.energy[0].domain = "board";
  }
  const auto board = scenario_for(record);
  ASSERT_TRUE(board);
  EXPECT_EQ(board->chosen.at("boundary"), "board");
  EXPECT_EQ(value(*board, "boundary_factor"), 1.43);
}

TEST(ScenarioOfARecord, TakesTheDeviceThatItNamesAndSaysWhereItKnowsNone) {
  auto record = sample_run();
  EXPECT_EQ(scenario_for(record)->chosen.at("device"), "vm-2cpu");
  record.settings.emplace_back("device", "t4x2");
  EXPECT_EQ(scenario_for(record)->chosen.at("device"), "t4x2");
  record.settings.back().second = "abacus";
  const auto unknown = scenario_for(record);
  EXPECT_EQ(unknown->chosen.at("device"), "vm-2cpu");
  ASSERT_FALSE(unknown->warnings.empty());
  EXPECT_NE(unknown->warnings.back().find("no price of the machine this ran on"), std::string::npos);
}

TEST(Data, ThatIsMissingIsAnError) {
  testing::TempFolder empty;
  ::setenv("EDGEEVAL_DATA", empty.path().c_str(), 1);
  const auto scenario = default_scenario("");
  ::unsetenv("EDGEEVAL_DATA");
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().code, ErrorCode::io);
  EXPECT_NE(scenario.error().where.find("devices.csv"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
