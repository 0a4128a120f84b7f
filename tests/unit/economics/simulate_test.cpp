// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "economics/band.hpp"
#include "economics/outcome_table.hpp"
#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

using samples::certain;
using samples::paying;
using samples::place;

void expect_same(const Band& a, const Band& b) {
  EXPECT_EQ(a.lo, b.lo);
  EXPECT_EQ(a.median, b.median);
  EXPECT_EQ(a.hi, b.hi);
  EXPECT_EQ(a.defined, b.defined);
}

void expect_same(const Spread& a, const Spread& b) {
  EXPECT_EQ(a.draws, b.draws);
  EXPECT_EQ(a.local_cheaper, b.local_cheaper);
  EXPECT_EQ(a.never, b.never);
  EXPECT_EQ(a.pays_within, b.pays_within);
  EXPECT_EQ(a.reversed_within, b.reversed_within);
  for (const auto& field : outcome_table())
    if (field.band != nullptr) expect_same(a.*field.band, b.*field.band);
}

/// The band of one figure by evaluating each draw and sorting.
Band slow_band(const UncertainInputs& inputs, std::uint32_t variant, std::uint32_t seed, std::uint32_t draws,
               const OutcomeField& field) {
  std::vector<double> values;
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    const Outcome out = evaluate(draw_inputs(inputs, variant, seed, draw));
    if (field.of_paying && !out.break_even_s) continue;
    values.push_back(field.of(out).value_or(HUGE_VAL));
  }
  return band_of(values);
}

TEST(Simulate, IsTheOutcomesOfItsDraws) {
  SplitMix64 random(3);
  for (std::uint32_t i = 0; i < 20; ++i) {
    const UncertainInputs inputs = samples::random_uncertain(random);
    const Spread spread = simulate(inputs, i, 42, 500);
    std::size_t cheaper = 0, never = 0, pays = 0, reversed = 0;
    for (std::uint32_t draw = 0; draw < 500; ++draw) {
      const Inputs drawn = draw_inputs(inputs, i, 42, draw);
      const Outcome out = evaluate(drawn);
      cheaper += out.saving_usd > 0.0 ? 1U : 0U;
      never += out.verdict == Verdict::never ? 1U : 0U;
      const double horizon = drawn.horizon_years * kSecondsPerYear;
      pays += out.break_even_s && *out.break_even_s <= horizon ? 1U : 0U;
      reversed += out.reversal_s && *out.reversal_s <= horizon ? 1U : 0U;
    }
    EXPECT_EQ(spread.draws, 500U);
    EXPECT_EQ(spread.local_cheaper, static_cast<double>(cheaper) / 500.0);
    EXPECT_EQ(spread.never, static_cast<double>(never) / 500.0);
    EXPECT_EQ(spread.pays_within, static_cast<double>(pays) / 500.0);
    EXPECT_EQ(spread.reversed_within, static_cast<double>(reversed) / 500.0);
    for (const auto& field : outcome_table())
      if (field.band != nullptr) expect_same(spread.*field.band, slow_band(inputs, i, 42, 500, field));
  }
}

/// Variants of one scenario, each with its own measurements.
std::vector<UncertainInputs> study(std::size_t variants) {
  SplitMix64 random(17);
  std::vector<UncertainInputs> all;
  const UncertainInputs scenario = samples::random_uncertain(random);
  for (std::size_t i = 0; i < variants; ++i) {
    all.push_back(samples::random_uncertain(random));
    for (const InputField& field : input_table())
      if (field.owner == Owner::scenario) all[i].at(place(field.key)) = scenario.at(place(field.key));
  }
  return all;
}

TEST(SimulateAll, IsEachVariantOnItsOwnWhateverTheThreads) {
  const auto all = study(9);
  const auto one = simulate_all(all, 7, 1000, 1);
  for (const unsigned threads : {0U, 2U, 3U, 16U}) {
    const auto many = simulate_all(all, 7, 1000, threads);
    ASSERT_EQ(many.size(), 9U);
    for (std::size_t i = 0; i < all.size(); ++i) expect_same(many[i], one[i]);
  }
  for (std::uint32_t i = 0; i < all.size(); ++i) expect_same(one[i], simulate(all[i], i, 7, 1000));
}

