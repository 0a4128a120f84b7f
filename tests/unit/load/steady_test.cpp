// SPDX-License-Identifier: Apache-2.0
#include "load/steady.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace edgeeval {
namespace {

/// How many latencies the rule takes until it is steady; 0 where it is not.
int until_steady(std::size_t window, std::initializer_list<std::int64_t> latencies) {
  SteadyRule rule(window);
  int taken = 0;
  for (const auto latency : latencies) {
    ++taken;
    if (rule.add(latency)) return taken;
  }
  return 0;
}

TEST(SteadyRule, NeedsTwoWindowsAlike) {
  EXPECT_EQ(until_steady(3, {100, 100, 100, 100, 100}), 0) << "the second window is not full";
  EXPECT_EQ(until_steady(3, {100, 100, 100, 100, 100, 100}), 6);
  EXPECT_EQ(until_steady(1, {100, 109}), 2) << "9 % apart";
  EXPECT_EQ(until_steady(1, {100, 111, 123, 136}), 0) << "11 % apart each time";
}

TEST(SteadyRule, WaitsWhileLatenciesFall) {
  // Medians 800, 400, 205, 200: the last two are 2.4 % apart.
  EXPECT_EQ(until_steady(2, {900, 700, 500, 300, 210, 200, 200, 200}), 8);
}

TEST(SteadyRule, HoldsOneSlowReplyForNothing) {
  EXPECT_EQ(until_steady(3, {100, 100, 9000, 100, 5, 100}), 6) << "medians, not means";
}

TEST(SteadyRule, StaysSteady) {
  SteadyRule rule(1);
  rule.add(100);
  EXPECT_TRUE(rule.add(100));
  EXPECT_TRUE(rule.add(900));
  EXPECT_TRUE(rule.steady());
}

}  // namespace
}  // namespace edgeeval
