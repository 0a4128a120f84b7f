// SPDX-License-Identifier: Apache-2.0
#include "economics/band.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

TEST(Band, TakesTheValuesAtTheDocumentedPlaces) {
  std::vector<double> values;
  for (int i = 100; i >= 0; --i) values.push_back(i);
  const Band band = band_of(values);
  EXPECT_EQ(band.lo, 5.0);
  EXPECT_EQ(band.median, 50.0);
  EXPECT_EQ(band.hi, 95.0);
  EXPECT_EQ(band.defined, 1.0);
  EXPECT_EQ(rank_of(0.5, 2), 1U) << "0.5·1 + 0.5 = 1";
  EXPECT_EQ(rank_of(0.05, 10000), 500U) << "499.95 + 0.5";
  EXPECT_EQ(rank_of(0.95, 10000), 9499U) << "9499.05 + 0.5";
}

TEST(Band, HasNoBoundWhereTooManyDrawsHaveNoFigure) {
  std::vector<double> values(100, 1.0);
  std::fill(values.begin(), values.begin() + 4, HUGE_VAL);
  EXPECT_EQ(band_of(values).hi, 1.0) << "four in a hundred are beyond the band";
  EXPECT_DOUBLE_EQ(band_of(values).defined, 0.96);
  values.assign(100, 1.0);  // band_of() reordered them.
  std::fill(values.begin(), values.begin() + 60, HUGE_VAL);
  const Band band = band_of(values);
  EXPECT_EQ(band.lo, 1.0);
  EXPECT_FALSE(band.median);
  EXPECT_FALSE(band.hi);
  EXPECT_DOUBLE_EQ(band.defined, 0.4);
  values.assign(100, HUGE_VAL);
  EXPECT_FALSE(band_of(values).lo);
  EXPECT_EQ(band_of(values).defined, 0.0);
}

TEST(Band, OfOneValueIsThatValueAndOfNoneIsUndefined) {
  std::vector<double> one{7.0};
  EXPECT_EQ(band_of(one).lo, 7.0);
  EXPECT_EQ(band_of(one).median, 7.0);
  EXPECT_EQ(band_of(one).hi, 7.0);
  EXPECT_EQ(band_of({}).defined, 0.0);
  EXPECT_FALSE(band_of({}).median);
}

TEST(Band, AgreesWithSortingWhateverTheValues) {
  SplitMix64 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> values(1 + random.below(round % 10 == 0 ? 5000 : 300));
    const auto kind = random.below(5);
    for (double& value : values) {
      value = samples::unit(random) - 0.5;
      if (kind == 1) value = std::floor(4.0 * value);                        // Ties.
      if (kind == 2) value = std::exp(1400.0 * value);                       // All magnitudes.
      if (kind == 3 && random.below(3) == 0) value = HUGE_VAL;               // Holes.
      if (kind == 4) value = random.below(50) == 0 ? value * 1e300 : value;  // Far outliers.
    }
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto expected = [&sorted](double p) -> std::optional<double> {
      const double value = sorted[rank_of(p, sorted.size())];
      return std::isinf(value) ? std::nullopt : std::optional(value);
    };
    const Band band = band_of(values);
    ASSERT_EQ(band.lo, expected(0.05));
    ASSERT_EQ(band.median, expected(0.5));
    ASSERT_EQ(band.hi, expected(0.95));
  }
}

}  // namespace
}  // namespace edgeeval::economics