TEST(SimulateAll, HoldsVariantsOfOtherScenariosToTheirOwn) {
  auto all = study(3);
  all[1].at(place("pue")) = {3.0, 2.0, 4.0, Shape::uniform};
  const auto spreads = simulate_all(all, 7, 300, 2);
  for (std::uint32_t i = 0; i < 3; ++i) expect_same(spreads[i], simulate(all[i], i, 7, 300));
}

TEST(SimulateAll, OfNothingIsNothing) {
  EXPECT_TRUE(simulate_all({}, 1, 100).empty());
  const Spread spread = simulate(certain(paying()), 0, 1, 0);
  EXPECT_EQ(spread.draws, 0U);
  EXPECT_FALSE(spread.local_usd.median);
  EXPECT_EQ(decide(spread), Decision::undecided);
}

TEST(Simulate, OfFixedInputsIsTheOutcome) {
  const Outcome out = evaluate(paying());
  const Spread spread = simulate(certain(paying()), 0, 1, 50);
  EXPECT_EQ(spread.local_cheaper, 1.0);
  EXPECT_EQ(spread.pays_within, 1.0);
  EXPECT_EQ(spread.never, 0.0);
  EXPECT_EQ(spread.break_even_s.lo, out.break_even_s);
  EXPECT_EQ(spread.break_even_s.hi, out.break_even_s);
  EXPECT_EQ(spread.saving_usd.median, out.saving_usd);
  EXPECT_EQ(decide(spread), Decision::local);
}

TEST(Simulate, CountsWhatPaysOnlyAfterTheHorizonAsNotPaying) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("setup_usd")).value = 0.0018939 * 4.0 * kSecondsPerYear;
  Spread spread = simulate(inputs, 0, 1, 50);
  EXPECT_EQ(spread.break_even_s.defined, 1.0) << "it pays after four years";
  EXPECT_EQ(spread.pays_within, 0.0) << "and the horizon is three";
  EXPECT_EQ(spread.local_cheaper, 0.0);
  EXPECT_EQ(decide(spread), Decision::api);
  inputs.at(place("horizon_years")) = {4.0, 3.0, 5.0, Shape::uniform};
  spread = simulate(inputs, 0, 1, 2000);
  EXPECT_NEAR(spread.pays_within, 0.5, 0.06);
  EXPECT_EQ(decide(spread), Decision::undecided);
}

// At 0.9 a year the API's price makes it the cheaper again after some eight years (Degenerate tests).
TEST(Simulate, TellsWhenTheApiBecomesTheCheaperAgain) {
  Inputs in = paying();
  in.api_decay_per_year = 0.9;
  const Outcome out = evaluate(in);
  ASSERT_TRUE(out.reversal_s);
  in.horizon_years = 9.0;
  const Spread spread = simulate(certain(in), 0, 1, 50);
  EXPECT_EQ(spread.reversal_s.lo, out.reversal_s);
  EXPECT_EQ(spread.reversal_s.hi, out.reversal_s);
  EXPECT_EQ(spread.reversal_requests.median, out.reversal_requests);
  EXPECT_EQ(spread.pays_within, 1.0);
  EXPECT_EQ(spread.reversed_within, 1.0);
  EXPECT_EQ(spread.local_cheaper, 0.0) << "it paid, and does no more";
  in.api_decay_per_year = 0.0;
  const Spread steady = simulate(certain(in), 0, 1, 50);
  EXPECT_EQ(steady.break_even_s.defined, 1.0);
  EXPECT_EQ(steady.reversal_s.defined, 0.0) << "at a steady price local stays the cheaper for good";
  EXPECT_FALSE(steady.reversal_s.lo);
  EXPECT_EQ(steady.reversed_within, 0.0);
}

