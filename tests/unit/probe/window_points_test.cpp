// SPDX-License-Identifier: Apache-2.0
#include "probe/window_points.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace edgeeval
