// SPDX-License-Identifier: Apache-2.0
#include "stats/block_bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

/// Roughly normal: twelve even draws, variance 1.
double normal(SplitMix64& random) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random.below(1U << 20U)) / (1U << 20U);
  return sum;
}

/// x_t = 0.6 x_{t−1} + e_t about `mean`.
std::vector<double> dependent(std::uint64_t seed, int n, double mean) {
  SplitMix64 random(seed);
  std::vector<double> values;
  double x = normal(random);
  for (int i = 0; i < n; ++i) {
    x = 0.6 * x + normal(random);
    values.push_back(mean + x);
  }
  return values;
}

TEST(BlockBootstrap, HoldsTheMeanOfADependentSeriesWhereSingleValuesDoNot) {
  int held = 0;
  int held_by_single = 0;
  constexpr int kSeries = 200;
  for (int i = 0; i < kSeries; ++i) {
    const auto values = dependent(static_cast<std::uint64_t>(i + 1), 1000, 10.0);
    const auto blocks = block_mean_interval(values, 25, {400, 1});
    const auto single = mean_interval(values, {400, 1});
    if (blocks->lo <= 10.0 && 10.0 <= blocks->hi) ++held;
    if (single->lo <= 10.0 && 10.0 <= single->hi) ++held_by_single;
  }
  EXPECT_GE(held, kSeries * 88 / 100);
  EXPECT_LT(held_by_single, kSeries * 75 / 100);  // True: Φ-coverage of half the standard error, 67 %.
}

TEST(BlockBootstrap, OfBlocksOfOneIsTheOrdinaryOne) {
  const auto values = dependent(5, 400, 0.0);
  const auto blocks = block_mean_interval(values, 1, {4000, 1});
  const auto single = mean_interval(values, {4000, 2});
  EXPECT_NEAR(blocks->lo, single->lo, 0.02);
  EXPECT_NEAR(blocks->hi, single->hi, 0.02);
}

TEST(BlockBootstrap, OfARatioIsExactWhereItIsTheSameEverywhere) {
  const std::vector<double> a{2.0, 4.0, 6.0, 8.0};
  const std::vector<double> b{1.0, 2.0, 3.0, 4.0};
  const auto bounds = block_ratio_interval(a, b, 2, {50, 1});
  EXPECT_DOUBLE_EQ(bounds->lo, 2.0);
  EXPECT_DOUBLE_EQ(bounds->hi, 2.0);
}

TEST(BlockBootstrap, WrapsBlocksAround) {
  // Blocks of two of (0, 1, 2, 3): sums 1, 3, 5 and, around the end, 3. A draw of two: means from 0.5 to 2.5.
  const auto bounds = block_mean_interval(std::vector<double>{0.0, 1.0, 2.0, 3.0}, 2, {4000, 1});
  EXPECT_DOUBLE_EQ(bounds->lo, 0.5);
  EXPECT_DOUBLE_EQ(bounds->hi, 2.5);
}

TEST(BlockBootstrap, IsAbsentBelowTwoBlocksAndWithoutADenominator) {
  EXPECT_FALSE(block_mean_interval(std::vector<double>(9, 1.0), 5).has_value());
  EXPECT_FALSE(block_mean_interval({}, 1).has_value());
  const std::vector<double> ones(4, 1.0);
  EXPECT_FALSE(block_ratio_interval(ones, std::vector<double>(4, 0.0), 1).has_value());
  EXPECT_FALSE(block_ratio_interval(ones, std::vector<double>(3, 1.0), 1).has_value());
}

TEST(BlockLength, FollowsCountReachAndWork) {
  EXPECT_EQ(block_length(1000, 1.0), 10U);
  EXPECT_EQ(block_length(1000, 64.0), 64U);
  EXPECT_EQ(block_length(1000, 400.0), 100U);   // A tenth.
  EXPECT_EQ(block_length(100'000, 1.0), 200U);  // 500 blocks.
  EXPECT_EQ(block_length(5, 3.0), 1U);
}

}  // namespace
}  // namespace edgeeval