// The price falls by nothing to 90 % a year, and what was spent before is so much that a part of the draws
// never pays. Of those that do, a few keep a price so steady that the reversal is centuries away.
TEST(Simulate, CountsReversalsAmongTheDrawsThatPay) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("api_decay_per_year")) = {0.45, 0.0, 0.9, Shape::uniform};
  inputs.at(place("setup_usd")).value = 40000.0;
  const Spread spread = simulate(inputs, 0, 1, 2000);
  EXPECT_GT(spread.break_even_s.defined, 0.1);
  EXPECT_LT(spread.break_even_s.defined, 0.9);
  EXPECT_EQ(spread.reversal_s.defined, 1.0) << "a falling price always comes to it";
  ASSERT_TRUE(spread.reversal_s.lo);
  ASSERT_TRUE(spread.reversal_s.median);
  ASSERT_TRUE(spread.reversal_s.hi) << "draws that never pay are not among them";
  EXPECT_LT(*spread.reversal_s.lo, *spread.reversal_s.hi);
  EXPECT_DOUBLE_EQ(spread.pays_within - spread.reversed_within, spread.local_cheaper);
}

// The API's price spreads from below a local request's variable cost to far above it: in a part of the draws
// no demand pays, so the floor has a least value and no greatest.
TEST(Simulate, LeavesTheFloorUnboundedAboveWhereTheMarginStraddlesZero) {
  UncertainInputs inputs = certain(paying());
  inputs.at(place("api_output_usd_per_mtok")).value = 0.0;
  inputs.at(place("api_input_usd_per_mtok")) = {0.1, 0.0, 0.2, Shape::uniform};  // 0 to 8e-5 USD a request.
  inputs.at(place("busy_w")).value = 836.0;                                      // 2e-5 USD a request.
  const Spread spread = simulate(inputs, 0, 1, 4000);
  EXPECT_NEAR(spread.demand_floor_per_s.defined, 0.75, 0.035) << "a quarter of the prices is below";
  ASSERT_TRUE(spread.demand_floor_per_s.lo);
  EXPECT_NEAR(*spread.demand_floor_per_s.lo, 1.036e-4 / (0.95 * 8e-5 - 2e-5), 0.1);
  EXPECT_TRUE(spread.demand_floor_per_s.median);
  EXPECT_FALSE(spread.demand_floor_per_s.hi) << "unbounded, not negative";
  EXPECT_FALSE(spread.utilisation_floor.hi);
  EXPECT_FALSE(spread.break_even_s.lo) << "one request a second never pays here";
  EXPECT_EQ(spread.break_even_s.defined, 0.0);
  // A floor of at most 4 a second: c_api of at least 2e-5 + 1.036e-4/4 = 4.59e-5, so 0.426 of the draws.
  EXPECT_NEAR(spread.never, 1.0 - 0.42625, 0.04);
}

Spread shares(double cheaper, double never) {
  Spread spread;
  spread.draws = 100;
  spread.local_cheaper = cheaper;
  spread.never = never;
  return spread;
}

TEST(Decide, NeedsNineteenDrawsOfTwenty) {
  EXPECT_EQ(decide(shares(0.95, 0.0)), Decision::local);
  EXPECT_EQ(decide(shares(0.94, 0.0)), Decision::undecided);
  EXPECT_EQ(decide(shares(0.06, 0.94)), Decision::undecided);
  EXPECT_EQ(decide(shares(0.05, 0.94)), Decision::api);
  EXPECT_EQ(decide(shares(0.0, 0.95)), Decision::never);
  EXPECT_EQ(to_string(Decision::local), "local");
  EXPECT_EQ(to_string(Decision::api), "api");
  EXPECT_EQ(to_string(Decision::undecided), "undecided");
  EXPECT_EQ(to_string(Decision::never), "never");
}

}  // namespace
}  // namespace edgeeval::economics
