// SPDX-License-Identifier: Apache-2.0
// The closed forms against sums, quadrature and bisection in extended precision, on random deployments.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "economics/crossing.hpp"
#include "economics/outcome.hpp"
#include "reference.hpp"
#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

using reference::Real;

constexpr int kInputsTried = 10'000;
constexpr double kYear = kSecondsPerYear;

/// Within 1e-9 of `expected`, relative to it.
void expect_close(double value, Real expected, const char* what, int at) {
  const auto wanted = static_cast<double>(expected);
  EXPECT_NEAR(value, wanted, 1e-9 * std::abs(wanted)) << what << " of input " << at;
}

/// Times are compared where both exist; whether they exist must agree.
void expect_time(const std::optional<double>& seconds, const std::optional<Real>& years, const char* what,
                 int at) {
  ASSERT_EQ(seconds.has_value(), years.has_value()) << what << " of input " << at;
  if (seconds) expect_close(*seconds, *years * static_cast<Real>(kYear), what, at);
}

TEST(ClosedForms, AreTheNumericSolutionsOnTenThousandDeployments) {
  SplitMix64 random(20261125);
  int crossing = 0, twice = 0, never = 0;
  for (int i = 0; i < kInputsTried; ++i) {
    const Inputs in = samples::random_inputs(random);
    const Outcome out = evaluate(in);
    const reference::Money money = reference::money_of(in);
    expect_close(out.replicas, money.replicas, "replicas", i);
    expect_close(out.variable_usd, money.variable_usd, "variable_usd", i);
    expect_close(out.api_usd, money.api_usd, "api_usd", i);
    expect_close(out.adapt_usd, money.adapt_usd, "adapt_usd", i);
    expect_close(out.fixed_usd_per_s, money.fixed_usd_per_year / static_cast<Real>(kYear), "fixed", i);
    if (in.demand_per_day > 0.0) {
      expect_close(out.energy_j, money.energy_j, "energy_j", i);
      expect_close(out.carbon_g, money.carbon_g, "carbon_g", i);
    }
    const auto [first, second] = reference::crossings(money.flows);
    expect_time(out.break_even_s, first, "break_even_s", i);
    expect_time(out.reversal_s, second, "reversal_s", i);
    // Gains and costs may cancel, and then no method has more digits than their difference leaves.
    const Real scale = money.flows.upfront_usd +
                       in.horizon_years * (money.flows.local_usd_per_year + money.flows.api_usd_per_year);
    const auto tolerance = static_cast<double>(1e-12L * scale);
    EXPECT_NEAR(out.saving_usd, static_cast<double>(saving(money.flows, in.horizon_years, false)), tolerance);
    EXPECT_NEAR(out.npv_usd, static_cast<double>(saving(money.flows, in.horizon_years, true)), tolerance);
    crossing += first ? 1 : 0;
    twice += second ? 1 : 0;
    never += out.verdict == Verdict::never ? 1 : 0;
  }
  EXPECT_GT(crossing, 1000) << "the sample must hold deployments that pay";
  EXPECT_GT(twice, 500);
  EXPECT_GT(never, 1000);
}

TEST(Crossing, IsTheNumericOneOnTenThousandRaces) {
  SplitMix64 random(7);
  int once = 0, twice = 0, none = 0;
  for (int i = 0; i < kInputsTried; ++i) {
    const double api = samples::log_unit(random, 1e-6, 1e3);
    const double local = api * (random.below(20) == 0 ? 0.0 : samples::unit(random));
    const double decay = random.below(10) == 0 ? 0.0 : samples::log_unit(random, 1e-6, 0.999);
    // Upfront in years of the API's first price: from nothing to more than it will ever cost.
    const double upfront =
        api * kYear * (random.below(20) == 0 ? 0.0 : samples::log_unit(random, 1e-6, 10.0));
    const Race race{.upfront_usd = upfront,
                    .local_usd_per_s = local,
                    .api_usd_per_s = api,
                    .decay_per_s = -std::log1p(-decay) / kYear};
    const reference::Flows flows{.upfront_usd = upfront,
                                 .local_usd_per_year = static_cast<Real>(local) * kYear,
                                 .api_usd_per_year = static_cast<Real>(api) * kYear,
                                 .decay_per_year = decay,
                                 .interest_per_year = 0};
    const auto [first, second] = reference::crossings(flows);
    expect_time(first_crossing(race), first, "first", i);
    expect_time(second_crossing(race), second, "second", i);
    once += first && !second ? 1 : 0;
    twice += second ? 1 : 0;
    none += first ? 0 : 1;
  }
  EXPECT_GT(once, 500);
  EXPECT_GT(twice, 3000);
  EXPECT_GT(none, 500);
}

TEST(CumulativeCurves, AreTheIntegralsOfTheirRates) {
  SplitMix64 random(11);
  for (int i = 0; i < 1000; ++i) {
    const Inputs in = samples::random_inputs(random);
    const Outcome out = evaluate(in);
    const reference::Flows flows = reference::money_of(in).flows;
    const double years = samples::log_unit(random, 1e-6, 20.0);
    reference::Flows asked_alone = flows;
    asked_alone.upfront_usd = asked_alone.local_usd_per_year = 0;
    expect_close(api_cumulative_usd(in, out, years * kYear), saving(asked_alone, years, false), "api", i);
    expect_close(local_cumulative_usd(in, out, years * kYear),
                 flows.upfront_usd + flows.local_usd_per_year * static_cast<Real>(years), "local", i);
  }
}

}  // namespace
}  // namespace edgeeval::economics
