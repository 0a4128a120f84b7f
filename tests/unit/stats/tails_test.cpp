// SPDX-License-Identifier: Apache-2.0
#include "stats/tails.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace edgeeval {
namespace {

// Critical values of Abramowitz and Stegun 1964, table 26.8.
TEST(ChiSquare, HasItsTabledCriticalValues) {
  EXPECT_NEAR(chi_square_upper_tail(16.91898, 9.0), 0.05, 1e-6);
  EXPECT_NEAR(chi_square_upper_tail(3.84146, 1.0), 0.05, 1e-6);
  EXPECT_NEAR(chi_square_upper_tail(50.99846, 36.0), 0.05, 1e-5);
}

TEST(ChiSquare, TailsAddUpToOne) {
  for (const double x : {0.1, 1.0, 9.0, 40.0})
    EXPECT_NEAR(chi_square_upper_tail(x, 9.0) + chi_square_lower_tail(x, 9.0), 1.0, 1e-12);
}

TEST(Poisson, TailIsOneMinusTheFewerCounts) {
  EXPECT_DOUBLE_EQ(poisson_upper_tail(0, 2.0), 1.0);
  EXPECT_NEAR(poisson_upper_tail(1, 2.0), 1.0 - std::exp(-2.0), 1e-12);
  EXPECT_NEAR(poisson_upper_tail(3, 2.0), 1.0 - std::exp(-2.0) * (1.0 + 2.0 + 2.0), 1e-12);
}

}  // namespace
}  // namespace edgeeval
