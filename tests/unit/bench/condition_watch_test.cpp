// SPDX-License-Identifier: Apache-2.0
#include "bench/condition_watch.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

namespace edgeeval {
namespace {

TEST(Conditions, AreTheNumbersThatTellOfHeat) {
  std::vector<ConditionSeries> series;
  add_conditions(series, 10,
                 {{"cpu.temperature_c", "61.5"},
                  {"cpu.clock_mhz", "3400"},
                  {"cpu.throttle_count", "7"},
                  {"cpu.governor", "powersave"},
                  {"cpu.steal_s", "2.5"},
                  {"gpu0.event_reasons", "power cap, thermal slowdown (software)"},
                  {"gpu0.utilisation_percent", "99"}});
  add_conditions(series, 20, {{"cpu.clock_mhz", "none"}, {"gpu0.event_reasons", "power cap"}});
  EXPECT_EQ(series, (std::vector<ConditionSeries>{{"cpu.clock_mhz", {{10, 3400.0}}},
                                                  {"cpu.temperature_c", {{10, 61.5}}},
                                                  {"cpu.throttle_count", {{10, 7.0}}},
                                                  {"gpu0.thermal_slowdown", {{10, 1.0}, {20, 0.0}}}}));
}

TEST(Conditions, OfALongLoadAreKeptAtWiderDistances) {
  std::vector<ConditionSeries> series{{"cpu.clock_mhz", {}}};
  for (int i = 0; i < 128; ++i) series[0].at.emplace_back(i, 1.0 * i);
  thin_out(series);
  EXPECT_EQ(series[0].at.size(), 128U);
  series[0].at.emplace_back(128, 128.0);
  thin_out(series);
  ASSERT_EQ(series[0].at.size(), 65U);
  EXPECT_EQ(series[0].at[0].first, 0);
  EXPECT_EQ(series[0].at[1].first, 2);
  EXPECT_EQ(series[0].at[64].first, 128);
}

TEST(ConditionWatch, ReadsFromTheBeginningToTheEnd) {
  std::mutex mutex;
  std::condition_variable changed;
  int reads = 0;
  ConditionWatch watch(
      [&] {
        const std::lock_guard lock(mutex);
        ++reads;
        changed.notify_all();
        return std::map<std::string, std::string>{{"cpu.temperature_c", std::to_string(reads)}};
      },
      std::chrono::milliseconds(1));
  {
    // More than are kept: every second one is then left out.
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return reads >= 200; });
  }
  const auto series = watch.stop();
  ASSERT_EQ(series.size(), 1U);
  const auto& at = series[0].at;
  ASSERT_GE(at.size(), 64U);
  EXPECT_LE(at.size(), 129U);
  EXPECT_EQ(at.front().second, 1.0);
  EXPECT_EQ(at.back().second, reads) << "stop() reads a last time";
  for (std::size_t i = 1; i < at.size(); ++i) EXPECT_LT(at[i - 1].first, at[i].first);
}

}  // namespace
}  // namespace edgeeval
