// SPDX-License-Identifier: Apache-2.0
// The cases where a denominator is 0, a cost is missing or the curves meet otherwise than once.
#include <gtest/gtest.h>

#include <cmath>

#include "economics/outcome.hpp"
#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

constexpr double kYear = kSecondsPerYear;

TEST(Degenerate, AnApiAsCheapAsALocalRequestIsNeverBeaten) {
  Inputs in = samples::paying();
  in.rent_usd_per_h = in.idle_w = in.setup_usd = in.adapt_s = in.adapt_j = 0.0;
  in.busy_w = 136.0;
  in.input_tokens = 0.0;
  in.output_tokens = 1.0;
  in.api_output_usd_per_mtok = evaluate(in).variable_usd * 1e6;
  ASSERT_DOUBLE_EQ(evaluate(in).api_usd, evaluate(in).variable_usd);
  in.api_output_usd_per_mtok *= 0.999;
  const Outcome out = evaluate(in);
  EXPECT_FALSE(out.demand_floor_per_s);
  EXPECT_FALSE(out.utilisation_floor);
  EXPECT_FALSE(out.break_even_s);
  EXPECT_FALSE(out.break_even_requests);
  EXPECT_EQ(out.verdict, Verdict::never);
  EXPECT_LT(out.saving_usd, 0.0);
}

TEST(Degenerate, AFreeApiIsNeverBeaten) {
  Inputs in = samples::paying();
  in.api_input_usd_per_mtok = in.api_output_usd_per_mtok = 0.0;
  EXPECT_EQ(evaluate(in).verdict, Verdict::never);
  in.api_decay_per_year = 0.9;
  EXPECT_EQ(evaluate(in).verdict, Verdict::never);
  EXPECT_FALSE(evaluate(in).break_even_s);
}

TEST(Degenerate, WithoutDemandARequestCostsWithoutBoundAndNothingPays) {
  Inputs in = samples::paying();
  in.demand_per_day = 0.0;
  in.carbon_g_per_kwh = 0.0;
  const Outcome out = evaluate(in);
  EXPECT_EQ(out.replicas, 1.0);
  EXPECT_EQ(out.utilisation, 0.0);
  for (const double infinite :
       {out.local_usd, out.cascade_usd, out.energy_j, out.operational_g, out.embodied_g, out.adaptation_g,
        out.carbon_g, *out.local_usd_per_mtok, *out.local_usd_per_mtok_out, *out.local_usd_per_correct})
    EXPECT_EQ(infinite, HUGE_VAL);
  EXPECT_DOUBLE_EQ(*out.demand_floor_per_s, 1.036e-4 / 0.0019975)
      << "what demand would do is known all the same";
  EXPECT_FALSE(out.break_even_s);
  EXPECT_DOUBLE_EQ(out.saving_usd, -100.0 - 1.036e-4 * 3.0 * kYear);
  EXPECT_EQ(out.verdict, Verdict::api);
  EXPECT_FALSE(out.keep_warm);
}

TEST(Degenerate, WithoutDemandOrAnyCostNothingIsNotANumber) {
  Inputs in;
  in.demand_per_day = 0.0;
  const Outcome out = evaluate(in);
  EXPECT_EQ(out.local_usd, HUGE_VAL);
  EXPECT_EQ(out.energy_j, HUGE_VAL);
  EXPECT_EQ(out.carbon_g, HUGE_VAL);
  EXPECT_EQ(out.saving_usd, 0.0);
  EXPECT_EQ(out.npv_usd, 0.0);
  EXPECT_FALSE(out.break_even_s);
  EXPECT_EQ(out.verdict, Verdict::never) << "an API that costs nothing";
}

TEST(Degenerate, NothingSpentBeforePaysFromTheStartWhereARequestIsCheaper) {
  Inputs in = samples::paying();
  in.adapt_s = in.adapt_j = in.setup_usd = 0.0;
  Outcome out = evaluate(in);
  EXPECT_EQ(out.break_even_s, 0.0);
  EXPECT_EQ(out.break_even_requests, 0.0);
  in.demand_per_day = 0.05 * 86400.0;
  out = evaluate(in);
  EXPECT_GT(*out.demand_floor_per_s, 0.05);
  EXPECT_FALSE(out.break_even_s) << "below the floor";
  EXPECT_EQ(out.verdict, Verdict::api);
}

TEST(Degenerate, AFloorAboveCapacityIsNever) {
  Inputs in = samples::paying();
  in.api_output_usd_per_mtok = 0.0;
  in.api_input_usd_per_mtok = 0.07;  // A request of 2.8e-5 USD: 4 a second do not pay 1.036e-4 USD/s.
  const Outcome out = evaluate(in);
  EXPECT_GT(*out.utilisation_floor, 1.0);
  EXPECT_EQ(out.verdict, Verdict::never);
  EXPECT_FALSE(out.break_even_s);
  in.api_input_usd_per_mtok = 0.08;  // 3.2e-5 USD: 3.5 a second do; one a second does not.
  EXPECT_LT(*evaluate(in).utilisation_floor, 1.0);
  EXPECT_EQ(evaluate(in).verdict, Verdict::api);
}

