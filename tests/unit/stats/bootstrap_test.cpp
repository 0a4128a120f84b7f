// SPDX-License-Identifier: Apache-2.0
#include "stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace edgeeval {
namespace {

/// `ones` ones and then zeros, `n` in all.
std::vector<double> share(std::size_t ones, std::size_t n) {
  std::vector<double> values(n, 0.0);
  for (std::size_t i = 0; i < ones; ++i) values[i] = 1.0;
  return values;
}

TEST(Mean, IsTheMeanAndAbsentWithoutValues) {
  EXPECT_DOUBLE_EQ(*mean(std::vector<double>{1.0, 2.0, 6.0}), 3.0);
  EXPECT_FALSE(mean({}).has_value());
}

TEST(MeanInterval, ComesNearTheNormalIntervalOfAShare) {
  const auto bounds = mean_interval(share(60, 200));
  ASSERT_TRUE(bounds.has_value());
  const double half = 1.96 * std::sqrt(0.3 * 0.7 / 200.0);
  EXPECT_NEAR(bounds->lo, 0.3 - half, 0.008);
  EXPECT_NEAR(bounds->hi, 0.3 + half, 0.008);
}

TEST(MeanInterval, OfTwoValuesIsTheirRange) {
  // A draw is 0, ½ or 1 with chances ¼, ½, ¼: 2.5 % lies in either tail.
  const auto bounds = mean_interval(std::vector<double>{0.0, 1.0});
  EXPECT_EQ(bounds->lo, 0.0);
  EXPECT_EQ(bounds->hi, 1.0);
}

TEST(MeanInterval, OfEqualValuesHasNoWidth) {
  const auto bounds = mean_interval(std::vector<double>(30, 0.25));
  EXPECT_DOUBLE_EQ(bounds->lo, 0.25);
  EXPECT_DOUBLE_EQ(bounds->hi, 0.25);
}

TEST(MeanInterval, IsAbsentBelowTwoValues) {
  EXPECT_FALSE(mean_interval({}).has_value());
  EXPECT_FALSE(mean_interval(std::vector<double>{1.0}).has_value());
}

TEST(MeanInterval, IsTheSameForTheSameSeedAndOtherForAnother) {
  std::vector<double> values;
  for (int i = 0; i < 40; ++i) values.push_back(std::sqrt(i));
  const auto first = mean_interval(values, {500, 1});
  const auto again = mean_interval(values, {500, 1});
  const auto other = mean_interval(values, {500, 2});
  EXPECT_EQ(first->lo, again->lo);
  EXPECT_EQ(first->hi, again->hi);
  EXPECT_NE(first->lo, other->lo);
}

TEST(PairedDifferenceInterval, OfAConstantShiftHasNoWidth) {
  const std::vector<double> a{0.1, 0.5, 0.9, 0.3};
  std::vector<double> b;
  for (const double value : a) b.push_back(value - 0.05);
  const auto bounds = paired_difference_interval(a, b);
  ASSERT_TRUE(bounds.has_value());
  EXPECT_NEAR(bounds->lo, 0.05, 1e-12);
  EXPECT_NEAR(bounds->hi, 0.05, 1e-12);
}

TEST(PairedDifferenceInterval, IsAbsentForOtherSizes) {
  EXPECT_FALSE(paired_difference_interval(share(1, 3), share(1, 4)).has_value());
}

TEST(PairedRatioInterval, OfProportionalScoresHasNoWidth) {
  const std::vector<double> whole{0.2, 0.4, 0.9, 0.7, 1.0};
  std::vector<double> part;
  for (const double value : whole) part.push_back(0.8 * value);
  const auto bounds = paired_ratio_interval(part, whole);
  ASSERT_TRUE(bounds.has_value());
  EXPECT_NEAR(bounds->lo, 0.8, 1e-12);
  EXPECT_NEAR(bounds->hi, 0.8, 1e-12);
}

TEST(PairedRatioInterval, IsAbsentWhereADrawHasNothingToDivideBy) {
  EXPECT_FALSE(paired_ratio_interval(share(1, 2), share(1, 2)).has_value());
  EXPECT_FALSE(paired_ratio_interval(share(1, 3), share(0, 3)).has_value());
}

}  // namespace
}  // namespace edgeeval
