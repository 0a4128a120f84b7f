// SPDX-License-Identifier: Apache-2.0
#include "probe/window_points.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "stats/student.hpp"
#include "unit/probe/meter_fixture.hpp"

namespace edgeeval {
namespace {

energy::Series watts(double level, double until_s) {
  energy::Series series{fake_info("gpu#power", ReadingKind::power, "gpu"), {}, {}};
  for (int i = 0; i * 0.05 <= until_s; ++i)
    series.samples.push_back({i * 0.05, i * 0.05, level, level, level});
  return series;
}

PointEstimate estimate(double joules, double peak_w, const std::string& flag) {
  energy::Estimate one;
  one.joules = joules;
  one.lo_j = joules - 1.0;
  one.hi_j = joules + 2.0;
  one.hard = true;
  one.peak_w = peak_w;
  one.method = "counter";
  one.flags = {flag};
  return {fake_info("gpu", ReadingKind::counter), one};
}

TEST(WindowPoints, AreNamedByThePointAndNotTheSource) {
  const auto points = estimate_points({watts(40.0, 10.0)}, {2.0, 8.0});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].info.id, "gpu");
  ASSERT_TRUE(points[0].result.has_value());
  EXPECT_NEAR(points[0].result->joules, 240.0, 1e-6);
  EXPECT_EQ(points[0].result->method, "integral");
}

TEST(WindowPoints, JoinAddsEnergiesAndBoundsAndKeepsEveryFlag) {
  const auto joined = join_points({estimate(10.0, 5.0, "gap")}, 2.0, {estimate(30.0, 9.0, "reset")}, 2.0);
  ASSERT_EQ(joined.size(), 1U);
  const auto& sum = *joined[0].result;
  EXPECT_DOUBLE_EQ(sum.joules, 40.0);
  EXPECT_DOUBLE_EQ(sum.lo_j, 38.0);
  EXPECT_DOUBLE_EQ(sum.hi_j, 44.0);
  EXPECT_DOUBLE_EQ(sum.mean_w, 10.0);
  EXPECT_DOUBLE_EQ(sum.peak_w, 9.0);
  EXPECT_EQ(sum.flags, (std::vector<std::string>{"gap", "reset"}));
}

TEST(WindowPoints, WhatWasNotMeasuredInAPartIsNotMeasuredInAll) {
  PointEstimate failed{fake_info("gpu", ReadingKind::counter),
                       tl::unexpected(energy::NotMeasured{"the sensor vanished", std::nullopt})};
  EXPECT_FALSE(join_points({failed}, 1.0, {estimate(1.0, 1.0, "gap")}, 1.0)[0].result.has_value());
  EXPECT_FALSE(join_points({estimate(1.0, 1.0, "gap")}, 1.0, {failed}, 1.0)[0].result.has_value());
}

TEST(WindowPoints, RestIsTheMeanOfBlocksWithItsStandardError) {
  const auto steady = idle_baselines({watts(40.0, 20.0)}, {5.0, 15.0}, "context");
  ASSERT_TRUE(steady.contains("gpu"));
  EXPECT_NEAR(steady.at("gpu").watts, 40.0, 1e-6);
  EXPECT_NEAR(steady.at("gpu").standard_error_w, 0.0, 1e-6);
  EXPECT_EQ(steady.at("gpu").state, "context");
  EXPECT_DOUBLE_EQ(steady.at("gpu").at_s, 10.0);
  auto noisy = watts(40.0, 20.0);
  for (std::size_t i = 0; i < noisy.samples.size(); ++i) {
    noisy.samples[i].value += i / 40 % 2 == 0 ? 5.0 : -5.0;  // Changes every 2 s.
  }
  EXPECT_GT(idle_baselines({noisy}, {5.0, 15.0}, "context").at("gpu").standard_error_w, 0.5);
}

/// Rest at 40 W with noise of first order: standard deviation 2 W, correlation time 2 s, shown every 0.05 s.
energy::Series wandering(std::mt19937_64& random, double until_s) {
  std::normal_distribution<double> normal;
  auto series = watts(40.0, until_s);
  const double keep = std::exp(-0.05 / 2.0);
  double noise = 2.0 * normal(random);
  for (auto& sample : series.samples) {
    sample.value += noise;
    noise = keep * noise + 2.0 * std::sqrt(1.0 - keep * keep) * normal(random);
  }
  return series;
}

TEST(WindowPoints, RestThatWandersSlowlyIsLessSure) {
  constexpr int kTrials = 500;
  std::mt19937_64 random(7);
  int held = 0;
  int held_as_if_independent = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto series = wandering(random, 32.0);
    const auto rest = idle_baselines({series}, {1.0, 31.0}, "bare").at("gpu");
    if (std::abs(rest.watts - 40.0) <= 2.0 * rest.standard_error_w) ++held;
    std::vector<double> blocks;  // Ten blocks of 3 s, taken as independent.
    for (int i = 0; i < 10; ++i)
      blocks.push_back(estimate_points({series}, {1.0 + 3.0 * i, 4.0 + 3.0 * i})[0].result->joules / 3.0);
    const auto interval = student_interval(blocks);
    if (interval->lo <= 40.0 && interval->hi >= 40.0) ++held_as_if_independent;
  }
  EXPECT_GE(held, kTrials * 93 / 100);
  EXPECT_LE(held, kTrials * 98 / 100) << "no wider than it must be";
  EXPECT_LE(held_as_if_independent, kTrials * 88 / 100);
}

}  // namespace
}  // namespace edgeeval
