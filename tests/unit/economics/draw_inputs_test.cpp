// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

using samples::certain;
using samples::paying;
using samples::place;

UncertainInputs with(std::string_view key, Uncertain spread) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place(key)) = spread;
  return inputs;
}

TEST(DrawInputs, LeavesFixedInputsAtTheirValues) {
  const Inputs drawn = draw_inputs(certain(paying()), 3, 1, 7);
  const Inputs values = paying();
  for (const InputField& field : input_table())
    EXPECT_EQ(drawn.*field.member, values.*field.member) << field.key;
  EXPECT_EQ(central(certain(paying())).busy_w, 136.0);
}

TEST(DrawInputs, FollowsEachShape) {
  const auto slot = static_cast<std::uint32_t>(place("pue"));
  for (std::uint32_t draw = 0; draw < 200; ++draw) {
    const double u = draw_uniform(5, draw, slot), z = normal_quantile(u);
    const Inputs flat = draw_inputs(with("pue", {1.5, 1.2, 2.0, Shape::uniform}), 0, 5, draw);
    EXPECT_NEAR(flat.pue, 1.2 + 0.8 * u, 1e-15);
    const Inputs bell = draw_inputs(with("pue", {5.0, 4.9, 5.2, Shape::split_normal}), 0, 5, draw);
    EXPECT_NEAR(bell.pue, 5.0 + z * (z < 0.0 ? 0.1 : 0.2) / 1.96, 1e-14);
    const Inputs skew = draw_inputs(with("pue", {3.0, 2.5, 4.5, Shape::split_lognormal}), 0, 5, draw);
    EXPECT_NEAR(skew.pue, 3.0 * (z < 0.0 ? std::pow(3.0 / 2.5, z / 1.96) : std::pow(1.5, z / 1.96)), 1e-14);
  }
}

TEST(DrawInputs, PutsNineteenOfTwentyDrawsBetweenLoAndHi) {
  constexpr int kDraws = 20'000;
  for (const Shape shape : {Shape::split_normal, Shape::split_lognormal}) {
    const UncertainInputs inputs = with("electricity_usd_per_kwh", {0.2, 0.15, 0.4, shape});
    int below = 0, above = 0;
    for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
      const double value = draw_inputs(inputs, 0, 1, draw).electricity_usd_per_kwh;
      below += value < 0.15 ? 1 : 0;
      above += value > 0.4 ? 1 : 0;
    }
    EXPECT_NEAR(below, 500, 110) << "a fortieth, within five standard errors";
    EXPECT_NEAR(above, 500, 110);
  }
}

TEST(DrawInputs, ClipsToTheRange) {
  const UncertainInputs inputs = with("api_cache_share", {0.5, -2.0, 3.0, Shape::split_normal});
  int least = 0, most = 0;
  for (std::uint32_t draw = 0; draw < 1000; ++draw) {
    const double value = draw_inputs(inputs, 0, 1, draw).api_cache_share;
    ASSERT_GE(value, 0.0);
    ASSERT_LE(value, 1.0);
    least += value == 0.0 ? 1 : 0;
    most += value == 1.0 ? 1 : 0;
  }
  EXPECT_GT(least, 200);
  EXPECT_GT(most, 200);
}

TEST(DrawInputs, LeavesALognormalThatTouchesZeroAtItsValue) {
  for (std::uint32_t draw = 0; draw < 20; ++draw)
    EXPECT_EQ(draw_inputs(with("pue", {2.0, 0.0, 3.0, Shape::split_lognormal}), 0, 1, draw).pue, 2.0);
}

TEST(DrawInputs, SharesTheScenarioAndGroupsAmongVariantsAndNothingElse) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("pue")) = {1.5, 1.2, 2.0, Shape::uniform};
  inputs.at(place("busy_w")) = {136.0, 130.0, 142.0, Shape::split_normal, 4};
  inputs.at(place("idle_w")) = {36.0, 33.0, 39.0, Shape::split_normal, 4};
  inputs.at(place("off_w")) = {16.0, 13.0, 19.0, Shape::split_normal, 5};
  inputs.at(place("capacity_per_s")) = {4.0, 3.0, 5.0, Shape::split_normal};
  for (std::uint32_t draw = 0; draw < 50; ++draw) {
    const Inputs a = draw_inputs(inputs, 0, 9, draw), b = draw_inputs(inputs, 1, 9, draw);
    EXPECT_EQ(a.pue, b.pue) << "one price for all";
    EXPECT_EQ(a.busy_w, b.busy_w) << "one gain for all";
    EXPECT_NE(a.capacity_per_s, b.capacity_per_s) << "each measured on its own";
    EXPECT_NEAR((a.busy_w - 136.0) / 6.0, (a.idle_w - 36.0) / 3.0, 1e-14) << "one group, one z";
    EXPECT_GT(std::abs((a.idle_w - 36.0) - (a.off_w - 16.0)), 1e-9) << "another group, another z";
  }
}

TEST(DrawInputs, TakesTheDocumentedSlots) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("busy_w")) = {136.0, 100.0, 200.0, Shape::uniform, 4};
  inputs.at(place("idle_w")) = {36.0, 10.0, 20.0, Shape::uniform};
  const Inputs drawn = draw_inputs(inputs, 2, 9, 3);
  const auto own = static_cast<std::uint32_t>(place("idle_w"));
  EXPECT_NEAR(drawn.busy_w, 100.0 + 100.0 * draw_uniform(9, 3, 1004), 1e-12);
  EXPECT_NEAR(drawn.idle_w, 10.0 + 10.0 * draw_uniform(9, 3, 100200 + own), 1e-12);
}

TEST(DrawInputs, ChangesWithSeedAndDraw) {
  const UncertainInputs inputs = with("pue", {1.5, 1.2, 2.0, Shape::uniform});
  EXPECT_NE(draw_inputs(inputs, 0, 1, 1).pue, draw_inputs(inputs, 0, 2, 1).pue);
  EXPECT_NE(draw_inputs(inputs, 0, 1, 1).pue, draw_inputs(inputs, 0, 1, 2).pue);
}

}  // namespace
}  // namespace edgeeval::economics
