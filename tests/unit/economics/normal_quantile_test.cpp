// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "economics/uncertainty.hpp"

namespace edgeeval::economics {
namespace {

struct Known {
  double p, z;
};

// By Newton's steps on the series of the normal distribution with 60 digits, at the doubles nearest to p.
TEST(NormalQuantile, AgreesWithSixtyDigits) {
  for (const auto& [p, z] : {Known{0.25, -0.6744897501960817}, Known{0.001, -3.0902323061678136},
                             Known{1e-20, -9.262340089798407}, Known{0.025, -1.9599639845400543},
                             Known{0.075, -1.439531470938456}, Known{0.4999, -0.00025066283008800747},
                             Known{1e-10, -6.361340902404057}, Known{0.05, -1.6448536269514726}})
    EXPECT_NEAR(normal_quantile(p), z, 1e-15 * std::abs(z)) << p;
}

TEST(NormalQuantile, IsOddAboutOneHalf) {
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  for (const double tail : {0.4, 0.25, 0.0625, 0x1p-20, 0x1p-40})
    EXPECT_EQ(normal_quantile(1.0 - tail), -normal_quantile(tail)) << tail;
}

TEST(NormalQuantile, TurnsTheNormalDistributionBack) {
  for (int i = 1; i < 4000; ++i) {
    const double p = i / 4000.0;
    const double z = normal_quantile(p);
    EXPECT_NEAR(0.5 * std::erfc(-z / std::sqrt(2.0)), p, 4e-16) << p;
  }
}

TEST(NormalQuantile, IsFiniteAtTheEndsOfWhatIsDrawn) {
  EXPECT_NEAR(normal_quantile(0x1p-54), -8.29, 0.01);
  EXPECT_NEAR(normal_quantile(1.0 - 0x1p-53), 8.21, 0.01);
}

}  // namespace
}  // namespace edgeeval::economics
