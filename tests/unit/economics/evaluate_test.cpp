// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "economics/outcome.hpp"
#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

constexpr double kYear = kSecondsPerYear;

// One request a second on a machine of four: rent 1e-4 USD/s, electricity 1e-7 USD/J.
TEST(Evaluate, ReckonsADeploymentThatPaysByHand) {
  const Outcome out = evaluate(samples::paying());
  EXPECT_EQ(out.replicas, 1.0);
  EXPECT_DOUBLE_EQ(out.utilisation, 0.25);
  EXPECT_DOUBLE_EQ(out.hardware_usd_per_s, 1e-4);
  EXPECT_DOUBLE_EQ(out.idle_usd_per_s, 3.6e-6) << "36 W idle";
  EXPECT_DOUBLE_EQ(out.fixed_usd_per_s, 1.036e-4);
  EXPECT_DOUBLE_EQ(out.variable_usd, 2.5e-6) << "100 W above idle over 4 requests a second";
  EXPECT_DOUBLE_EQ(out.api_usd, 0.002) << "400 tokens at 2.5 and 100 at 10 USD a million";
  EXPECT_DOUBLE_EQ(out.local_usd, 1.061e-4);
  EXPECT_DOUBLE_EQ(out.adapt_usd, 1.1) << "10,000 s of rent and 1 MJ";
  EXPECT_DOUBLE_EQ(out.upfront_usd, 100.0);
  EXPECT_DOUBLE_EQ(*out.demand_floor_per_s, 1.036e-4 / 0.0019975);
  EXPECT_DOUBLE_EQ(*out.utilisation_floor, 1.036e-4 / 0.0019975 / 4.0);
  EXPECT_DOUBLE_EQ(*out.break_even_s, 100.0 / 0.0018939);
  EXPECT_DOUBLE_EQ(*out.break_even_requests, 100.0 / 0.0018939);
  EXPECT_FALSE(out.reversal_s);
  EXPECT_DOUBLE_EQ(out.saving_usd, 0.0018939 * 3.0 * kYear - 100.0);
  EXPECT_DOUBLE_EQ(out.npv_usd, out.saving_usd) << "interest is 0";
  EXPECT_EQ(out.verdict, Verdict::local);
}

TEST(Evaluate, DiscountsWhatComesLater) {
  Inputs in = samples::paying();
  in.interest_per_year = 0.25;
  in.horizon_years = 2.0;
  // ∫₀² 1.25^−t dt = (1 − 1/1.5625)/ln 1.25 years; at a price that halves each year ∫₀² (2·1.25)^−t dt.
  const double local = 0.36 / std::log(1.25), api = 0.84 / std::log(2.5);
  EXPECT_NEAR(evaluate(in).npv_usd, (0.002 - 1.061e-4) * kYear * local - 100.0, 1e-6);
  in.api_decay_per_year = 0.5;
  EXPECT_NEAR(evaluate(in).npv_usd, (0.002 * api - 1.061e-4 * local) * kYear - 100.0, 1e-6);
  EXPECT_NEAR(evaluate(in).saving_usd, (0.002 * 0.75 / std::log(2.0) - 1.061e-4 * 2.0) * kYear - 100.0, 1e-6);
}

TEST(Evaluate, DecidesByTheSavingAndNotByItsPresentValue) {
  Inputs in = samples::paying();
  in.interest_per_year = 0.5;
  in.setup_usd = 0.0018939 * 2.5 * kYear;  // Saved after two and a half of three years.
  const Outcome out = evaluate(in);
  EXPECT_GT(out.saving_usd, 0.0);
  EXPECT_LT(out.npv_usd, 0.0);
  EXPECT_EQ(out.verdict, Verdict::local);
}

TEST(Evaluate, ReckonsCostsByOutcomeByHand) {
  const Outcome out = evaluate(samples::paying());
  EXPECT_DOUBLE_EQ(*out.local_usd_per_mtok, 0.2122);
  EXPECT_DOUBLE_EQ(*out.api_usd_per_mtok, 4.0);
  EXPECT_DOUBLE_EQ(*out.local_usd_per_mtok_out, 1.061);
  EXPECT_DOUBLE_EQ(*out.api_usd_per_mtok_out, 20.0);
  EXPECT_DOUBLE_EQ(*out.local_usd_per_correct, 2.122e-4) << "half of the answers are right";
  EXPECT_DOUBLE_EQ(*out.api_usd_per_correct, 0.002);
  EXPECT_DOUBLE_EQ(out.cascade_usd, 1.061e-4 + 0.2 * 0.002);
}

