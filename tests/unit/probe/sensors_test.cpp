// SPDX-License-Identifier: Apache-2.0
#include "probe/sensors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/probe/fixtures.hpp"

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
  EXPECT_EQ(all.size(), 5U);
  for (const auto& finding : all) {
    EXPECT_FALSE(finding.found) << finding.name;
    EXPECT_FALSE(finding.readable) << finding.name;
    EXPECT_FALSE(finding.why_not.empty()) << finding.name;
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

TEST(Sensors, ListMetersOfTheBoard) {
  const FakeRoot root;
  root.put("sys/class/hwmon/hwmon0/name", "ina3221\n");
  root.put("sys/class/hwmon/hwmon0/temp1_input", "1\n");
  EXPECT_FALSE(sensor(root, "hwmon").found);
  root.put("sys/class/hwmon/hwmon0/power1_input", "5000000\n");
  EXPECT_TRUE(sensor(root, "hwmon").readable);
  EXPECT_EQ(sensor(root, "hwmon").detail, "ina3221 power1_input");
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
  EXPECT_EQ(finding.detail, "Fake A (energy counter), Fake B (power only)");
}

}  // namespace
}  // namespace edgeeval
