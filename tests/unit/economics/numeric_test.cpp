// SPDX-License-Identifier: Apache-2.0
#include "economics/numeric.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace edgeeval::economics {
namespace {

// Σ (−1)ⁿxⁿ/(n+2)!·x², summed in extended precision.
double excess_series(double x) {
  long double term = 1.0L, sum = 0.0L;
  for (int n = 2; n < 60; ++n) {
    if (n == 2) term = static_cast<long double>(x) * x / 2.0L;
    sum += term;
    term *= -static_cast<long double>(x) / (n + 1);
  }
  return static_cast<double>(sum);
}

TEST(ExponentialExcess, KeepsItsDigitsFromZeroOn) {
  EXPECT_EQ(exponential_excess(0.0), 0.0);
  for (double x = 1e-150; x < 3.0; x *= 1.7)
    EXPECT_NEAR(exponential_excess(x), excess_series(x), 2e-15 * excess_series(x)) << x;
  EXPECT_DOUBLE_EQ(exponential_excess(1.0), std::exp(-1.0));
  EXPECT_DOUBLE_EQ(exponential_excess(1000.0), 999.0);
}

TEST(DeepestDip, KeepsItsDigitsFromZeroOn) {
  for (double gain = 1e-100; gain < 1.0; gain *= 1.3) {
    // Σ gainⁿ/(n(n−1)); as many terms as the slowest, near 1, need for 1e-13.
    long double sum = 0.0L, power = gain;
    for (int n = 2; n < 20000; ++n) {
      power *= gain;
      sum += power / (static_cast<long double>(n) * (n - 1));
    }
    EXPECT_NEAR(deepest_dip(gain, 1.0 - gain), static_cast<double>(sum), 1e-13 * static_cast<double>(sum))
        << gain;
  }
  EXPECT_DOUBLE_EQ(deepest_dip(0.125, 0.875), 0.125 + 0.875 * std::log(0.875)) << "the two ways meet";
  EXPECT_NEAR(deepest_dip(0.125 - 1e-9, 0.875 + 1e-9), deepest_dip(0.125, 0.875), 1e-9);
}

TEST(DecayedShare, IsOneAtZeroAndTheMeanElsewhere) {
  EXPECT_EQ(decayed_share(0.0), 1.0);
  EXPECT_DOUBLE_EQ(decayed_share(1e-12), 1.0 - 0.5e-12);
  EXPECT_DOUBLE_EQ(decayed_share(1.0), 1.0 - std::exp(-1.0));
  EXPECT_DOUBLE_EQ(decayed_share(1e4), 1e-4);
}

}  // namespace
}  // namespace edgeeval::economics
