// SPDX-License-Identifier: Apache-2.0
#include "probe/cpu_counters.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

class CpuCounters : public ::testing::Test {
 protected:
  SourceSet open(const Sysfs& sysfs) {
    return open_cpu_counters(sysfs, clock_, events_, [] {});
  }
  void put_zones() const {
    put_rapl(root_, "intel-rapl:0", "package-0", 1);
    put_rapl(root_, "intel-rapl:0:0", "core", 1);
    put_rapl(root_, "intel-rapl:0:1", "dram", 1);
  }
  FakeRoot root_;
  FakeClock clock_;
  std::shared_ptr<FakePerfEvents> events_ = std::make_shared<FakePerfEvents>();
};

TEST_F(CpuCounters, PrefersPerfAndReadsNothingTwice) {
  put_zones();
  put_pmu(root_, {{"energy-pkg", 2}, {"energy-ram", 3}});
  const auto set = open(root_.path());
  EXPECT_EQ(ids(set.probes), (std::vector<std::string>{"perf:package-0", "perf:dram-0"}));
}

TEST_F(CpuCounters, TakesPowercapWherePerfIsRefused) {
  put_zones();
  put_pmu(root_, {{"energy-pkg", 2}});
  events_->refused = {2};
  const auto set = open(root_.path());
  EXPECT_EQ(ids(set.probes),
            (std::vector<std::string>{"rapl:0:package-0", "rapl:0:0:core", "rapl:0:1:dram"}));
  EXPECT_TRUE(mentions(set.notes, "perf_event_paranoid"));
}

TEST_F(CpuCounters, TakesMemoryFromPowercapWherePerfHasNone) {
  put_zones();
  put_pmu(root_, {{"energy-pkg", 2}});
  const auto set = open(root_.path());
  EXPECT_EQ(ids(set.probes), (std::vector<std::string>{"perf:package-0", "rapl:0:1:dram"}));
  EXPECT_EQ(set.probes[1]->info().parent, "");
}

TEST_F(CpuCounters, CountsPackageAndMemoryBySelvesWhereThePlatformIsLeftOut) {
  put_zones();
  put_rapl(root_, "intel-rapl:1", "psys", 1);
  const auto set = open(root_.path());  // Nothing moves, so the platform holds nothing.
  EXPECT_EQ(find_probe(set.probes, "rapl:1:psys"), nullptr);
  EXPECT_EQ(find_probe(set.probes, "rapl:0:package-0")->info().parent, "");
  EXPECT_EQ(find_probe(set.probes, "rapl:0:1:dram")->info().parent, "");
  EXPECT_EQ(find_probe(set.probes, "rapl:0:0:core")->info().parent, "rapl:0:package-0");
}

TEST_F(CpuCounters, PutsMemoryOfOneWayUnderThePlatformOfTheOther) {
  put_zones();
  put_pmu(root_, {{"energy-pkg", 2}, {"energy-psys", 5}});
  const auto advance = [&] {
    events_->counts[{2, 0}] += std::uint64_t{1} << 30;
    events_->counts[{5, 0}] += std::uint64_t{1} << 31;
  };
  const auto set = open_cpu_counters(root_.path(), clock_, events_, advance);
  EXPECT_EQ(find_probe(set.probes, "rapl:0:1:dram")->info().parent, "perf:psys-0");
  EXPECT_EQ(find_probe(set.probes, "perf:package-0")->info().parent, "perf:psys-0");
}

TEST_F(CpuCounters, SayWhyThereAreNone) {
  put_zones();
  put_pmu(root_, {{"energy-pkg", 2}});
  events_->refused = {2};
  const auto set = open(failing(root_, {{"energy_uj", EACCES}}));
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "perf_event_paranoid"));
  EXPECT_TRUE(mentions(set.notes, "chmod"));
}

}  // namespace
}  // namespace edgeeval
