// SPDX-License-Identifier: Apache-2.0
#include "probe/proc_stat.hpp"

#include <gtest/gtest.h>

#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

TEST(ProcStat, AddsUpTimesAndCountsGuestsOnce) {
  const auto times = parse_proc_stat(
      "cpu  1000 200 300 5000 400 50 60 70 900 150\ncpu0 1 1 1 1\ncpu1 1 1 1 1\ncpu2 1 1 1 1\nintr 9 9\nctxt "
      "4\n",
      100.0);
  ASSERT_TRUE(times.has_value());
  EXPECT_DOUBLE_EQ(times->busy_s,
                   16.1);  // 1000 + 200 + 300 + 50 + 60 ticks; the guests' 1050 are in the first two.
  EXPECT_DOUBLE_EQ(times->idle_s, 54.0);
  EXPECT_DOUBLE_EQ(times->steal_s, 0.7);
  EXPECT_DOUBLE_EQ(times->total_s(), 70.8);
  EXPECT_EQ(times->cpus, 3);
}

TEST(ProcStat, TakesTheShortLineOfAnOldKernel) {
  const auto times = parse_proc_stat("cpu 100 0 0 300\n", 100.0);
  ASSERT_TRUE(times.has_value());
  EXPECT_DOUBLE_EQ(times->busy_s, 1.0);
  EXPECT_DOUBLE_EQ(times->steal_s, 0.0);
  EXPECT_EQ(times->cpus, 1);
}

TEST(ProcStat, RefusesTextWithoutTheSummaryLine) {
  for (const char* text : {"", "intr 1 2 3\n", "cpu0 1 2 3 4\n", "cpu  1 2\n", "cpu  a b c d\n"}) {
    const auto times = parse_proc_stat(text, 100.0);
    ASSERT_FALSE(times.has_value()) << text;
    EXPECT_EQ(times.error().code, ErrorCode::io);
  }
}

TEST(ProcStat, SaysWhichFileIsMissing) {
  const FakeRoot root;
  const auto times = read_cpu_times(root.path());
  ASSERT_FALSE(times.has_value());
  EXPECT_NE(times.error().where.find("proc/stat"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
