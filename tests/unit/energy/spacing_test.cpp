// SPDX-License-Identifier: Apache-2.0
#include "energy/spacing.hpp"

#include <gtest/gtest.h>

#include "support/energy_series.hpp"

namespace edgeeval::energy {
namespace {

TEST(Spacing, MedianIgnoresALateRead) {
  const auto series =
      test::series_of(ReadingKind::power, {{0, 1}, {0.1, 1}, {0.2, 1}, {0.9, 1}, {1.0, 1}, {1.1, 1}});
  EXPECT_NEAR(median_spacing(series.samples, {0, 2}), 0.1, 1e-9);
  EXPECT_DOUBLE_EQ(median_spacing({}, {0, 2}), 0.0);
}

TEST(Cover, CountsTimeWithoutReadingsAtTheEdgesToo) {
  const auto series = test::steady_power(10.0, 0.1, 5.0);
  const Cover cover = cover_of(series, {3.0, 8.0});
  EXPECT_TRUE(cover.gap);
  EXPECT_NEAR(cover.share, 0.4, 1e-6);
  EXPECT_NEAR(cover.longest_gap_s, 3.0, 1e-6);
}

TEST(Cover, NoReadingsCoverNothing) {
  const Cover cover = cover_of(Series{}, {0.0, 1.0});
  EXPECT_DOUBLE_EQ(cover.share, 0.0);
  EXPECT_DOUBLE_EQ(cover.longest_gap_s, 1.0);
}

TEST(Vanished, OnlyWhereNothingCameAfter) {
  auto series = test::steady_power(10.0, 0.1, 5.0);
  series.failures.push_back({2.05, "busy"});
  EXPECT_FALSE(vanished(series, {1.0, 4.0}).has_value());
  series.failures.push_back({5.05, "lost"});
  EXPECT_EQ(vanished(series, {1.0, 6.0}), "lost");
  EXPECT_FALSE(vanished(series, {1.0, 4.0}).has_value());
}

}  // namespace
}  // namespace edgeeval::energy
