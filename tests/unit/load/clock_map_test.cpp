// SPDX-License-Identifier: Apache-2.0
#include "load/clock_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace edgeeval::client {
namespace {

/// Clocks that move only when a test says so; each reading takes `cost`.
struct Clocks {
  std::int64_t now = 1'000'000'000;
  std::int64_t offset = 500;
  std::int64_t cost = 20;
  [[nodiscard]] ClockSource source() {
    return {[](void* self) {
              auto& clocks = *static_cast<Clocks*>(self);
              return clocks.now += clocks.cost;
            },
            [](void* self) {
              auto& clocks = *static_cast<Clocks*>(self);
              return (clocks.now += clocks.cost) + clocks.offset;
            },
            this};
  }
  void advance(std::int64_t nanoseconds) { now += nanoseconds; }
};

TEST(ClockMap, TakesTheOffsetAway) {
  Clocks clocks;
  const ClockMap map(clocks.source());
  EXPECT_EQ(map.to_monotonic(2'000'000'500), 2'000'000'000);
  ASSERT_EQ(map.pairs().size(), 1U);
  EXPECT_EQ(map.pairs()[0].offset_ns, 500);
  EXPECT_EQ(map.pairs()[0].width_ns, 40);
}

TEST(ClockMap, ReadsAtMostOnceAMillisecond) {
  Clocks clocks;
  ClockMap map(clocks.source());
  for (int i = 0; i < 100; ++i) {
    clocks.advance(100'000);
    map.refresh(clocks.now);
  }
  // Ten milliseconds and a little, each reading itself taking a few nanoseconds.
  EXPECT_GE(map.pairs().size(), 10U);
  EXPECT_LE(map.pairs().size(), 11U);
  EXPECT_EQ(map.steps(), 0);
}

TEST(ClockMap, TakesTheNarrowestOfPairsThatWereTornApart) {
  Clocks clocks;
  clocks.cost = 5'000;
  const ClockMap map(clocks.source());
  EXPECT_EQ(map.pairs()[0].width_ns, 10'000);
  EXPECT_EQ(clocks.now, 1'000'000'000 + 4 * 15'000);
}

TEST(ClockMap, FollowsASlewWithoutCallingItAStep) {
  Clocks clocks;
  ClockMap map(clocks.source());
  for (int i = 0; i < 1000; ++i) {
    clocks.advance(2'000'000);
    clocks.offset += 1'000;  // 500 ppm.
    map.refresh(clocks.now);
  }
  EXPECT_EQ(map.steps(), 0);
  EXPECT_EQ(map.largest_move_ns(), 1'000);
  EXPECT_EQ(map.to_monotonic(clocks.now + clocks.offset), clocks.now);
}

TEST(ClockMap, FindsSteps) {
  Clocks clocks;
  ClockMap map(clocks.source());
  for (const std::int64_t step : {150'000, -3'000'000}) {
    clocks.advance(2'000'000);
    clocks.offset += step;
    map.refresh(clocks.now);
  }
  EXPECT_EQ(map.steps(), 2);
  EXPECT_EQ(map.largest_move_ns(), 3'000'000);
}

TEST(ClockMap, MapsAStampFromBeforeAStepByTheEarlierPair) {
  Clocks clocks;
  ClockMap map(clocks.source());
  const auto stamped = clocks.now + 200'000;
  const auto real = stamped + clocks.offset;
  clocks.advance(2'000'000);
  clocks.offset += 1'000'000'000;
  map.refresh(clocks.now);
  EXPECT_EQ(map.to_monotonic(real), stamped);
  EXPECT_EQ(map.to_monotonic(clocks.now + clocks.offset), clocks.now);
}

TEST(ClockMap, KeepsNoMoreThanItsBoundOverALongLoad) {
  Clocks clocks;
  ClockMap map(clocks.source());
  for (int i = 0; i < 60'000; ++i) {
    clocks.advance(1'000'000);
    map.refresh(clocks.now);
  }
  const auto& pairs = map.pairs();
  EXPECT_LE(pairs.size(), ClockMap::kMostPairs);
  EXPECT_GE(pairs.size(), ClockMap::kMostPairs / 2);
  EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end(),
                             [](const auto& a, const auto& b) { return a.monotonic_ns < b.monotonic_ns; }));
  EXPECT_LT(pairs.front().monotonic_ns, 1'001'000'000);
  EXPECT_GT(pairs.back().monotonic_ns, clocks.now - 20'000'000);
}

}  // namespace
}  // namespace edgeeval::client
