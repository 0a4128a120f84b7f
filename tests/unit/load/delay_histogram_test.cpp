// SPDX-License-Identifier: Apache-2.0
#include "load/delay_histogram.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace edgeeval::client {
namespace {

TEST(DelayHistogram, TellsNothingOfNothing) {
  const auto histogram = std::make_unique<DelayHistogram>();
  EXPECT_FALSE(histogram->quantile(0.5));
  EXPECT_FALSE(histogram->max());
}

TEST(DelayHistogram, IsExactForSmallValues) {
  const auto histogram = std::make_unique<DelayHistogram>();
  for (std::int64_t i = 1; i <= 100; ++i) histogram->add(i);
  EXPECT_EQ(histogram->quantile(0.5), 50.0);
  EXPECT_EQ(histogram->quantile(0.99), 99.0);
  EXPECT_EQ(histogram->quantile(1.0), 100.0);
  EXPECT_EQ(histogram->max(), 100.0);
}

TEST(DelayHistogram, IsWithinASixtyFourthAboveForLargeOnes) {
  for (const std::int64_t value :
       std::initializer_list<std::int64_t>{127, 128, 1'000, 65'535, 65'536, 1'234'567, 1'000'000'000'000}) {
    const auto histogram = std::make_unique<DelayHistogram>();
    histogram->add(value);
    histogram->add(value * 4);
    const auto found = *histogram->quantile(0.5);
    EXPECT_GE(found, static_cast<double>(value));
    EXPECT_LE(found, static_cast<double>(value) * (1.0 + 1.0 / 64.0));
    EXPECT_EQ(histogram->max(), static_cast<double>(value * 4));
  }
}

TEST(DelayHistogram, TakesTheWholeRangeAndNegativesAsZero) {
  const auto histogram = std::make_unique<DelayHistogram>();
  histogram->add(-5);
  histogram->add(INT64_MAX);
  EXPECT_EQ(histogram->quantile(0.5), 0.0);
  EXPECT_EQ(histogram->max(), static_cast<double>(INT64_MAX));
}

TEST(DelayHistogram, MergesAsIfAllHadBeenAddedToOne) {
  const auto one = std::make_unique<DelayHistogram>(), two = std::make_unique<DelayHistogram>();
  for (std::int64_t i = 0; i < 50; ++i) one->add(i);
  for (std::int64_t i = 50; i < 100; ++i) two->add(i);
  one->merge(*two);
  EXPECT_EQ(one->count(), 100U);
  EXPECT_EQ(one->quantile(0.75), 74.0);
  EXPECT_EQ(one->max(), 99.0);
}

}  // namespace
}  // namespace edgeeval::client
