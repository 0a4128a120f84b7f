// SPDX-License-Identifier: Apache-2.0
#include "mock/lateness.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

namespace edgeeval::mock {
namespace {

TEST(Lateness, OfNothingIsAbsent) {
  const Lateness late;
  EXPECT_FALSE(late.quantile_ns(0.5));
  EXPECT_FALSE(late.max_ns());
}

TEST(Lateness, SmallValuesAreExactAndWhatIsEarlyCountsAsZero) {
  Lateness late;
  for (const int value : {-5, 3, 31}) late.add(value);
  EXPECT_EQ(late.quantile_ns(0.3), 0U);
  EXPECT_EQ(late.quantile_ns(0.5), 3U);
  EXPECT_EQ(late.quantile_ns(1.0), 31U);
}

TEST(LatenessProperty, QuantilesAreTheOrderStatisticOrUpToAThirtySecondMore) {
  rc::check([] {
    const auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(
        rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 40)));
    Lateness late;
    for (const auto value : values) late.add(value);
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    for (const double share : {0.01, 0.5, 0.99, 1.0}) {
      const auto rank =
          static_cast<std::size_t>(std::max(1.0, std::ceil(share * static_cast<double>(sorted.size()))));
      const auto exact = static_cast<double>(sorted[rank - 1]);
      const auto got = static_cast<double>(*late.quantile_ns(share));
      RC_ASSERT(got >= exact && got <= exact * (1.0 + 1.0 / 32.0) + 1.0);
    }
    RC_ASSERT(static_cast<std::int64_t>(*late.max_ns()) == sorted.back());
  });
}

}  // namespace
}  // namespace edgeeval::mock
