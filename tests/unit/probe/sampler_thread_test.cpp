// SPDX-License-Identifier: Apache-2.0
#include "probe/sampler_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <future>
#include <utility>

namespace edgeeval {
namespace {

TEST(SamplerThread, TicksUntilItIsDestroyedAndNotAfter) {
  std::atomic<int> ticks = 0;
  std::promise<void> enough;
  {
    SamplerThread thread(std::chrono::milliseconds(1), [&](double cpu_s) {
      EXPECT_GE(cpu_s, 0.0);
      if (++ticks == 5) enough.set_value();
    });
    ASSERT_TRUE(thread.running());
    enough.get_future().wait();
  }
  const int after = ticks;
  EXPECT_GE(after, 5);
  EXPECT_EQ(after, ticks);
}

TEST(SamplerThread, StopsAtOnceHoweverLongItsPeriod) {
  // Would hang for an hour, and so fail by the test's time limit, if stopping waited for the next tick.
  const SamplerThread thread(std::chrono::hours(1), [](double) { ADD_FAILURE() << "no tick is due"; });
}

TEST(SamplerThread, TakesNoSignals) {
  std::promise<bool> blocked;
  bool told = false;
  SamplerThread thread(std::chrono::milliseconds(1), [&](double) {
    if (std::exchange(told, true)) return;
    sigset_t mask;
    sigemptyset(&mask);
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    blocked.set_value(sigismember(&mask, SIGINT) == 1);
  });
  EXPECT_TRUE(blocked.get_future().get());
  sigset_t mine;
  sigemptyset(&mine);
  pthread_sigmask(SIG_SETMASK, nullptr, &mine);
  EXPECT_EQ(sigismember(&mine, SIGINT), 0);
}

}  // namespace
}  // namespace edgeeval
