// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "economics/outcome.hpp"
#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

TEST(KeepAlive, CostsAColdStartEachTimeWhereItIsLetGoAtOnce) {
  const Inputs in = samples::paying();
  EXPECT_DOUBLE_EQ(keep_alive_energy_j(in, 0.01, 0.0), 34.0 + 4000.0);
  EXPECT_DOUBLE_EQ(keep_alive_energy_j(in, 0.0, 10.0), 34.0 + 4000.0 + 200.0) << "the limit at rate 0";
}

TEST(KeepAlive, CostsParkingAloneWhereItIsNeverLetGo) {
  const Inputs in = samples::paying();
  EXPECT_DOUBLE_EQ(keep_alive_energy_j(in, 0.01, HUGE_VAL), 34.0 + 20.0 / 0.01);
  EXPECT_EQ(keep_alive_energy_j(in, 0.0, HUGE_VAL), HUGE_VAL);
  Inputs free = in;
  free.off_w = free.idle_w;
  EXPECT_DOUBLE_EQ(keep_alive_energy_j(free, 0.01, HUGE_VAL), 34.0);
  EXPECT_DOUBLE_EQ(keep_alive_energy_j(free, 0.0, HUGE_VAL), 34.0 + 4000.0);
}

TEST(KeepAlive, IsTheMeanOverExponentialGaps) {
  // The next gap g has density λe^−λg: parked for min(g, K), and a cold start where g > K.
  const Inputs in = samples::paying();
  const double rate = 0.004, keep = 90.0;
  double sum = 0.0;
  constexpr int kSteps = 400'000;
  for (int i = 0; i < kSteps; ++i) {
    const double gap = -std::log((i + 0.5) / kSteps) / rate;
    sum += 34.0 + 20.0 * std::min(gap, keep) + (gap > keep ? 4000.0 : 0.0);
  }
  EXPECT_NEAR(keep_alive_energy_j(in, rate, keep), sum / kSteps, 0.02);
}

TEST(KeepAliveProperty, IsBestAtNoneOrForeverByTheRateRule) {
  rc::check("no finite keep-alive beats both ends", [] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    Inputs in = samples::random_inputs(random);
    const double rate = samples::log_unit(random, 1e-6, 10.0);
    const double keep = samples::log_unit(random, 1e-3, 1e6);
    const double none = keep_alive_energy_j(in, rate, 0.0), forever = keep_alive_energy_j(in, rate, HUGE_VAL);
    RC_ASSERT(keep_alive_energy_j(in, rate, keep) >= std::min(none, forever) * (1.0 - 1e-12));
    in.replicas = 1.0;
    in.capacity_per_s = 100.0;
    in.demand_per_day = rate * 86400.0;
    const Outcome out = evaluate(in);
    const double none_now = keep_alive_energy_j(in, rate, 0.0),
                 forever_now = keep_alive_energy_j(in, rate, HUGE_VAL);
    if (std::abs(none_now - forever_now) > 1e-9 * none_now)
      RC_ASSERT(out.keep_warm == (forever_now < none_now));
  });
}

TEST(CurvesProperty, MeetAtTheBreakEvenAndAtTheReversal) {
  rc::check("cumulative costs are the same there", [] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    const Inputs in = samples::random_inputs(random);
    const Outcome out = evaluate(in);
    for (const auto& at : {out.break_even_s, out.reversal_s}) {
      if (!at) continue;
      const double local = local_cumulative_usd(in, out, *at), api = api_cumulative_usd(in, out, *at);
      RC_ASSERT(std::abs(local - api) <= 1e-9 * local);
    }
    if (out.break_even_s && out.reversal_s) RC_ASSERT(*out.break_even_s <= *out.reversal_s);
  });
}

TEST(CurvesProperty, DifferByTheSavingAtTheHorizon) {
  rc::check("saving is API less local", [] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    const Inputs in = samples::random_inputs(random);
    const Outcome out = evaluate(in);
    const double end = in.horizon_years * kSecondsPerYear;
    const double local = local_cumulative_usd(in, out, end), api = api_cumulative_usd(in, out, end);
    RC_ASSERT(std::abs(out.saving_usd - (api - local)) <= 1e-12 * (api + local));
  });
}

TEST(EvaluateProperty, AtTheFloorARequestCostsTheSameEitherWay) {
  rc::check("local_usd = api_usd at λ_min", [] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    Inputs in = samples::random_inputs(random);
    const auto floor = evaluate(in).demand_floor_per_s;
    RC_PRE(floor.has_value() && *floor > 0.0);
    in.replicas = evaluate(in).replicas;
    in.demand_per_day = *floor * 86400.0;
    const Outcome out = evaluate(in);
    RC_PRE(out.replicas == in.replicas);
    RC_ASSERT(std::abs(out.local_usd - out.api_usd) <= 1e-9 * out.api_usd);
  });
}

TEST(EvaluateProperty, MoreSpentBeforePaysLaterAndDearerElectricityNeverSaves) {
  rc::check("monotone in setup and electricity", [] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    Inputs in = samples::random_inputs(random);
    const Outcome before = evaluate(in);
    in.setup_usd += 1000.0;
    const Outcome dearer = evaluate(in);
    RC_ASSERT(dearer.saving_usd <= before.saving_usd);
    if (dearer.break_even_s) RC_ASSERT(before.break_even_s && *before.break_even_s <= *dearer.break_even_s);
    in.electricity_usd_per_kwh += 0.1;
    RC_ASSERT(evaluate(in).local_usd >= dearer.local_usd);
    RC_ASSERT(evaluate(in).saving_usd <= dearer.saving_usd);
  });
}

TEST(EvaluateProperty, MoneyOfAnotherCurrencyChangesNoTime) {
  rc::check("all prices times c", [] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    Inputs in = samples::random_inputs(random);
    const Outcome before = evaluate(in);
    const double c = 8.0;  // A power of two, so that no rounding tells them apart.
    for (const InputField& field : input_table())
      if (field.unit.substr(0, 3) == "USD") in.*field.member *= c;
    const Outcome after = evaluate(in);
    RC_ASSERT(after.break_even_s == before.break_even_s);
    RC_ASSERT(after.reversal_s == before.reversal_s);
    RC_ASSERT(after.demand_floor_per_s == before.demand_floor_per_s);
    RC_ASSERT(after.verdict == before.verdict);
    RC_ASSERT(after.saving_usd == c * before.saving_usd);
    RC_ASSERT(after.carbon_g == before.carbon_g);
  });
}

TEST(EvaluateProperty, NeverMeansThatNoTimePays) {
  rc::check("never has no break-even, no saving and no NaN", [] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    const Inputs in = samples::random_inputs(random);
    const Outcome out = evaluate(in);
    RC_ASSERT(std::isfinite(out.saving_usd) && std::isfinite(out.npv_usd));
    RC_ASSERT(!std::isnan(out.local_usd + out.cascade_usd + out.energy_j + out.carbon_g));
    RC_ASSERT(out.utilisation <= 1.0 + 1e-12);
    if (out.verdict != Verdict::never) return;
    RC_ASSERT(!out.break_even_s);
    RC_ASSERT(out.saving_usd <= 0.0);
  });
}

}  // namespace
}  // namespace edgeeval::economics