TEST(Evaluate, ReckonsEnergyAndCarbonByHand) {
  Inputs in = samples::paying();
  in.carbon_g_per_kwh = 360.0;
  in.embodied_kg = 150.0;
  in.api_wh_per_request = 0.5;
  const Outcome out = evaluate(in);
  EXPECT_DOUBLE_EQ(out.energy_j, 61.0) << "25 J that the request adds and 36 J of idling";
  EXPECT_DOUBLE_EQ(out.operational_g, 0.0061);
  EXPECT_DOUBLE_EQ(out.embodied_g, 150e3 / (4.0 * kYear));
  EXPECT_DOUBLE_EQ(out.adaptation_g, 100.0 / (3.0 * kYear)) << "1 MJ over three years of requests";
  EXPECT_DOUBLE_EQ(out.carbon_g, out.operational_g + out.embodied_g + out.adaptation_g);
  EXPECT_DOUBLE_EQ(out.api_g, 0.18);
  in.retrains_per_year = 2.0;
  EXPECT_DOUBLE_EQ(evaluate(in).adaptation_g, 100.0 * (1.0 / 3.0 + 2.0) / kYear);
}

TEST(Evaluate, ReckonsColdStartsByHand) {
  Inputs in = samples::paying();
  Outcome out = evaluate(in);
  EXPECT_DOUBLE_EQ(out.park_w, 20.0);
  EXPECT_DOUBLE_EQ(*out.keep_warm_gap_s, 200.0);
  EXPECT_TRUE(out.keep_warm) << "a request a second";
  EXPECT_DOUBLE_EQ(*out.c_tax, 4000.0 / 34.0);
  in.demand_per_day = 86400.0 / 201.0;
  EXPECT_FALSE(evaluate(in).keep_warm) << "gaps of 201 s";
  in.demand_per_day = 86400.0 / 199.0;
  EXPECT_TRUE(evaluate(in).keep_warm);
  in.replicas = 2.0;
  EXPECT_FALSE(evaluate(in).keep_warm) << "each of two sees gaps of 398 s";
  in.cold_starts_per_day = 10.0;
  EXPECT_DOUBLE_EQ(evaluate(in).idle_usd_per_s, 2.0 * (36.0 + 40000.0 / 86400.0) * 1e-7);
}

// Llama 3.2 1B, LoRA, INT4, chat of the published study on two T4 at 0.35 USD/h (data/paper/serving.csv and
// adaptation.csv): 100 requests in 2.03 s and 149.16 J; training took 4,717.27 s and 248,645.76 J.
Inputs published_study() {
  Inputs in;
  in.capacity_per_s = 100.0 / 2.03 / 2.0;
  in.replicas = 2.0;
  in.rent_usd_per_h = 0.35;
  in.rent_includes_power = 0.0;
  in.busy_w = 149.16 / 2.03 / 2.0;
  in.electricity_usd_per_kwh = 0.12;
  in.input_tokens = 500.0;
  in.api_input_usd_per_mtok = 2.5;
  in.adapt_s = 4717.27;
  in.adapt_j = 248645.76;
  return in;
}

TEST(PublishedStudy, PaysAfter375RequestsAtFullLoadWhereThePaperSaysSeven) {
  Inputs in = published_study();
  in.demand_per_day = 2.0 * in.capacity_per_s * 86400.0 * (1.0 - 1e-9);
  const Outcome out = evaluate(in);
  EXPECT_NEAR(out.api_usd, 0.00125, 1e-15);
  EXPECT_NEAR(out.local_usd, 3.9e-6 + 5e-8, 1e-7);
  EXPECT_EQ(std::round(*out.break_even_requests), 375.0);
}

TEST(PublishedStudy, Needs409ThousandRequestsAMonthForTwoMachines) {
  const Inputs in = published_study();
  const Outcome out = evaluate(in);
  EXPECT_NEAR(out.hardware_usd_per_s * kSecondsPerMonth, 511.35, 0.005);
  EXPECT_NEAR(*out.demand_floor_per_s * kSecondsPerMonth, 409e3, 500.0);
  EXPECT_NEAR(*out.utilisation_floor, 0.0032, 0.00005);
}

TEST(PublishedStudy, NeedsAnEighthOfItsCapacityBesideAnApiOfItsOwnKind) {
  Inputs in = published_study();
  in.api_input_usd_per_mtok = 0.06;
  const Outcome out = evaluate(in);
  EXPECT_NEAR(*out.demand_floor_per_s * kSecondsPerMonth, 17e6, 1e5);
  EXPECT_NEAR(*out.utilisation_floor, 0.13, 0.005);
}

