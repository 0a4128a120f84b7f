// SPDX-License-Identifier: Apache-2.0
#include "stats/order_ranks.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(EarlyStopping, AsksForTheSamplesThatMlperfAsksFor) {
  EXPECT_EQ(early_stopping_samples(0.5), 11U);
  EXPECT_EQ(early_stopping_samples(0.9), 64U);
  EXPECT_EQ(early_stopping_samples(0.95), 130U);
  EXPECT_EQ(early_stopping_samples(0.99), 662U);
  EXPECT_EQ(early_stopping_samples(0.999), 6636U);
  EXPECT_EQ(early_stopping_samples(0.9999), 66381U);
}

TEST(BinomialWithin, IsTheBinomialsDistribution) {
  EXPECT_NEAR(binomial_within(5, 20, 0.3), 0.4163708294474809, 1e-14);  // scipy.stats.binom.cdf
  EXPECT_DOUBLE_EQ(binomial_within(1, 10, 0.5), 11.0 / 1024.0);
  EXPECT_EQ(binomial_within(10, 10, 0.5), 1.0);
}

TEST(QuantileRanks, AreThoseOfScipysBinomial) {
  // From scipy 1.17: the last k with cdf <= 2.5 %, the first with cdf >= 97.5 %, n − the last t with cdf <= 1
  // %.
  const auto half = quantile_ranks(100, 0.5);
  EXPECT_EQ(half.value, 49U);
  EXPECT_EQ(half.lo, 39U);
  EXPECT_EQ(half.hi, 60U);
  EXPECT_EQ(half.upper_99, 63U);
  const auto tail = quantile_ranks(1000, 0.99);
  EXPECT_EQ(tail.lo, 982U);
  EXPECT_EQ(tail.hi, 996U);
  EXPECT_EQ(tail.upper_99, 998U);
  const auto many = quantile_ranks(10'000'000, 0.999);
  EXPECT_EQ(many.value, 9'989'999U);
  EXPECT_EQ(many.lo, 9'989'803U);
  EXPECT_EQ(many.hi, 9'990'195U);
  EXPECT_EQ(many.upper_99, 9'990'233U);
}

TEST(QuantileRanks, HaveAnUpperBoundFromTheFloorOn) {
  for (const double p : {0.5, 0.9, 0.95, 0.99, 0.999}) {
    const auto floor = early_stopping_samples(p);
    EXPECT_FALSE(quantile_ranks(floor - 1, p).upper_99.has_value()) << p;
    // With the fewest samples nothing is discarded: the bound is the largest.
    EXPECT_EQ(quantile_ranks(floor, p).upper_99, floor - 1) << p;
  }
}

TEST(QuantileRanks, OfFewHaveNoBounds) {
  const auto one = quantile_ranks(1, 0.5);
  EXPECT_EQ(one.value, 0U);
  EXPECT_FALSE(one.lo.has_value());
  EXPECT_FALSE(one.hi.has_value());
}

}  // namespace
}  // namespace edgeeval
