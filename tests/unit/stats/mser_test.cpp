// SPDX-License-Identifier: Apache-2.0
#include "stats/mser.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

/// Even noise in [−0.5, 0.5).
double noise(SplitMix64& random) { return static_cast<double>(random.below(1U << 20U)) / (1U << 20U) - 0.5; }

TEST(Mser5, CutsWhatDiffersAtTheStart) {
  std::vector<double> series;
  for (int i = 0; i < 100; ++i) series.push_back(i < 20 ? 10.0 : 1.0);
  // 80 equal values after the first four batches: a score of zero, and no later cut is better.
  EXPECT_EQ(mser5_truncation(series), 20U);
}

TEST(Mser5, PicksTheBestOfTheScoresWorkedOutByHand) {
  // Batch means 4, 0, 1, 0, 1, 0, 1, 0, 1, 0: leaving out the first gives 20/9 over 9² = 0.0274,
  // none 13.6/100.
  std::vector<double> series;
  for (const double mean : {4.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0})
    series.insert(series.end(), 5, mean);
  EXPECT_EQ(mser5_truncation(series), 5U);
}

TEST(Mser5, CutsLittleOfASteadySeries) {
  SplitMix64 random(3);
  std::vector<double> series;
  for (int i = 0; i < 2000; ++i) series.push_back(5.0 + noise(random));
  ASSERT_TRUE(mser5_truncation(series).has_value());
  EXPECT_LT(*mser5_truncation(series), 1000U);
}

TEST(Mser5, FindsNoSteadyPartInARiseToTheEnd) {
  std::vector<double> series;
  for (int i = 0; i < 200; ++i) series.push_back(i < 150 ? i : 150.0);
  EXPECT_FALSE(mser5_truncation(series).has_value());
}

TEST(Mser5, NeedsTenBatches) {
  EXPECT_FALSE(mser5_truncation(std::vector<double>(49, 1.0)).has_value());
  EXPECT_EQ(mser5_truncation(std::vector<double>(50, 1.0)), 0U);
}

}  // namespace
}  // namespace edgeeval
