// SPDX-License-Identifier: Apache-2.0
#include "probe/rapl_checks.hpp"

#include <gtest/gtest.h>

#include "probe/rapl.hpp"
#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

class RaplChecks : public ::testing::Test {
 protected:
  /// Lets every counter named here go on by its µJ with each wait.
  LetTimePass steps(std::map<std::string, std::pair<std::string, std::uint64_t>> by_folder) {
    return [this, by_folder = std::move(by_folder)] {
      clock_.advance(0.005);
      ++waits_;
      for (const auto& [folder, step] : by_folder) {
        put_rapl(root_, folder, step.first, 1000 + step.second * static_cast<std::uint64_t>(waits_) + extra_);
      }
    };
  }
  FakeRoot root_;
  FakeClock clock_;
  int waits_ = 0;
  std::uint64_t extra_ = 0;
};

// codecarbon issue 1274: two dies that show one register were added: 68 + 68 W = "137 W".
TEST_F(RaplChecks, Codecarbon1274LeavesOutTheMirroredDie) {
  put_rapl(root_, "intel-rapl:0", "package-0-die-0", 1000);
  put_rapl(root_, "intel-rapl:1", "package-0-die-1", 1000);
  put_rapl(root_, "intel-rapl:1:0", "core", 1000);
  auto set = open_rapl(root_.path(), clock_);
  leave_out_doubtful_counters(set, steps({{"intel-rapl:0", {"package-0-die-0", 340'017}},
                                          {"intel-rapl:1", {"package-0-die-1", 340'017}},
                                          {"intel-rapl:1:0", {"core", 200'000}}}));
  EXPECT_EQ(ids(set.probes), std::vector<std::string>{"rapl:0:package-0-die-0"});
  EXPECT_TRUE(mentions(set.notes, "same register"));
  EXPECT_TRUE(mentions(set.notes, "part of a counter that is left out"));
}

TEST_F(RaplChecks, KeepsPackagesOfNearlyEqualPower) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1000);
  put_rapl(root_, "intel-rapl:1", "package-1", 1000);
  auto set = open_rapl(root_.path(), clock_);
  leave_out_doubtful_counters(
      set, steps({{"intel-rapl:0", {"package-0", 340'017}}, {"intel-rapl:1", {"package-1", 340'078}}}));
  EXPECT_EQ(set.probes.size(), 2U);
  EXPECT_TRUE(set.notes.empty());
}

TEST_F(RaplChecks, DoesNotTakeTwoThatRestForMirrors) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1000);
  put_rapl(root_, "intel-rapl:1", "package-1", 1000);
  auto set = open_rapl(root_.path(), clock_);
  leave_out_doubtful_counters(set, [] {});
  EXPECT_EQ(set.probes.size(), 2U);
}

TEST_F(RaplChecks, KeepsAPlatformThatHoldsItsPackage) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1000);
  put_rapl(root_, "intel-rapl:1", "psys", 1000);
  auto set = open_rapl(root_.path(), clock_);
  leave_out_doubtful_counters(
      set, steps({{"intel-rapl:0", {"package-0", 50'000}}, {"intel-rapl:1", {"psys", 90'000}}}));
  EXPECT_EQ(set.probes.size(), 2U);
}

TEST_F(RaplChecks, LeavesOutAPlatformThatTheBoardDoesNotWire) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1000);
  put_rapl(root_, "intel-rapl:1", "psys", 1000);
  auto set = open_rapl(root_.path(), clock_);
  leave_out_doubtful_counters(
      set, steps({{"intel-rapl:0", {"package-0", 50'000}}, {"intel-rapl:1", {"psys", 1'000}}}));
  EXPECT_EQ(ids(set.probes), std::vector<std::string>{"rapl:0:package-0"});
  EXPECT_TRUE(mentions(set.notes, "less than the packages"));
}

TEST_F(RaplChecks, DoesNotWaitWhereNothingIsInDoubt) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1000);
  auto set = open_rapl(root_.path(), clock_);
  leave_out_doubtful_counters(set, [] { ADD_FAILURE() << "starting up must not take longer for this"; });
  EXPECT_EQ(set.probes.size(), 1U);
}

}  // namespace
}  // namespace edgeeval
