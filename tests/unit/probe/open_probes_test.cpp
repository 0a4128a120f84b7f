// SPDX-License-Identifier: Apache-2.0
#include "probe/open_probes.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

class OpenSources : public ::testing::Test {
 protected:
  OpenSources() {
    root_.put_cpu(1, 1);
    root_.put("proc/meminfo", "MemTotal: 24000000 kB\n");
    root_.put("proc/cpuinfo", "flags : fpu hypervisor\n");
    options_.root = root_.path();
    options_.perf = events_;
    options_.wait = [] {};
  }
  OpenedSources open() { return open_sources(clock_, options_); }
  void bare_metal() const { root_.put("proc/cpuinfo", "flags : fpu\n"); }
  void discharging_battery() const {
    root_.put("sys/class/power_supply/BAT0/type", "Battery\n");
    root_.put("sys/class/power_supply/BAT0/status", "Discharging\n");
    root_.put("sys/class/power_supply/BAT0/energy_now", "40000000\n");
    root_.put("sys/class/power_supply/BAT0/power_now", "9000000\n");
  }
  void server_supply() {
    root_.put("dev/ipmi0", "");
    root_.put("bin/ipmitool", "#!/bin/sh\necho 'Instantaneous power reading: 300 Watts'\n");
    std::filesystem::permissions(root_.path() / "bin/ipmitool", std::filesystem::perms::owner_all);
    options_.ipmi = {(root_.path() / "bin/ipmitool").string(), std::chrono::seconds(20)};
  }
  FakeRoot root_;
  FakeClock clock_;
  std::shared_ptr<FakePerfEvents> events_ = std::make_shared<FakePerfEvents>();
  SourceOptions options_;
};

/// What would be summed: the points that no opened point contains.
std::vector<std::string> counted(const OpenedSources& sources) {
  std::vector<std::string> points;
  for (const auto& probe : sources.probes) {
    const auto& info = probe->info();
    if (info.parent.empty() && info.measuring_point() == info.id) points.push_back(info.id);
    if (!info.parent.empty()) {
      EXPECT_NE(find_probe(sources.probes, info.parent), nullptr) << info.id << info.parent;
    }
    EXPECT_NE(info.parent, info.measuring_point());
  }
  return points;
}

TEST_F(OpenSources, FallBackToModelsOnAVirtualMachine) {
  const auto sources = open();
  ASSERT_EQ(ids(sources.probes), (std::vector<std::string>{"cpu-model", "memory-model"}));
  EXPECT_EQ(sources.probes[0]->info().boundary, "vcpu");
  EXPECT_EQ(sources.probes[0]->info().kind, ReadingKind::model);
  EXPECT_EQ(sources.conditions.size(), 1U);
}

