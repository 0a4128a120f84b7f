// SPDX-License-Identifier: Apache-2.0
#include "stats/least_squares.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace edgeeval {
namespace {

const std::vector<double> kY{3.1, 4.9, 7.2, 8.8, 11.3, 12.7, 15.1, 17.2, 18.6, 21.1};

std::vector<std::vector<double>> columns() {
  std::vector<double> x(10);
  std::iota(x.begin(), x.end(), 0.0);
  return {std::vector<double>(10, 1.0), x, {1, 0, 2, 1, 3, 0, 1, 2, 0, 1}};
}

TEST(LeastSquares, AgreesWithStatsmodels) {
  // statsmodels 0.15: OLS(...).fit(cov_type='HAC', cov_kwds={'maxlags': 2, 'use_correction': True}).
  const auto fit = least_squares(kY, columns(), 2);
  ASSERT_TRUE(fit.has_value());
  EXPECT_NEAR(fit->coefficients[0], 2.811516393442618, 1e-12);
  EXPECT_NEAR(fit->coefficients[1], 1.9927459016393456, 1e-12);
  EXPECT_NEAR(fit->coefficients[2], 0.20102459016393492, 1e-12);
  EXPECT_NEAR(fit->standard_errors[0], 0.09256401409253445, 1e-12);
  EXPECT_NEAR(fit->standard_errors[1], 0.012393321735614186, 1e-12);
  EXPECT_NEAR(fit->standard_errors[2], 0.0326716602623032, 1e-12);
  EXPECT_NEAR(fit->r_squared, 0.9995973476623422, 1e-12);
  EXPECT_NEAR(fit->condition, 4.425236332472354, 1e-10);
  EXPECT_EQ(fit->degrees, 7U);
}

TEST(LeastSquares, WithoutLagsIsWhitesEstimator) {
  const auto fit = least_squares(kY, columns(), 0);
  EXPECT_NEAR(fit->standard_errors[0], 0.08675099779698561, 1e-12);
  EXPECT_NEAR(fit->standard_errors[1], 0.015518192918974891, 1e-12);
  EXPECT_NEAR(fit->standard_errors[2], 0.03634954380956175, 1e-12);
}

TEST(LeastSquares, ChoosesLagsByTheRuleOfThumb) {
  EXPECT_EQ(least_squares(kY, columns())->lags, 2U);  // 4 · 0.1^(2/9) = 2.4.
}

TEST(LeastSquares, RefusesColumnsThatDependOnEachOther) {
  auto dependent = columns();
  for (std::size_t i = 0; i < 10; ++i) dependent[2][i] = 3.0 * dependent[1][i] - 1.0;
  EXPECT_FALSE(least_squares(kY, dependent).has_value());
  dependent[2].assign(10, 0.0);
  EXPECT_FALSE(least_squares(kY, dependent).has_value());
}

TEST(LeastSquares, RefusesTooFewRowsAndUnequalLengths) {
  EXPECT_FALSE(least_squares(std::vector<double>{1.0, 2.0}, {{1.0, 1.0}, {0.0, 1.0}}).has_value());
  EXPECT_FALSE(least_squares(kY, {{1.0, 1.0}}).has_value());
  EXPECT_FALSE(least_squares(kY, {}).has_value());
}

}  // namespace
}  // namespace edgeeval
