// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "decision/scenario.hpp"

namespace edgeeval {
namespace {

class Setting : public ::testing::Test {
 protected:
  void SetUp() override {
    auto scenario = default_scenario("");
    ASSERT_TRUE(scenario);
    scenario_ = std::move(*scenario);
  }
  Error error_of(const char* text) {
    const auto set = set_assumption(scenario_, text, "");
    return set ? Error{ErrorCode::internal, "no error"} : set.error();
  }
  CostScenario scenario_;
};

TEST_F(Setting, TakesANumberARangeAndAValueWithItsRange) {
  ASSERT_TRUE(set_assumption(scenario_, "pue=1.2", ""));
  EXPECT_EQ(scenario_.assumptions.at("pue").spread.shape, economics::Shape::fixed);
  ASSERT_TRUE(set_assumption(scenario_, "pue=1.2..1.6", ""));
  const auto& uniform = scenario_.assumptions.at("pue").spread;
  EXPECT_EQ(uniform.shape, economics::Shape::uniform);
  EXPECT_DOUBLE_EQ(uniform.value, 1.4);
  ASSERT_TRUE(set_assumption(scenario_, "demand_per_day=100[50,400]", ""));
  const auto& split = scenario_.assumptions.at("demand_per_day").spread;
  EXPECT_EQ(split.shape, economics::Shape::split_lognormal);
  EXPECT_EQ(split.hi, 400.0);
  EXPECT_EQ(scenario_.assumptions.at("pue").source, "the command line");
}

TEST_F(Setting, TakesRowsOfTheTables) {
  ASSERT_TRUE(set_assumption(scenario_, "api=gpt-4o", ""));
  EXPECT_EQ(scenario_.assumptions.at("api_output_usd_per_mtok").spread.value, 10.0);
  EXPECT_EQ(scenario_.assumptions.at("api_cached_usd_per_mtok").spread.value, 1.25);
}

TEST_F(Setting, MovesTheCachedPriceThatIsACopyOfTheInputPrice) {
  const auto& cached = [&]() -> const Assumption& { return scenario_.assumptions.at(kApiCachedPrice); };
  ASSERT_EQ(cached().follows, kApiInputPrice) << "the default API's rows tell no cached price";
  ASSERT_TRUE(set_assumption(scenario_, "api_input_usd_per_mtok=0.1..0.3", ""));
  EXPECT_EQ(cached().spread.lo, 0.1);
  EXPECT_EQ(cached().spread.hi, 0.3);
  EXPECT_EQ(cached().source, "as api_input_usd_per_mtok: the command line");
  ASSERT_TRUE(set_assumption(scenario_, "api_input_usd_per_mtok=7", "")) << "again";
  EXPECT_EQ(cached().spread.value, 7.0);
  ASSERT_TRUE(set_assumption(scenario_, "api=gpt-4o", "")) << "which has a cached price of its own";
  EXPECT_EQ(scenario_.assumptions.at(kApiInputPrice).spread.value, 7.0) << "the user's own stays";
  EXPECT_EQ(cached().spread.value, 1.25);
  EXPECT_TRUE(cached().follows.empty());
  ASSERT_TRUE(set_assumption(scenario_, "api=llama-3.1-8b", ""));
  EXPECT_EQ(cached().spread.value, 7.0) << "and is copied again where the rows tell none";
}

TEST_F(Setting, LeavesACachedPriceOfItsOwnAsItIs) {
  ASSERT_TRUE(set_assumption(scenario_, "api=gpt-4o", ""));
  const auto source = scenario_.assumptions.at(kApiCachedPrice).source;
  EXPECT_TRUE(source.starts_with("api_prices.csv: gpt-4o, ")) << source;
  ASSERT_TRUE(set_assumption(scenario_, "api_input_usd_per_mtok=9", ""));
  EXPECT_EQ(scenario_.assumptions.at(kApiCachedPrice).spread.value, 1.25) << "a row's";
  EXPECT_EQ(scenario_.assumptions.at(kApiCachedPrice).source, source);
  ASSERT_TRUE(set_assumption(scenario_, "api_cached_usd_per_mtok=0.5", ""));
  ASSERT_TRUE(set_assumption(scenario_, "api_input_usd_per_mtok=8", ""));
  EXPECT_EQ(scenario_.assumptions.at(kApiCachedPrice).spread.value, 0.5) << "the user's";
  EXPECT_EQ(scenario_.assumptions.at(kApiCachedPrice).source, "the command line");
}

TEST_F(Setting, SetsAnInputOfAVariantForAll) {
  ASSERT_TRUE(set_assumption(scenario_, "quality=0.5", ""));
  EXPECT_EQ(scenario_.assumptions.at("quality").spread.value, 0.5);
}

TEST_F(Setting, RefusesWhatItCannotUnderstand) {
  EXPECT_EQ(error_of("pue").message, "\"pue\" sets nothing");
  EXPECT_EQ(error_of("=1").message, "\"=1\" sets nothing");
  EXPECT_EQ(error_of("peu=1.2").message, "unknown key \"peu\"");
  EXPECT_EQ(error_of("peu=1.2").hint, "did you mean \"pue\"?");
  EXPECT_EQ(error_of("tdp_w=70").code, ErrorCode::usage) << "a fact beside the inputs is no input";
  EXPECT_EQ(error_of("pue=0.5").hint, "allowed: a number from 1 to 10");
  EXPECT_EQ(error_of("pue=nan").message, "\"nan\" is no number");
  EXPECT_EQ(error_of("pue=2..1").message, "lo 2 ≤ value 1.5 ≤ hi 1 does not hold");
  EXPECT_EQ(error_of("pue=1.5[1.2,2").message, "\"1.5[1.2,2\" is no value");
  EXPECT_EQ(error_of("pue=1.2..x").message, "\"x\" is no number");
  EXPECT_EQ(error_of("grid=XX").code, ErrorCode::usage);
}

}  // namespace
}  // namespace edgeeval