TEST_F(OpenSources, TakeTheCoefficientsOfTheProvider) {
  root_.put("sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
  EXPECT_NE(open().probes.at(0)->info().detail.find("(AWS)"), std::string::npos);
  root_.put("sys/class/dmi/id/sys_vendor", "QEMU\n");
  EXPECT_NE(open().probes.at(0)->info().detail.find("means of"), std::string::npos);
}

TEST_F(OpenSources, ModelThePackageOnBareMetalByWhatIsKnownOfItsPower) {
  bare_metal();
  EXPECT_EQ(open().probes.at(0)->info().boundary, "package");
  EXPECT_NE(open().probes.at(0)->info().title.find("not known"), std::string::npos);
  root_.put("proc/cpuinfo",
            "flags : fpu\nmodel name : AMD EPYC 7763 64-Core Processor\nphysical id : 0\nphysical id : 1\n");
  EXPECT_NE(open().probes.at(0)->info().detail.find("W = 560 W"), std::string::npos);
  root_.put("sys/class/powercap/intel-rapl:0/name", "package-0\n");
  root_.put("sys/class/powercap/intel-rapl:0/constraint_0_name", "long_term\n");
  root_.put("sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "65000000\n");
  EXPECT_NE(open().probes.at(0)->info().detail.find("W = 65 W"), std::string::npos)
      << "the counter cannot be read, the limit can";
}

TEST_F(OpenSources, PreferTheCountersAndCountNothingTwice) {
  put_rapl(root_, "intel-rapl:0", "package-0", 5);
  put_rapl(root_, "intel-rapl:0:0", "core", 5);
  put_rapl(root_, "intel-rapl:0:1", "dram", 5);
  put_rapl(root_, "intel-rapl:1", "psys", 5);
  EXPECT_EQ(counted(open()), (std::vector<std::string>{"rapl:0:package-0", "rapl:0:1:dram"}));
}

TEST_F(OpenSources, CountThePlatformAloneWhereItHoldsTheRest) {
  put_pmu(root_, {{"energy-pkg", 2}, {"energy-cores", 1}, {"energy-ram", 3}, {"energy-psys", 5}});
  options_.wait = [&] {
    events_->counts[{2, 0}] += std::uint64_t{1} << 30;
    events_->counts[{5, 0}] += std::uint64_t{1} << 31;
  };
  EXPECT_EQ(counted(open()), std::vector<std::string>{"perf:psys-0"});
}

TEST_F(OpenSources, ModelMemoryBesideACountedPackage) {
  put_rapl(root_, "intel-rapl:0", "package-0", 5);
  EXPECT_EQ(ids(open().probes), (std::vector<std::string>{"rapl:0:package-0", "memory-model"}));
}

TEST_F(OpenSources, ModelAllPackagesWhereOneCannotBeRead) {
  put_rapl(root_, "intel-rapl:0", "package-0", 5);
  put_rapl(root_, "intel-rapl:1", "package-1", 5);
  root_.put("sys/class/powercap/intel-rapl:1/energy_uj", "");
  const auto sources = open();
  EXPECT_EQ(ids(sources.probes), (std::vector<std::string>{"cpu-model", "memory-model"}));
  EXPECT_TRUE(mentions(sources.notes, "package-1"));
}

TEST_F(OpenSources, PutEverythingInsideTheWholeMachine) {
  put_rapl(root_, "intel-rapl:0", "package-0", 5);
  root_.put("sys/class/hwmon/hwmon0/name", "xe\n");
  root_.put("sys/class/hwmon/hwmon0/energy1_input", "5\n");
  server_supply();
  const auto sources = open();
  EXPECT_EQ(counted(sources), std::vector<std::string>{"ipmi:dcmi"});
  EXPECT_EQ(find_probe(sources.probes, "rapl:0:package-0")->info().parent, "ipmi:dcmi");
  EXPECT_EQ(find_probe(sources.probes, "memory-model")->info().parent, "ipmi:dcmi") << "models too";
  EXPECT_EQ(find_probe(sources.probes, "ipmi:dcmi")->read()->power, Watts(300.0))
      << "placing changes no reading";
}

TEST_F(OpenSources, NestOneWholeInsideTheOther) {
  discharging_battery();
  server_supply();
  const auto sources = open();
  EXPECT_EQ(counted(sources), std::vector<std::string>{"ipmi:dcmi"});
  EXPECT_EQ(find_probe(sources.probes, "battery")->info().parent, "ipmi:dcmi");
  EXPECT_EQ(find_probe(sources.probes, "battery#power")->info().parent, "ipmi:dcmi");
  EXPECT_EQ(find_probe(sources.probes, "cpu-model")->info().parent, "battery");
}

TEST_F(OpenSources, PutTheModelsOfAJetsonInsideItsModule) {
  bare_metal();
  root_.put("sys/class/hwmon/hwmon0/name", "ina3221\n");
  root_.put("sys/class/hwmon/hwmon0/in1_label", "VDD_IN\n");
  root_.put("sys/class/hwmon/hwmon0/in1_input", "5000\n");
  root_.put("sys/class/hwmon/hwmon0/curr1_input", "1000\n");
  const auto sources = open();
  EXPECT_EQ(counted(sources), std::vector<std::string>{"ina3221:hwmon0:1"});
  EXPECT_NE(find_probe(sources.probes, "cpu-model"), nullptr);
}

TEST_F(OpenSources, ReadNoSensorBesideARecording) {
  put_rapl(root_, "intel-rapl:0", "package-0", 5);
  root_.put("r.csv", "t_s,cpu_j\n0,1\n1,2\n");
  options_.replay = (root_.path() / "r.csv").string();
  const auto sources = open();
  EXPECT_EQ(ids(sources.probes), std::vector<std::string>{"replay:cpu"});
  EXPECT_TRUE(mentions(sources.notes, "no sensor of this machine"));
  options_.replay = (root_.path() / "gone.csv").string();
  EXPECT_TRUE(open().probes.empty());
}

TEST_F(OpenSources, RefuseARecordingThatCannotBeRead) {
  EXPECT_FALSE(open().refused.has_value());
  options_.replay = (root_.path() / "r.csv").string();
  for (const char* broken :
       {"", "time,cpu_j\n0,1\n", "t_s,cpu_j\n1,1\n0,2\n", "t_s,cpu_j\n0,nan\n", "t_s,cpu_j,cpu_j\n0,1,1\n"}) {
    root_.put("r.csv", broken);
    const auto sources = open();
    ASSERT_TRUE(sources.refused.has_value()) << broken;
    EXPECT_EQ(sources.refused->code, ErrorCode::invalid_table);
    EXPECT_EQ(sources.refused->message.rfind("EDGEEVAL_REPLAY: ", 0), 0U);
    EXPECT_NE(sources.refused->where.find("r.csv:"), std::string::npos);
    EXPECT_TRUE(sources.probes.empty());
  }
  options_.replay = (root_.path() / "gone.csv").string();
  const auto gone = open().refused;
  ASSERT_TRUE(gone.has_value());
  EXPECT_EQ(gone->code, ErrorCode::io);
  EXPECT_NE(gone->where.find("gone.csv"), std::string::npos);
}

TEST_F(OpenSources, RefuseAPlugThatIsNotUnderstoodAndStillOpenTheRest) {
  options_.plug = "http://x";
  const auto sources = open();
  ASSERT_TRUE(sources.refused.has_value());
  EXPECT_EQ(sources.refused->code, ErrorCode::usage);
  EXPECT_EQ(sources.refused->message.rfind("EDGEEVAL_PLUG: \"http://x\"", 0), 0U);
  EXPECT_FALSE(sources.probes.empty()) << "doctor lists them";
}

TEST_F(OpenSources, AreNoneWhereNothingCanBeRead) {
  const FakeRoot empty;
  options_.root = empty.path();
  EXPECT_TRUE(open().probes.empty());
  EXPECT_TRUE(open_probes(clock_, empty.path()).empty());
}

TEST_F(OpenSources, TakePlugAndRecordingFromTheEnvironment) {
  ::setenv("EDGEEVAL_PLUG", "shelly://192.0.2.1", 1);
  ::setenv("EDGEEVAL_REPLAY", "r.csv", 1);
  const auto options = source_options_from_environment();
  ::unsetenv("EDGEEVAL_PLUG");
  ::unsetenv("EDGEEVAL_REPLAY");
  EXPECT_EQ(options.plug, "shelly://192.0.2.1");
  EXPECT_EQ(options.replay, "r.csv");
  EXPECT_EQ(source_options_from_environment().plug, "");
}

}  // namespace
}  // namespace edgeeval
