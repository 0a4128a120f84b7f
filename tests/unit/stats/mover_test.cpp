// SPDX-License-Identifier: Apache-2.0
#include "stats/mover.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace edgeeval {
namespace {

TEST(Mover, TakesOfEachIntervalTheSideThatMatters) {
  // b − a: the lower end comes from b's lower half-width (3) and a's upper one (3), the upper from 4 and 2.
  const auto difference = mover_difference({10.0, 8.0, 13.0}, {20.0, 17.0, 24.0});
  EXPECT_DOUBLE_EQ(difference.value, 10.0);
  EXPECT_DOUBLE_EQ(*difference.lo, 10.0 - std::sqrt(18.0));
  EXPECT_DOUBLE_EQ(*difference.hi, 10.0 + std::sqrt(20.0));
}

TEST(Mover, IsTheDifferenceOfTwoNormalMeansWhereBothIntervalsAreSymmetric) {
  // Half-widths 3 and 4 give 5, as variances add.
  const auto difference = mover_difference({0.0, -3.0, 3.0}, {1.0, -3.0, 5.0});
  EXPECT_DOUBLE_EQ(*difference.lo, -4.0);
  EXPECT_DOUBLE_EQ(*difference.hi, 6.0);
}

TEST(Mover, IsOpenWhereAnIntervalIs) {
  const auto below = mover_difference({1.0, 0.5, 2.0}, {3.0, {}, 4.0});
  EXPECT_FALSE(below.lo);
  EXPECT_TRUE(below.hi);
  const auto above = mover_difference({1.0, {}, 2.0}, {3.0, 2.0, 4.0});
  EXPECT_TRUE(above.lo);
  EXPECT_FALSE(above.hi) << "the first may be far below, and the second then far above it";
}

}  // namespace
}  // namespace edgeeval
