// SPDX-License-Identifier: Apache-2.0
#include "probe/sensors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

constexpr const char* kNoNvml = "libedgeeval-not-there.so.1";

SensorFinding sensor(const FakeRoot& root, const std::string& name, const std::string& nvml = kNoNvml) {
  const auto all = find_sensors(root.path(), nvml);
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const SensorFinding& s) { return s.name.find(name) != std::string::npos; });
  if (found == all.end()) ADD_FAILURE() << "no finding about " << name;
  return found == all.end() ? SensorFinding{} : *found;
}

TEST(Sensors, AreMissingWithAReasonOnABareMachine) {
  const FakeRoot root;
  const auto all = find_sensors(root.path(), kNoNvml);
  EXPECT_EQ(all.size(), 10U);
  for (const auto& finding : all) {
    EXPECT_FALSE(finding.found) << finding.name;
    EXPECT_FALSE(finding.readable) << finding.name;
    EXPECT_FALSE(finding.why_not.empty()) << finding.name;
    EXPECT_TRUE(finding.name == "battery" || finding.name.find("hwmon") != std::string::npos ||
                !finding.how_to_get.empty())
        << finding.name;
  }
}

TEST(Sensors, TellAVirtualMachineFromAMissingDriver) {
  const FakeRoot root;
  EXPECT_NE(sensor(root, "powercap").how_to_get.find("modprobe"), std::string::npos);
  root.put("proc/cpuinfo", "flags : fpu hypervisor\n");
  EXPECT_NE(sensor(root, "powercap").why_not.find("virtual machine"), std::string::npos);
}

TEST(Sensors, KnowACounterThatOnlyRootMayReadFromOneThatAnswers) {
  const FakeRoot root;
  root.put("sys/class/powercap/intel-rapl:0/name", "package-0\n");
  const auto locked = sensor(root, "powercap");
  EXPECT_TRUE(locked.found);
  EXPECT_FALSE(locked.readable);
  EXPECT_NE(locked.how_to_get.find("chmod"), std::string::npos);
  root.put("sys/class/powercap/intel-rapl:0/energy_uj", "12\n");
  const auto open = sensor(root, "powercap");
  EXPECT_TRUE(open.readable);
  EXPECT_TRUE(open.used);
  EXPECT_EQ(open.detail, "package-0");
  EXPECT_TRUE(open.why_not.empty());
}

TEST(Sensors, ListMetersOfTheBoardAndUseThoseWhosePlaceIsTold) {
  const FakeRoot root;
  root.put("sys/class/hwmon/hwmon0/name", "ina226\n");
  root.put("sys/class/hwmon/hwmon0/temp1_input", "1\n");
  EXPECT_FALSE(sensor(root, "board meters").found);
  root.put("sys/class/hwmon/hwmon0/power1_input", "5000000\n");
  EXPECT_TRUE(sensor(root, "board meters").readable);
  EXPECT_FALSE(sensor(root, "board meters").used);
  EXPECT_EQ(sensor(root, "board meters").detail, "ina226 power1_input");
  EXPECT_NE(sensor(root, "board meters").why_not.find("listed only"), std::string::npos);
  root.put("sys/class/hwmon/hwmon1/name", "power_meter\n");
  root.put("sys/class/hwmon/hwmon1/power1_average", "5000000\n");
  EXPECT_TRUE(sensor(root, "board meters").used);
  EXPECT_TRUE(sensor(root, "board meters").why_not.empty());
}

TEST(Sensors, ListAmdGpusApart) {
  const FakeRoot root;
  root.put("sys/class/hwmon/hwmon0/name", "amdgpu\n");
  root.put("sys/class/hwmon/hwmon0/power1_average", "5000000\n");
  EXPECT_FALSE(sensor(root, "board meters").found);
  EXPECT_TRUE(sensor(root, "AMD").readable);
}

TEST(Sensors, ListSupplyRails) {
  const FakeRoot root;
  root.put("sys/class/hwmon/hwmon0/name", "ina3221\n");
  root.put("sys/class/hwmon/hwmon0/in1_label", "VDD_IN\n");
  root.put("sys/class/hwmon/hwmon0/in1_input", "5000\n");
  root.put("sys/class/hwmon/hwmon0/curr1_input", "1000\n");
  EXPECT_TRUE(sensor(root, "INA3221").readable);
  EXPECT_EQ(sensor(root, "INA3221").detail, "supply rail VDD_IN");
}

TEST(Sensors, NameTheRightThatPerfLacks) {
  const FakeRoot root;
  put_pmu(root, {{"energy-pkg", 2}});
  root.put("proc/sys/kernel/perf_event_paranoid", "3\n");
  SourceOptions options;
  options.root = root.path();
  const auto events = std::make_shared<FakePerfEvents>();
  options.perf = events;
  EXPECT_TRUE(find_sensors(options, kNoNvml).at(1).readable);
  events->refused = {2};
  const auto refused = find_sensors(options, kNoNvml).at(1);
  EXPECT_FALSE(refused.readable);
  EXPECT_NE(refused.why_not.find("paranoid is 3"), std::string::npos);
  EXPECT_EQ(refused.how_to_get.rfind("sudo sysctl kernel.perf_event_paranoid=0", 0), 0U);
}

TEST(Sensors, SayThatAControllerLacksItsTool) {
  const FakeRoot root;
  root.put("dev/ipmi0", "");
  SourceOptions options;
  options.root = root.path();
  options.ipmi.program = "edgeeval-no-such-ipmitool";
  const auto finding = find_sensors(options, kNoNvml).at(7);
  EXPECT_TRUE(finding.found);
  EXPECT_FALSE(finding.readable);
  EXPECT_EQ(finding.how_to_get, "sudo apt-get install ipmitool");
}

TEST(Sensors, TryTheRecordingThatIsNamed) {
  const FakeRoot root;
  root.put("r.csv", "t_s,cpu_j\n0,1\n");
  SourceOptions options;
  options.root = root.path();
  options.replay = (root.path() / "r.csv").string();
  EXPECT_TRUE(find_sensors(options, kNoNvml).at(9).readable);
  root.put("r.csv", "nonsense\n");
  EXPECT_FALSE(find_sensors(options, kNoNvml).at(9).readable);
}

TEST(Sensors, RefuseABatteryOnMains) {
  const FakeRoot root;
  root.put("sys/class/power_supply/AC/type", "Mains\n");
  EXPECT_FALSE(sensor(root, "battery").found);
  root.put("sys/class/power_supply/BAT0/type", "Battery\n");
  root.put("sys/class/power_supply/BAT0/energy_now", "40000000\n");
  root.put("sys/class/power_supply/BAT0/status", "Charging\n");
  EXPECT_FALSE(sensor(root, "battery").readable);
  EXPECT_NE(sensor(root, "battery").how_to_get.find("unplug"), std::string::npos);
  root.put("sys/class/power_supply/BAT0/status", "Discharging\n");
  EXPECT_TRUE(sensor(root, "battery").readable);
  EXPECT_TRUE(sensor(root, "battery").why_not.empty());
}

TEST(Sensors, DescribeGpusByWhatTheirDriverAnswers) {
  const auto finding = sensor(FakeRoot(), "NVML", FAKE_NVML);
  EXPECT_TRUE(finding.readable);
  EXPECT_TRUE(finding.used);
  EXPECT_TRUE(finding.why_not.empty());
  EXPECT_EQ(finding.detail, "Fake A (energy counter), Fake B (power only)");
}

}  // namespace
}  // namespace edgeeval