TEST(Evaluate, PaysForElectricityOfOwnedMachinesWhateverTheRentIncludes) {
  Inputs in = samples::paying();
  in.rent_includes_power = 1.0;
  EXPECT_EQ(evaluate(in).idle_usd_per_s, 0.0);
  EXPECT_EQ(evaluate(in).variable_usd, 0.0);
  EXPECT_DOUBLE_EQ(evaluate(in).adapt_usd, 1.0) << "the rent of 10,000 s alone";
  EXPECT_DOUBLE_EQ(evaluate(in).energy_j, 61.0) << "the joules are there all the same";
  in.owned = 1.0;
  EXPECT_DOUBLE_EQ(evaluate(in).idle_usd_per_s, 3.6e-6);
  EXPECT_DOUBLE_EQ(evaluate(in).variable_usd, 2.5e-6);
}

TEST(Evaluate, RecoversCapitalByTheAnnuity) {
  Inputs in = samples::paying();
  in.owned = 1.0;
  in.capex_usd = 2000.0;
  in.salvage_usd = 400.0;
  EXPECT_DOUBLE_EQ(evaluate(in).hardware_usd_per_s, 400.0 / kYear) << "1600 USD over 4 years at interest 0";
  in.interest_per_year = 0.1;
  // 2000 − 400/1.1⁴ = 1726.7946; CRF = 0.1/(1 − 1.1⁻⁴) = 0.31547080.
  EXPECT_NEAR(evaluate(in).hardware_usd_per_s * kYear, 1726.794617 * 0.3154708037, 1e-5);
  in.interest_per_year = 1e-14;
  EXPECT_NEAR(evaluate(in).hardware_usd_per_s * kYear, 400.0, 1e-9) << "the limit is the plain share";
  in.salvage_usd = 5000.0;
  EXPECT_EQ(evaluate(in).hardware_usd_per_s, 0.0) << "a machine that gains value is no income";
}

TEST(Evaluate, AddsReplicasForDemandAboveCapacity) {
  Inputs in = samples::paying();
  in.demand_per_day = 9.0 * 86400.0;
  in.maintenance_usd_per_month = 30.0;
  in.staff_usd_per_month = 300.0;
  const Outcome out = evaluate(in);
  EXPECT_EQ(out.replicas, 3.0) << "9 requests a second on machines of 4";
  EXPECT_DOUBLE_EQ(out.utilisation, 0.75);
  EXPECT_DOUBLE_EQ(out.hardware_usd_per_s, 3e-4);
  EXPECT_DOUBLE_EQ(out.maintenance_usd_per_s, 90.0 / kSecondsPerMonth);
  EXPECT_DOUBLE_EQ(out.staff_usd_per_s, 300.0 / kSecondsPerMonth) << "once for all";
  in.demand_per_day = 8.0 * 86400.0;
  EXPECT_EQ(evaluate(in).replicas, 2.0) << "exactly their capacity";
  in.replicas = 4.5;
  EXPECT_EQ(evaluate(in).replicas, 5.0) << "machines are whole";
}

TEST(Evaluate, CountsTokensAsTheApiDoesWithCacheAndRetries) {
  Inputs in = samples::paying();
  in.api_cached_usd_per_mtok = 0.5;
  in.api_cache_share = 0.25;
  in.api_retry_share = 0.1;
  in.api_tokenizer_ratio = 1.2;
  // 300·2.5 + 100·0.5 + 100·10 = 1800 USD for a million requests, ×1.1 ×1.2.
  EXPECT_DOUBLE_EQ(evaluate(in).api_usd, 1800e-6 * 1.32);
}

TEST(Evaluate, CountsWasteDataLabourAndRetraining) {
  Inputs in = samples::paying();
  in.adapt_waste = 3.0;
  in.data_usd = 50.0;
  in.labour_h = 2.0;
  in.wage_usd_per_h = 40.0;
  in.retrains_per_year = 12.0;
  const Outcome out = evaluate(in);
  EXPECT_DOUBLE_EQ(out.adapt_usd, 4.4 + 50.0 + 80.0);
  EXPECT_DOUBLE_EQ(out.retrain_usd_per_s, 12.0 * 134.4 / kYear);
}

TEST(Evaluate, CountsTheWholeMachineAndTheSite) {
  Inputs in = samples::paying();
  in.boundary_factor = 2.0;
  in.pue = 1.5;
  const Outcome out = evaluate(in);
  EXPECT_DOUBLE_EQ(out.energy_j, 183.0);
  EXPECT_DOUBLE_EQ(out.variable_usd, 7.5e-6);
  EXPECT_DOUBLE_EQ(out.idle_usd_per_s, 10.8e-6);
  EXPECT_DOUBLE_EQ(out.adapt_usd, 1.3);
  EXPECT_DOUBLE_EQ(*out.c_tax, 4000.0 / 34.0) << "a ratio of joules at one boundary";
}

}  // namespace
}  // namespace edgeeval::economics
