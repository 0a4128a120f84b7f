// SPDX-License-Identifier: Apache-2.0
#include "probe/open_probes.hpp"

#include <gtest/gtest.h>

#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

std::vector<std::string> ids(const std::vector<std::unique_ptr<Probe>>& probes) {
  std::vector<std::string> names;
  for (const auto& probe : probes) names.push_back(probe->info().id);
  return names;
}

class OpenProbes : public ::testing::Test {
 protected:
  OpenProbes() {
    root_.put_cpu(1, 1);
    root_.put("proc/meminfo", "MemTotal: 24000000 kB\n");
    root_.put("proc/cpuinfo", "flags : fpu hypervisor\n");
  }
  void zone(const std::string& folder, const std::string& name) const {
    root_.put("sys/class/powercap/" + folder + "/name", name + "\n");
    root_.put("sys/class/powercap/" + folder + "/max_energy_range_uj", "1000000\n");
    root_.put("sys/class/powercap/" + folder + "/energy_uj", "5\n");
  }
  FakeRoot root_;
  FakeClock clock_;
};

TEST_F(OpenProbes, FallsBackToModelsOnAVirtualMachine) {
  const auto probes = open_probes(clock_, root_.path());
  ASSERT_EQ(ids(probes), (std::vector<std::string>{"cpu-model", "memory-model"}));
  EXPECT_EQ(probes[0]->info().boundary, "vcpu");
}

TEST_F(OpenProbes, ModelsThePackageOnBareMetal) {
  root_.put("proc/cpuinfo", "flags : fpu\n");
  EXPECT_EQ(open_probes(clock_, root_.path()).at(0)->info().boundary, "package");
}

TEST_F(OpenProbes, PrefersTheCountersAndTakesNothingTwice) {
  zone("intel-rapl:0", "package-0");
  zone("intel-rapl:0:0", "core");
  zone("intel-rapl:0:1", "dram");
  zone("intel-rapl:1", "psys");
  EXPECT_EQ(ids(open_probes(clock_, root_.path())),
            (std::vector<std::string>{"rapl:0:package-0", "rapl:0:1:dram"}));
}

TEST_F(OpenProbes, ModelsMemoryBesideACountedPackage) {
  zone("intel-rapl:0", "package-0");
  EXPECT_EQ(ids(open_probes(clock_, root_.path())),
            (std::vector<std::string>{"rapl:0:package-0", "memory-model"}));
}

TEST_F(OpenProbes, ModelsAllPackagesWhereOneCannotBeRead) {
  zone("intel-rapl:0", "package-0");
  zone("intel-rapl:1", "package-1");
  root_.put("sys/class/powercap/intel-rapl:1/energy_uj", "");
  EXPECT_EQ(ids(open_probes(clock_, root_.path())), (std::vector<std::string>{"cpu-model", "memory-model"}));
}

TEST_F(OpenProbes, HasNoSourceWhereNothingCanBeRead) {
  EXPECT_TRUE(open_probes(clock_, FakeRoot().path()).empty());
}

}  // namespace
}  // namespace edgeeval
