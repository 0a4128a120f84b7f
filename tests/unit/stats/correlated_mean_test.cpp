// SPDX-License-Identifier: Apache-2.0
#include "stats/correlated_mean.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "stats/student.hpp"

namespace edgeeval {
namespace {

/// Means of `blocks` blocks of ten steps of a first-order autoregressive series of mean 0 whose correlation
/// falls to 1/e in `correlation_steps`.
std::vector<double> block_means(std::mt19937_64& random, int blocks, double correlation_steps) {
  std::normal_distribution<double> normal;
  const double keep = correlation_steps > 0.0 ? std::exp(-1.0 / correlation_steps) : 0.0;
  double now = normal(random);
  std::vector<double> means;
  for (int block = 0; block < blocks; ++block) {
    double sum = 0.0;
    for (int step = 0; step < 10; ++step) {
      sum += now;
      now = keep * now + std::sqrt(1.0 - keep * keep) * normal(random);
    }
    means.push_back(sum / 10.0);
  }
  return means;
}

struct Coverage {
  double plain = 0.0;       ///< Share of intervals that hold the mean if values are taken as independent.
  double correlated = 0.0;  ///< As correlated_mean_error has it.
};

Coverage coverage(double correlation_steps) {
  constexpr int kTrials = 2000;
  std::mt19937_64 random(42);
  Coverage share;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto means = block_means(random, 30, correlation_steps);
    double sum = 0.0;
    for (const double value : means) sum += value / 30.0;
    const auto plain = student_interval(means);
    if (plain->lo <= 0.0 && plain->hi >= 0.0) share.plain += 1.0 / kTrials;
    if (std::abs(sum) <= correlated_mean_error(means)->half_width_95) share.correlated += 1.0 / kTrials;
  }
  return share;
}

TEST(CorrelatedMeanError, IsStudentsWhereNothingIsCorrelated) {
  const std::vector<double> few{1.0, 2.0, 6.0, 3.0};  // Mean 3, squares 4 + 1 + 9 + 0.
  const auto error = correlated_mean_error(few);
  ASSERT_TRUE(error.has_value());
  EXPECT_DOUBLE_EQ(error->standard_error, std::sqrt(14.0 / 3.0 / 4.0));
  EXPECT_DOUBLE_EQ(error->effective, 4.0);
  EXPECT_NEAR(error->half_width_95, 3.1824 * error->standard_error, 1e-3);
  const std::vector<double> alternating{1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0};
  EXPECT_EQ(correlated_mean_error(alternating)->lag_one, 0.0) << "a negative one counts as none";
  EXPECT_FALSE(correlated_mean_error(std::vector<double>{1.0}).has_value());
  EXPECT_EQ(correlated_mean_error(std::vector<double>(10, 3.0))->half_width_95, 0.0);
}

TEST(CorrelatedMeanError, IsWiderByHand) {
  // Mean 0, squares 10, products of neighbours 4 - 1 + 4 = 7, so r = 0.7, rho = (0.7 * 9 + 1) / 6 > 1, cut to
  // 1; two values are left, of variance 10 / (10 - 10 / 2) = 2; t of sqrt(1 * 9) = 3 degrees of freedom.
  const std::vector<double> step{1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0};
  const auto cut = correlated_mean_error(step);
  EXPECT_DOUBLE_EQ(cut->lag_one, 1.0);
  EXPECT_DOUBLE_EQ(cut->effective, 2.0);
  EXPECT_DOUBLE_EQ(cut->standard_error, 1.0);
  EXPECT_NEAR(cut->half_width_95, 3.1824, 1e-3);
  // Mean 0, squares 8, products 1 - 1 - 1 + 1 - 1 + 1 + 1 = 1: r = 1/8, rho = (7/8 + 1) / 4 = 0.46875,
  // n_effective = 8 * 0.53125 / 1.46875 = 2.893617, variance 8 / (8 - 8 / n_effective) = 8 / 5.235294.
  const std::vector<double> mixed{1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, -1.0};
  const auto error = correlated_mean_error(mixed);
  EXPECT_DOUBLE_EQ(error->lag_one, 0.46875);
  EXPECT_NEAR(error->effective, 2.893617, 1e-6);
  EXPECT_NEAR(error->standard_error, std::sqrt(8.0 / 5.235294 / 2.893617), 1e-6);
}

TEST(CorrelatedMeanError, HoldsTheMeanWhereIndependenceWouldNot) {
  for (const double steps : {0.0, 1.0, 3.0}) {  // Correlation within blocks only: both are right.
    const auto share = coverage(steps);
    EXPECT_GE(share.correlated, 0.93) << steps;
    EXPECT_LE(share.correlated, 0.98) << steps;
  }
  for (const double steps : {20.0, 30.0, 50.0}) {  // Two to five blocks.
    const auto share = coverage(steps);
    EXPECT_GE(share.correlated, 0.93) << steps;
    EXPECT_LE(share.plain, 0.75) << steps;
  }
}

}  // namespace
}  // namespace edgeeval
