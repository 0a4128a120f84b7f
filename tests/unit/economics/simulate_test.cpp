// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "economics/band.hpp"
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

constexpr Band Spread::*kBands[] = {&Spread::local_usd,          &Spread::api_usd,
                                    &Spread::demand_floor_per_s, &Spread::utilisation_floor,
                                    &Spread::break_even_s,       &Spread::break_even_requests,
                                    &Spread::saving_usd,         &Spread::npv_usd,
                                    &Spread::local_usd_per_mtok, &Spread::local_usd_per_correct,
                                    &Spread::energy_j,           &Spread::carbon_g,
                                    &Spread::keep_warm_gap_s};

void expect_same(const Spread& a, const Spread& b) {
  EXPECT_EQ(a.draws, b.draws);
  EXPECT_EQ(a.local_cheaper, b.local_cheaper);
  EXPECT_EQ(a.never, b.never);
  EXPECT_EQ(a.pays_within, b.pays_within);
  for (const auto band : kBands) expect_same(a.*band, b.*band);
}

/// The band of one figure by evaluating each draw and sorting.
template <class Figure>
Band slow_band(const UncertainInputs& inputs, std::uint32_t variant, std::uint32_t seed, std::uint32_t draws,
               Figure figure) {
  std::vector<double> values;
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    const std::optional<double> value = figure(evaluate(draw_inputs(inputs, variant, seed, draw)));
    values.push_back(value.value_or(HUGE_VAL));
  }
  return band_of(values);
}

TEST(Simulate, IsTheOutcomesOfItsDraws) {
  SplitMix64 random(3);
  for (std::uint32_t i = 0; i < 20; ++i) {
    const UncertainInputs inputs = samples::random_uncertain(random);
    const Spread spread = simulate(inputs, i, 42, 500);
    std::size_t cheaper = 0, never = 0, pays = 0;
    for (std::uint32_t draw = 0; draw < 500; ++draw) {
      const Inputs drawn = draw_inputs(inputs, i, 42, draw);
      const Outcome out = evaluate(drawn);
      cheaper += out.saving_usd > 0.0 ? 1U : 0U;
      never += out.verdict == Verdict::never ? 1U : 0U;
      pays += out.break_even_s && *out.break_even_s <= drawn.horizon_years * kSecondsPerYear ? 1U : 0U;
    }
    EXPECT_EQ(spread.draws, 500U);
    EXPECT_EQ(spread.local_cheaper, static_cast<double>(cheaper) / 500.0);
    EXPECT_EQ(spread.never, static_cast<double>(never) / 500.0);
    EXPECT_EQ(spread.pays_within, static_cast<double>(pays) / 500.0);
    const auto band = [&](auto figure) { return slow_band(inputs, i, 42, 500, figure); };
    expect_same(spread.local_usd, band([](const Outcome& o) { return o.local_usd; }));
    expect_same(spread.api_usd, band([](const Outcome& o) { return o.api_usd; }));
    expect_same(spread.demand_floor_per_s, band([](const Outcome& o) { return o.demand_floor_per_s; }));
    expect_same(spread.utilisation_floor, band([](const Outcome& o) { return o.utilisation_floor; }));
    expect_same(spread.break_even_s, band([](const Outcome& o) { return o.break_even_s; }));
    expect_same(spread.break_even_requests, band([](const Outcome& o) { return o.break_even_requests; }));
    expect_same(spread.saving_usd, band([](const Outcome& o) { return o.saving_usd; }));
    expect_same(spread.npv_usd, band([](const Outcome& o) { return o.npv_usd; }));
    expect_same(spread.local_usd_per_mtok, band([](const Outcome& o) { return o.local_usd_per_mtok; }));
    expect_same(spread.local_usd_per_correct, band([](const Outcome& o) { return o.local_usd_per_correct; }));
    expect_same(spread.energy_j, band([](const Outcome& o) { return o.energy_j; }));
    expect_same(spread.carbon_g, band([](const Outcome& o) { return o.carbon_g; }));
    expect_same(spread.keep_warm_gap_s, band([](const Outcome& o) { return o.keep_warm_gap_s; }));
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
