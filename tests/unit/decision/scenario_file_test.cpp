// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "decision/price_tables.hpp"
#include "decision/scenario.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

class ScenarioFile : public ::testing::Test {
 protected:
  Result<CostScenario> read(const std::string& text) {
    const auto path = temp_.path() / "office.yaml";
    std::ofstream(path) << text;
    return read_scenario(path, *default_scenario(""), "2026-06-01");
  }
  Error error_of(const std::string& text) {
    const auto scenario = read(text);
    return scenario ? Error{ErrorCode::internal, "no error"} : scenario.error();
  }
  testing::TempFolder temp_;
};

TEST_F(ScenarioFile, SetsInputsRowsSeedAndDraws) {
  const auto scenario = read(
      "demand_per_day: 500\n"
      "rent_usd_per_h: {value: 0.4, lo: 0.3, hi: 0.6, shape: lognormal, unit: USD/h, source: our contract}\n"
      "device: t4\ngrid: FR\nseed: 7\ndraws: 2000\n");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->name, "office.yaml");
  EXPECT_EQ(scenario->assumptions.at("demand_per_day").spread.value, 500.0);
  EXPECT_EQ(scenario->assumptions.at("demand_per_day").spread.shape, economics::Shape::fixed);
  const auto& rent = scenario->assumptions.at("rent_usd_per_h");
  EXPECT_EQ(rent.spread.value, 0.4) << "a key wins over the rows of the device, wherever it stands";
  EXPECT_EQ(rent.spread.shape, economics::Shape::split_lognormal);
  EXPECT_EQ(rent.source, "office.yaml: our contract");
  EXPECT_EQ(scenario->assumptions.at("carbon_g_per_kwh").spread.value, 56.0);
  EXPECT_EQ(scenario->chosen.at("device"), "t4");
  EXPECT_EQ(scenario->seed, 7U);
  EXPECT_EQ(scenario->draws, 2000U);
}

TEST_F(ScenarioFile, MovesACopiedCachedPriceWhateverTheOrderOfKeys) {
  const auto copied = read("api_input_usd_per_mtok: 3\n");
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(copied->assumptions.at(kApiCachedPrice).spread.value, 3.0);
  EXPECT_EQ(copied->assumptions.at(kApiCachedPrice).source, "as api_input_usd_per_mtok: office.yaml");
  for (const char* text : {"api_cached_usd_per_mtok: 0.5\napi_input_usd_per_mtok: 3\n",
                           "api_input_usd_per_mtok: 3\napi_cached_usd_per_mtok: 0.5\n"}) {
    const auto own = read(text);
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_EQ(own->assumptions.at(kApiCachedPrice).spread.value, 0.5) << text;
    EXPECT_EQ(own->assumptions.at(kApiCachedPrice).source, "office.yaml") << text;
  }
}

TEST_F(ScenarioFile, ReadsTablesOfTheUsersOwn) {
  std::ofstream(temp_.path() / "ours.csv") << "name,key,value,unit,lo,hi,shape,source,date,licence\n"
                                              "rack,rent_usd_per_h,0.2,USD/h,,,,our rack,2025-01-01,ours\n"
                                              "vm-2cpu,rent_usd_per_h,0.01,USD/h,,,,our cloud,,ours\n";
  const auto own = read("device: rack\ntables: {device: ours.csv}\n");
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(own->assumptions.at("rent_usd_per_h").spread.value, 0.2);
  ASSERT_FALSE(own->warnings.empty());
  EXPECT_EQ(own->warnings.front(), "device rack is 17 months old (2025-01-01)");
  const auto over = read("tables: {device: ours.csv}\n");
  ASSERT_TRUE(over);
  EXPECT_EQ(over->assumptions.at("rent_usd_per_h").spread.value, 0.01)
      << "the default device's row is overridden";
  EXPECT_TRUE(
      read("tables: {device: ours.csv}\ndevice: rack\nmax_age_months: 24\n")->warnings.empty() ||
      read("tables: {device: ours.csv}\ndevice: rack\nmax_age_months: 24\n")->warnings.front().find("rack") ==
          std::string::npos);
}

TEST_F(ScenarioFile, RefusesWhatItDoesNotKnowWithPlaceAndNearMiss) {
  const auto error = error_of("seed: 1\ndemand_per_dya: 5\n");
  EXPECT_EQ(error.code, ErrorCode::invalid_table);
  EXPECT_EQ(error.message, "unknown key \"demand_per_dya\"");
  EXPECT_TRUE(error.where.ends_with("office.yaml:2:1")) << error.where;
  EXPECT_EQ(error.hint, "did you mean \"demand_per_day\"?");
  EXPECT_EQ(error_of("device: t5\n").message, "device: no device \"t5\" in the tables");
}

TEST_F(ScenarioFile, RefusesWrongUnitsRangesAndNumbers) {
  EXPECT_EQ(error_of("pue: {value: 1.5, unit: W}\n").message, "pue.unit: \"W\" is not the unit of pue");
  EXPECT_EQ(error_of("pue: 0.9\n").message, "pue: 0.9 is out of range");
  EXPECT_EQ(error_of("pue: 0.9\n").hint, "allowed: a number from 1 to 10");
  EXPECT_EQ(error_of("pue: .nan\n").message, "pue: \".nan\" is no number");
  EXPECT_EQ(error_of("pue: {lo: 1, hi: 2}\n").message, "pue.value: \"\" is no number");
  EXPECT_EQ(error_of("pue: {value: 1.5, low: 1}\n").message, "pue: unknown key \"low\"");
  EXPECT_EQ(error_of("draws: 5\n").hint, "allowed: a whole number from 100 to 1000000");
  EXPECT_EQ(error_of("draws: 1.5e2x\n").message, "draws: is no such number");
  EXPECT_EQ(error_of("pue: 1.1\npue: 1.2\n").message, "pue: given twice");
}

TEST_F(ScenarioFile, RefusesMissingAndDamagedTables) {
  EXPECT_EQ(error_of("tables: {device: none.csv}\n").code, ErrorCode::io);
  std::ofstream(temp_.path() / "bad.csv") << "name,key\nx\n";
  EXPECT_EQ(error_of("tables: {device: bad.csv}\n").code, ErrorCode::invalid_table);
  EXPECT_TRUE(error_of("tables: {machine: bad.csv}\n").message.find("unknown key \"machine\"") !=
              std::string::npos);
  EXPECT_TRUE(error_of("demand_per_day: [1\n").message.starts_with("not YAML"));
  EXPECT_TRUE(error_of("- a\n").message.starts_with("must be a map"));
}

}  // namespace
}  // namespace edgeeval
