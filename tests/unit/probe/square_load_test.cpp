// SPDX-License-Identifier: Apache-2.0
#include "probe/square_load.hpp"

#include <gtest/gtest.h>

#include "fixtures.hpp"

namespace edgeeval {
namespace {

/// Waits for the load; the test's own time limit is the limit.
void until_settled(SwitchedLoad& load) {
  for (;;) {
    const auto settled = load.settled();
    ASSERT_TRUE(settled) << settled.error().message;
    if (*settled) return;
    std::this_thread::yield();
  }
}

TEST(CpuLoad, IsBusyOnlyWhileItIsOn) {
  CpuLoad load(2);
  until_settled(load);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(load.on());
    until_settled(load);
    load.off();
    until_settled(load);
  }
}

TEST(CpuLoad, EndsWhileBusy) {
  CpuLoad load(1);
  ASSERT_TRUE(load.on());
  until_settled(load);
}

TEST(CommandLoad, IsStartedAndEnded) {
  const SystemClock clock;
  CommandLoad load("sleep 1000", clock);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(load.on());
    until_settled(load);
    load.off();
    until_settled(load);
  }
}

TEST(CommandLoad, ThatEndsByItselfIsAnError) {
  const SystemClock clock;
  CommandLoad load("exit 3", clock);
  ASSERT_TRUE(load.on());
  for (;;) {
    const auto settled = load.settled();
    if (settled) continue;
    EXPECT_EQ(settled.error().code, ErrorCode::tool_failed);
    EXPECT_NE(settled.error().message.find("exit 3"), std::string::npos);
    return;
  }
}

TEST(CommandLoad, ThatIgnoresSigtermIsKilled) {
  FakeClock clock;
  CommandLoad load("trap '' TERM; while :; do sleep 1000; done", clock);
  ASSERT_TRUE(load.on());
  load.off();
  clock.advance(2.0);
  until_settled(load);
}

TEST(SquareWave, KeepsItsDeadlinesAndChangesItsPhase) {
  const SteadyTime start{std::chrono::hours(1)};
  SquareWave wave(start, 1.0);
  EXPECT_EQ(wave.next(), start);
  EXPECT_FALSE(wave.turns_on());
  double shortest = 2.0;
  double longest = 0.0;
  for (int i = 0; i < 50; ++i) {
    const auto before = wave.next();
    const bool on = wave.turns_on();
    wave.advance();
    EXPECT_NE(wave.turns_on(), on);
    const double length = std::chrono::duration<double>(wave.next() - before).count();
    shortest = std::min(shortest, length);
    longest = std::max(longest, length);
  }
  EXPECT_GE(shortest, 0.9 - 1e-6);
  EXPECT_LE(longest, 1.1 + 1e-6);
  EXPECT_GT(longest - shortest, 0.15);
}

}  // namespace
}  // namespace edgeeval
