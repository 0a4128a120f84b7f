// SPDX-License-Identifier: Apache-2.0
#include "load/thread_settings.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <ctime>
#include <filesystem>
#include <latch>
#include <thread>

namespace edgeeval::client {
namespace {

std::int64_t cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

TEST(ThreadWait, TwoThreadsWithWorkOnOneCoreWaitForEachOther) {
  if (!std::filesystem::exists("/proc/thread-self/schedstat"))
    GTEST_SKIP() << "this kernel does not count it";
  const int core = ::sched_getcpu();
  std::latch both(2);
  std::int64_t waited[2] = {-1, -1};
  const auto work = [&](std::int64_t& result) {
    const ThreadSettings pinned(core);
    both.arrive_and_wait();
    const auto before = thread_wait_ns();
    for (const auto begun = cpu_ns(); cpu_ns() - begun < 50'000'000;) {
    }
    const auto after = thread_wait_ns();
    if (before && after) result = *after - *before;
  };
  {
    std::jthread first([&] { work(waited[0]); });
    std::jthread second([&] { work(waited[1]); });
  }
  ASSERT_GE(waited[0], 0);
  ASSERT_GE(waited[1], 0);
  // Both need 50 ms of one core from the same moment on: the one that ends last has stood by for some of it.
  EXPECT_GT(waited[0] + waited[1], 10'000'000);
}

}  // namespace
}  // namespace edgeeval::client
