// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "economics/outcome.hpp"
#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

using samples::certain;
using samples::paying;
using samples::place;

std::optional<Lever> lever_of(const std::vector<Lever>& levers, std::string_view key) {
  const auto found = std::find_if(levers.begin(), levers.end(),
                                  [key](const Lever& lever) { return lever.input == place(key); });
  return found == levers.end() ? std::nullopt : std::optional(*found);
}

constexpr double kHorizon = 3.0 * kSecondsPerYear;

TEST(Tornado, MovesFixedInputsByAFifthAndSpreadOnesToTheirEnds) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("rent_usd_per_h")) = {0.36, 0.18, 0.9, Shape::uniform};
  const auto levers = tornado(inputs);
  const Lever rent = *lever_of(levers, "rent_usd_per_h");
  EXPECT_EQ(rent.at_lo, 0.18);
  EXPECT_EQ(rent.at_hi, 0.9);
  // Rent is paid over the horizon, and for 10,000 s of adaptation.
  EXPECT_NEAR(rent.swing, 0.72 / 3600.0 * (kHorizon + 10000.0), 1e-6);
  EXPECT_GT(rent.saving_at_lo, rent.saving_at_hi);
  const Lever output = *lever_of(levers, "api_output_usd_per_mtok");
  EXPECT_DOUBLE_EQ(output.at_lo, 8.0);
  EXPECT_DOUBLE_EQ(output.at_hi, 12.0);
  EXPECT_NEAR(output.swing, 4e-4 * kHorizon, 1e-6);
  EXPECT_LT(output.saving_at_lo, output.saving_at_hi);
}

TEST(Tornado, PutsTheLargestSwingFirst) {
  const auto levers = tornado(certain(paying()));
  ASSERT_GT(levers.size(), 5U);
  EXPECT_TRUE(std::is_sorted(levers.begin(), levers.end(),
                             [](const Lever& a, const Lever& b) { return a.swing > b.swing; }));
  // All of the API's bill moves with the tokens it counts; demand moves it less what a request costs here.
  EXPECT_EQ(input_table()[levers[0].input].key, "api_tokenizer_ratio");
  EXPECT_NEAR(levers[0].swing, 0.4 * 0.002 * kHorizon, 1e-6);
  EXPECT_EQ(input_table()[levers[1].input].key, "demand_per_day");
  EXPECT_NEAR(levers[1].swing, 0.4 * 0.0019975 * kHorizon, 1e-6);
}

TEST(Tornado, LeavesOutWhatIsZeroOrYesOrNoOrMovesNothing) {
  UncertainInputs inputs = certain(paying());
  auto levers = tornado(inputs);
  for (const char* key : {"owned", "rent_includes_power", "staff_usd_per_month", "quality",
                          "carbon_g_per_kwh", "capex_usd", "interest_per_year", "replicas"})
    EXPECT_FALSE(lever_of(levers, key)) << key;
  inputs.at(place("owned")) = {0.0, 0.0, 1.0, Shape::uniform};
  levers = tornado(inputs);
  ASSERT_TRUE(lever_of(levers, "owned")) << "it is in doubt, and owning costs nothing here";
  EXPECT_FALSE(lever_of(levers, "owned")->elasticity);
}

TEST(Tornado, MovesMachinesByWholeOnes) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("replicas")).value = 7.0;
  const Lever lever = *lever_of(tornado(inputs), "replicas");
  EXPECT_EQ(lever.at_lo, 6.0) << "5.6, rounded";
  EXPECT_EQ(lever.at_hi, 8.0) << "8.4, rounded";
  EXPECT_NEAR(lever.swing, 2.0 * 1.036e-4 * kHorizon, 1e-6);
  EXPECT_FALSE(lever.elasticity);
}

TEST(Tornado, ClipsToTheRange) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("pue")).value = 1.1;
  EXPECT_EQ(lever_of(tornado(inputs), "pue")->at_lo, 1.0);
}

TEST(Tornado, GivesTheElasticityOfARequestsCost) {
  const auto levers = tornado(certain(paying()));
  // local_usd = 1e-4 of rent + 6.1e-6 of electricity a request.
  EXPECT_NEAR(*lever_of(levers, "rent_usd_per_h")->elasticity, 1e-4 / 1.061e-4, 1e-5);
  EXPECT_NEAR(*lever_of(levers, "electricity_usd_per_kwh")->elasticity, 6.1e-6 / 1.061e-4, 1e-5);
  EXPECT_NEAR(*lever_of(levers, "demand_per_day")->elasticity, -1.036e-4 / 1.061e-4, 1e-4);
  EXPECT_NEAR(*lever_of(levers, "api_output_usd_per_mtok")->elasticity, 0.0, 1e-12);
  // At PUE 1, the least there is, the slope is taken upwards.
  EXPECT_NEAR(*lever_of(levers, "pue")->elasticity, 6.1e-6 / 1.061e-4, 4e-4);
}

TEST(Tornado, HasNoElasticityWhereACostIsInfiniteOrZero) {
  Inputs in = paying();
  in.demand_per_day = 0.0;
  for (const Lever& lever : tornado(certain(in))) EXPECT_FALSE(lever.elasticity);
  in = paying();
  in.rent_usd_per_h = in.electricity_usd_per_kwh = 0.0;
  for (const Lever& lever : tornado(certain(in))) EXPECT_FALSE(lever.elasticity);
}

}  // namespace
}  // namespace edgeeval::economics
