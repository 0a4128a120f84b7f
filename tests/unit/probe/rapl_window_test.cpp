// SPDX-License-Identifier: Apache-2.0
// Windows over powercap counters that were not read for long, or were reset
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "energy/counter_window.hpp"
#include "probe/rapl.hpp"
#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

/// What a window of 99 s at 50 W came to, read every 0.1 s but where `skipped`; `shown` maps the true µJ to
/// the file.
class RaplWindow : public ::testing::Test {
 protected:
  energy::EstimateResult measure(const std::function<bool(double)>& skipped,
                                 const std::function<std::uint64_t(double, std::uint64_t)>& shown) {
    put_rapl(root_, "intel-rapl:0", "package-0", 0);
    const Sysfs plain(root_.path());
    std::uint64_t counter = shown(0.0, 0);
    const Sysfs sysfs(root_.path(), [&](const std::filesystem::path& path) -> Result<std::string> {
      return path.filename() == "energy_uj" ? std::to_string(counter) : plain.text(path);
    });
    const auto probe = std::move(RaplProbe::open(find_rapl_zones(sysfs).at(0), clock_, sysfs).value());
    energy::Series series{probe->info(), {}, {}};
    const auto epoch = clock_.now();
    const auto since = [&](SteadyTime time) { return std::chrono::duration<double>(time - epoch).count(); };
    for (int tick = 0; tick <= 1010; ++tick) {
      if (tick > 0) clock_.advance(0.1);
      const double at_s = 0.1 * tick;
      if (skipped(at_s)) continue;
      counter = shown(at_s, static_cast<std::uint64_t>(tick) * 5'000'000);
      const auto reading = probe->read();
      if (!reading) {
        series.failures.push_back({since(clock_.now()), reading.error().message});
        continue;
      }
      series.samples.push_back({since(reading->before), since(reading->after), reading->energy.value(),
                                reading->bounds.lo.value(), reading->bounds.hi.value()});
    }
    return energy::counter_window(series, {1.0, 100.0});
  }
  FakeRoot root_;
  FakeClock clock_;
  static void expect_truth_and_flag(const energy::EstimateResult& result) {
    ASSERT_TRUE(result.has_value()) << result.error().reason;
    constexpr double kTruth = 50.0 * 99.0;
    EXPECT_LE(result->lo_j, kTruth);
    EXPECT_GE(result->hi_j, kTruth);
    EXPECT_NEAR(result->joules, kTruth, 0.02 * kTruth) << "the gap at the mean power elsewhere";
    EXPECT_NE(std::find(result->flags.begin(), result->flags.end(), "reset"), result->flags.end());
  }
};

// 1445 J with hard bounds were told instead of 4950 J.
TEST_F(RaplWindow, HoldsTheTruthOverAGapThatTheCounterMayHaveGoneRoundIn) {
  expect_truth_and_flag(measure([](double at_s) { return at_s > 20.05 && at_s < 90.05; },
                                [](double, std::uint64_t truth) { return 9'000'000 + truth; }));
}

TEST_F(RaplWindow, HoldsTheTruthOverAGapRightAfterItsBeginning) {
  expect_truth_and_flag(measure([](double at_s) { return at_s > 0.05 && at_s < 70.05; },
                                [](double, std::uint64_t truth) { return 9'000'000 + truth; }));
}

TEST_F(RaplWindow, HoldsTheTruthOverAReset) {
  expect_truth_and_flag(
      measure([](double) { return false; },
              [](double at_s, std::uint64_t truth) { return truth + (at_s < 50.0 ? 90'000'000'000 : 0); }));
}

TEST_F(RaplWindow, LosesNothingByReadsThatFailForLessThanAQuarterTurn) {
  const auto result = measure([](double at_s) { return at_s > 20.05 && at_s < 80.05; },
                              [](double, std::uint64_t truth) { return 9'000'000 + truth; });
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->joules, 4950.0, 1.0);
  EXPECT_EQ(std::count(result->flags.begin(), result->flags.end(), "reset"), 0);
}

}  // namespace
}  // namespace edgeeval
