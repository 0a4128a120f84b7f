// SPDX-License-Identifier: Apache-2.0
#include "stats/quantile.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace edgeeval {
namespace {

/// 1, 2, …, n: the value is its rank. Shuffled by reversal, as order must not matter.
std::vector<double> ranks(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.rbegin(), values.rend(), 1.0);
  return values;
}

TEST(Quantile, IsTheNearestRank) {
  EXPECT_EQ(quantile(ranks(10), 0.5)->value, 5.0);
  EXPECT_EQ(quantile(ranks(11), 0.5)->value, 6.0);
  EXPECT_EQ(quantile(ranks(20), 0.95)->value, 19.0);
  EXPECT_EQ(quantile(ranks(19), 0.95)->value, 19.0);
  EXPECT_EQ(quantile(ranks(1), 0.01)->value, 1.0);
}

TEST(Quantile, BoundsTheMedianByTheBinomialsRanks) {
  // n = 10: P(X ≤ 1) = 11/1024 ≤ 2.5 %, P(X ≤ 2) = 56/1024 > 2.5 %: from the 2nd to the 9th value, the
  // interval that tables give.
  const auto ten = quantile(ranks(10), 0.5);
  EXPECT_EQ(ten->lo, 2.0);
  EXPECT_EQ(ten->hi, 9.0);
  // n = 6: 1/64 ≤ 2.5 % on either side.
  const auto six = quantile(ranks(6), 0.5);
  EXPECT_EQ(six->lo, 1.0);
  EXPECT_EQ(six->hi, 6.0);
}

TEST(Quantile, HasNoBoundsWhereTooFewWereSeen) {
  // n = 5: 1/32 > 2.5 %.
  const auto five = quantile(ranks(5), 0.5);
  EXPECT_EQ(five->lo, std::nullopt);
  EXPECT_EQ(five->hi, std::nullopt);
  // p95 of 20: P(X ≤ 19) = 1 − 0.95²⁰ = 0.64: nothing seen bounds it from above.
  const auto p95 = quantile(ranks(20), 0.95);
  EXPECT_TRUE(p95->lo.has_value());
  EXPECT_EQ(p95->hi, std::nullopt);
}

TEST(Quantile, BoundsP95OfAHundred) {
  // P(X ≤ 89) = 0.0115 and P(X ≤ 90) = 0.0282 for X ~ B(100, 0.95); P(X ≤ 98) = 0.9629, P(X ≤ 99) = 0.9941.
  const auto p95 = quantile(ranks(100), 0.95);
  EXPECT_EQ(p95->value, 95.0);
  EXPECT_EQ(p95->lo, 90.0);
  EXPECT_EQ(p95->hi, 100.0);
}

TEST(Quantile, IsAbsentWithoutValues) { EXPECT_FALSE(quantile({}, 0.5).has_value()); }

TEST(Quantile, BearsManyValues) {
  const auto median = quantile(ranks(100000), 0.5);
  EXPECT_EQ(median->value, 50000.0);
  // 1.96 · √n / 2 ranks to either side.
  EXPECT_NEAR(*median->lo, 50000.0 - 310.0, 3.0);
  EXPECT_NEAR(*median->hi, 50000.0 + 310.0, 3.0);
}

}  // namespace
}  // namespace edgeeval
