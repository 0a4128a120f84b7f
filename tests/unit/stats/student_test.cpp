// SPDX-License-Identifier: Apache-2.0
#include "stats/student.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace edgeeval {
namespace {

TEST(Student, HasTheTabulatedQuantiles) {  // Abramowitz and Stegun 1964, table 26.10.
  EXPECT_NEAR(student_95(1), 12.706, 5e-4);
  EXPECT_NEAR(student_95(2), 4.303, 5e-4);
  EXPECT_NEAR(student_95(3), 3.182, 5e-4);
  EXPECT_NEAR(student_95(4), 2.776, 5e-4);
  EXPECT_NEAR(student_95(9), 2.262, 5e-4);
  EXPECT_NEAR(student_95(30), 2.042, 5e-4);
  EXPECT_NEAR(student_95(120), 1.980, 5e-4);
}

TEST(Student, TellsTheIntervalOfAMean) {
  const std::vector<double> values{1.0, 2.0, 3.0};  // s = 1, t = 4.303.
  const auto interval = student_interval(values);
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->lo, 2.0 - 2.4841, 1e-3);
  EXPECT_NEAR(interval->hi, 2.0 + 2.4841, 1e-3);
}

TEST(Student, SaysNothingOfOneValue) { EXPECT_FALSE(student_interval(std::vector<double>{5.0}).has_value()); }

}  // namespace
}  // namespace edgeeval
