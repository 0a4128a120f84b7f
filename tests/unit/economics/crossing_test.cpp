// SPDX-License-Identifier: Apache-2.0
#include "economics/crossing.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "economics/numeric.hpp"

namespace edgeeval::economics {
namespace {

/// A race in which the API costs 1 USD/s at first and loses an e-folding in 1 s.
Race race(double upfront, double local, double decay = 1.0) {
  return {.upfront_usd = upfront, .local_usd_per_s = local, .api_usd_per_s = 1.0, .decay_per_s = decay};
}

TEST(Crossing, OfAStandingPriceIsAPlainQuotient) {
  EXPECT_DOUBLE_EQ(*first_crossing(race(3.0, 0.25, 0.0)), 4.0);
  EXPECT_FALSE(second_crossing(race(3.0, 0.25, 0.0)));
}

TEST(Crossing, NeedsAnApiThatIsDearerAtTheStart) {
  EXPECT_FALSE(first_crossing(race(0.0, 1.0))) << "equal curves never cross";
  EXPECT_FALSE(first_crossing(race(0.0, 1.5)));
  EXPECT_FALSE(first_crossing(race(1.0, 1.0, 0.0)));
  EXPECT_FALSE(second_crossing(race(0.0, 1.5)));
  EXPECT_FALSE(first_crossing(Race{}));
}

TEST(Crossing, IsAtOnceWithNothingSpentBefore) {
  EXPECT_EQ(first_crossing(race(0.0, 0.5)), 0.0);
  EXPECT_EQ(first_crossing(race(0.0, 0.5, 0.0)), 0.0);
  // 0.5·t = 1 − e^−t: t = 2 + W(−2e^−2) = 1.5936242600400401 (the constant of Wien's law in two dimensions).
  EXPECT_NEAR(*second_crossing(race(0.0, 0.5)), 1.5936242600400401, 1e-15);
}

// At t₀ the curves touch where local(t₀) = api(t₀) and both rise alike: local = e^−t₀, and what is left
// upfront.
TEST(Crossing, FindsBothEvenWhereTheCurvesAllButTouch) {
  for (const double t0 : {1e-6, 1e-3, 0.1, 1.0, 5.0}) {
    const double local = std::exp(-t0);
    const double touching = deepest_dip(-std::expm1(-t0), local);
    const Race near = race(touching * (1.0 - 1e-10), local);
    ASSERT_TRUE(first_crossing(near)) << t0;
    ASSERT_TRUE(second_crossing(near)) << t0;
    EXPECT_LE(*first_crossing(near), t0 * (1.0 + 1e-6));
    EXPECT_GE(*second_crossing(near), t0 * (1.0 - 1e-6));
    EXPECT_NEAR(*first_crossing(near) / t0, 1.0, 1e-4);
    EXPECT_NEAR(*second_crossing(near) / t0, 1.0, 1e-4);
    EXPECT_FALSE(first_crossing(race(touching * (1.0 + 1e-10), local))) << t0;
    EXPECT_FALSE(second_crossing(race(touching * (1.0 + 1e-10), local))) << t0;
  }
}

TEST(Crossing, StandsFarOutWhereThePriceFallsSlowlyOrLittleRuns) {
  EXPECT_NEAR(*second_crossing(race(0.5, 1e-9)), 0.5e9, 1.0) << "(1 − 0.5)/1e-9, when the API costs no more";
  EXPECT_NEAR(*first_crossing(race(0.5, 0.5, 1e-12)), 1.0, 1e-11);
  EXPECT_NEAR(*second_crossing(race(0.0, 0.5, 1e-12)) * 1e-12, 1.5936242600400401, 1e-14);
}

}  // namespace
}  // namespace edgeeval::economics
