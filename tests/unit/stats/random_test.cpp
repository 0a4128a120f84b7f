// SPDX-License-Identifier: Apache-2.0
#include "stats/random.hpp"

#include <gtest/gtest.h>

#include <array>

namespace edgeeval {
namespace {

TEST(SplitMix64, GivesThePublishedSequence) {
  // Of seed 1234567, as other implementations of the algorithm give it.
  SplitMix64 random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
}

TEST(SplitMix64, StaysBelowItsBoundAndReachesAllOfIt) {
  SplitMix64 random(7);
  std::array<int, 5> counts{};
  for (int i = 0; i < 5000; ++i) ++counts.at(random.below(5));
  for (const int count : counts) EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace edgeeval
