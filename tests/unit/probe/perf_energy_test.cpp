// SPDX-License-Identifier: Apache-2.0
#include "probe/perf_energy.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

constexpr std::uint64_t kPackage = 2;
constexpr std::uint64_t kJoule = std::uint64_t{1} << 32;  // In units of 2^-32 J.

class PerfEnergy : public ::testing::Test {
 protected:
  FakeRoot root_;
  FakeClock clock_;
  std::shared_ptr<FakePerfEvents> events_ = std::make_shared<FakePerfEvents>();
};

TEST_F(PerfEnergy, CountsJoulesInTheScaleOfSysfs) {
  put_pmu(root_, {{"energy-pkg", 2}});
  const auto set = open_perf_energy(root_.path(), clock_, events_);
  ASSERT_EQ(ids(set.probes), std::vector<std::string>{"perf:package-0"});
  events_->counts[{kPackage, 0}] = 5 * kJoule;
  EXPECT_NEAR(set.probes[0]->read()->energy.value(), 5.0, 1e-9);
  events_->counts[{kPackage, 0}] = 400'000 * kJoule;  // Past what 32 bits of hardware hold.
  EXPECT_NEAR(set.probes[0]->read()->energy.value(), 400'000.0, 1e-6);
}

TEST_F(PerfEnergy, OpensEveryPackageAndClosesAll) {
  put_pmu(root_, {{"energy-pkg", 2}, {"energy-cores", 1}, {"energy-ram", 3}}, "0,28");
  root_.put("sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n");
  root_.put("sys/devices/system/cpu/cpu28/topology/physical_package_id", "1\n");
  {
    const auto set = open_perf_energy(root_.path(), clock_, events_);
    EXPECT_EQ(ids(set.probes), (std::vector<std::string>{"perf:package-0", "perf:package-1", "perf:core-0",
                                                         "perf:core-1", "perf:dram-0", "perf:dram-1"}));
    EXPECT_EQ(find_probe(set.probes, "perf:core-1")->info().parent, "perf:package-1");
    EXPECT_EQ(find_probe(set.probes, "perf:dram-1")->info().parent, "");
    EXPECT_EQ(events_->open_descriptors, 6);
  }
  EXPECT_EQ(events_->open_descriptors, 0);
}

TEST_F(PerfEnergy, TellsDiesOfOnePackageApart) {
  put_pmu(root_, {{"energy-pkg", 2}}, "0-1");
  for (const char* cpu : {"0", "1"}) {
    root_.put(std::string("sys/devices/system/cpu/cpu") + cpu + "/topology/physical_package_id", "0\n");
    root_.put(std::string("sys/devices/system/cpu/cpu") + cpu + "/topology/die_id", std::string(cpu) + "\n");
  }
  EXPECT_EQ(ids(open_perf_energy(root_.path(), clock_, events_).probes),
            (std::vector<std::string>{"perf:package-0-die-0", "perf:package-0-die-1"}));
}

TEST_F(PerfEnergy, PutsPackageAndMemoryInsideThePlatform) {
  put_pmu(root_, {{"energy-pkg", 2}, {"energy-ram", 3}, {"energy-psys", 5}});
  const auto set = open_perf_energy(root_.path(), clock_, events_);
  EXPECT_EQ(find_probe(set.probes, "perf:package-0")->info().parent, "perf:psys-0");
  EXPECT_EQ(find_probe(set.probes, "perf:dram-0")->info().parent, "perf:psys-0");
}

TEST_F(PerfEnergy, NamesTheRightThatIsMissingAndTheCommand) {
  put_pmu(root_, {{"energy-pkg", 2}, {"energy-ram", 3}});
  root_.put("proc/sys/kernel/perf_event_paranoid", "3\n");
  events_->refused = {kPackage};
  const auto set = open_perf_energy(root_.path(), clock_, events_);
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "perf_event_paranoid is 3"));
  EXPECT_TRUE(mentions(set.notes, "sudo sysctl kernel.perf_event_paranoid=0"));
  EXPECT_TRUE(mentions(set.notes, "cap_perfmon"));
}

TEST_F(PerfEnergy, RefusesAUnitThatIsNotJoules) {
  put_pmu(root_, {{"energy-pkg", 2}});
  root_.put("sys/bus/event_source/devices/power/events/energy-pkg.unit", "Watts\n");
  const auto set = open_perf_energy(root_.path(), clock_, events_);
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "unit"));
}

TEST_F(PerfEnergy, LeavesOutSingleCores) {
  put_pmu(root_, {{"energy-pkg", 2}});
  root_.put("sys/bus/event_source/devices/power_core/type", "24\n");
  const auto set = open_perf_energy(root_.path(), clock_, events_);
  EXPECT_EQ(set.probes.size(), 1U);
  EXPECT_TRUE(mentions(set.notes, "power_core"));
}

TEST_F(PerfEnergy, FailsWhereTheEventIsGone) {
  put_pmu(root_, {{"energy-pkg", 2}});
  const auto set = open_perf_energy(root_.path(), clock_, events_);
  events_->gone = true;
  EXPECT_EQ(set.probes.at(0)->read().error().message, "the sensor is gone");
}

// likwid issue 642: memory of Sapphire Rapids read four times too low.
TEST_F(PerfEnergy, Likwid642RefusesMemoryOfAnOldKernelOnSapphireRapids) {
  put_pmu(root_, {{"energy-pkg", 2}, {"energy-ram", 3}});
  root_.put("proc/cpuinfo",
            "cpu family\t: 6\nmodel\t\t: 143\nmodel name\t: Intel(R) Xeon(R) Platinum 8480+\n");
  root_.put("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  const auto old = open_perf_energy(root_.path(), clock_, events_);
  EXPECT_EQ(ids(old.probes), std::vector<std::string>{"perf:package-0"});
  EXPECT_TRUE(mentions(old.notes, "before Linux 6.8"));
  root_.put("proc/sys/kernel/osrelease", "6.8.0-45-generic\n");
  EXPECT_EQ(open_perf_energy(root_.path(), clock_, events_).probes.size(), 2U);
  root_.put("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  root_.put("proc/cpuinfo", "cpu family\t: 6\nmodel\t\t: 106\nmodel name\t: Intel(R) Xeon(R) Gold 6338\n");
  EXPECT_EQ(open_perf_energy(root_.path(), clock_, events_).probes.size(), 2U);
}

TEST_F(PerfEnergy, IsNothingWithoutThePmu) {
  const auto set = open_perf_energy(root_.path(), clock_, events_);
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(set.notes.empty());
}

}  // namespace
}  // namespace edgeeval