TEST(Degenerate, APriceThatFallsSteeplyCrossesTwice) {
  Inputs in = samples::paying();
  in.api_decay_per_year = 0.9;
  const Outcome out = evaluate(in);
  ASSERT_TRUE(out.break_even_s);
  ASSERT_TRUE(out.reversal_s);
  EXPECT_GT(*out.break_even_s, 100.0 / 0.0018939) << "later than at a price that stands";
  for (const double t : {*out.break_even_s, *out.reversal_s})
    EXPECT_NEAR(local_cumulative_usd(in, out, t) / api_cumulative_usd(in, out, t), 1.0, 1e-12);
  // After the reversal local is the dearer; at a horizon beyond it the verdict is the API's.
  EXPECT_LT(*out.reversal_s, 9.0 * kYear);
  in.horizon_years = 9.0;
  EXPECT_EQ(evaluate(in).verdict, Verdict::api);
  in.horizon_years = 0.5 * (*out.break_even_s + *out.reversal_s) / kYear;
  EXPECT_EQ(evaluate(in).verdict, Verdict::local);
}

TEST(Degenerate, APriceThatFallsTooSteeplyIsNeverCaught) {
  Inputs in = samples::paying();
  in.api_decay_per_year = 0.9;
  in.setup_usd =
      27000.0;  // All that the API will ever cost: 0.002·year/ln 10 = 27,410 USD, and rent besides.
  const Outcome out = evaluate(in);
  EXPECT_FALSE(out.break_even_s);
  EXPECT_FALSE(out.reversal_s);
  in.api_decay_per_year = 0.0;
  EXPECT_TRUE(evaluate(in).break_even_s);
}

TEST(Degenerate, WithoutAnyRunningCostThereIsNoReversal) {
  Inputs in = samples::paying();
  in.rent_usd_per_h = in.electricity_usd_per_kwh = 0.0;
  in.api_decay_per_year = 0.9;
  in.setup_usd = 1000.0;
  const Outcome out = evaluate(in);
  ASSERT_TRUE(out.break_even_s);
  EXPECT_FALSE(out.reversal_s);
  // 1000 = 0.002·year/k·(1 − e^−kt) with k = ln 10: t = −ln(1 − 1000·k/(0.002·year))/k years.
  const double k = std::log(10.0);
  EXPECT_NEAR(*out.break_even_s / kYear, -std::log(1.0 - 1000.0 * k / (0.002 * kYear)) / k, 1e-12);
  in.setup_usd = 0.002 * kYear / k * 1.001;
  EXPECT_FALSE(evaluate(in).break_even_s) << "more than the API will ever cost";
}

TEST(Degenerate, InterestNearZeroIsItsLimit) {
  Inputs in = samples::paying();
  in.api_decay_per_year = 0.3;
  const double plain = evaluate(in).npv_usd;
  EXPECT_DOUBLE_EQ(plain, evaluate(in).saving_usd);
  in.interest_per_year = 1e-13;
  EXPECT_NEAR(evaluate(in).npv_usd, plain, 1e-9 * plain);
  in.interest_per_year = 0.1;
  EXPECT_LT(evaluate(in).npv_usd, plain);
}

TEST(Degenerate, DecayNearZeroIsItsLimit) {
  Inputs in = samples::paying();
  const Outcome still = evaluate(in);
  in.api_decay_per_year = 1e-14;
  const Outcome out = evaluate(in);
  EXPECT_NEAR(*out.break_even_s / *still.break_even_s, 1.0, 1e-12);
  EXPECT_NEAR(out.saving_usd / still.saving_usd, 1.0, 1e-12);
  EXPECT_GT(*out.reversal_s, 1e13 * kYear) << "one day, all the same";
}

TEST(Degenerate, AbsentTokensQualityAndPowerLeaveTheirRatiosOut) {
  Inputs in = samples::paying();
  in.output_tokens = in.quality = in.api_quality = in.busy_w = 0.0;
  Outcome out = evaluate(in);
  EXPECT_TRUE(out.local_usd_per_mtok);
  EXPECT_FALSE(out.local_usd_per_mtok_out);
  EXPECT_FALSE(out.api_usd_per_mtok_out);
  EXPECT_FALSE(out.local_usd_per_correct);
  EXPECT_FALSE(out.api_usd_per_correct);
  EXPECT_FALSE(out.c_tax);
  EXPECT_EQ(out.variable_usd, 0.0) << "busy below idle adds nothing";
  in.input_tokens = 0.0;
  out = evaluate(in);
  EXPECT_FALSE(out.local_usd_per_mtok);
  EXPECT_FALSE(out.api_usd_per_mtok);
}

TEST(Degenerate, AnEngineThatParksForFreeIsKeptWarm) {
  Inputs in = samples::paying();
  in.off_w = in.idle_w;
  EXPECT_EQ(evaluate(in).park_w, 0.0);
  EXPECT_FALSE(evaluate(in).keep_warm_gap_s);
  EXPECT_TRUE(evaluate(in).keep_warm);
  in.off_w = in.idle_w + 5.0;
  EXPECT_EQ(evaluate(in).park_w, 0.0);
  in.off_w = 0.0;
  in.cold_start_j = 0.0;
  EXPECT_EQ(evaluate(in).keep_warm_gap_s, 0.0);
  EXPECT_FALSE(evaluate(in).keep_warm) << "starting costs nothing, parking does";
}

TEST(Words, NameEachVerdict) {
  EXPECT_EQ(to_string(Verdict::local), "local");
  EXPECT_EQ(to_string(Verdict::api), "api");
  EXPECT_EQ(to_string(Verdict::never), "never");
}

}  // namespace
}  // namespace edgeeval::economics
