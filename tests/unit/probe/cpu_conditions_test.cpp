// SPDX-License-Identifier: Apache-2.0
#include "probe/cpu_conditions.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

std::map<std::string, std::string> conditions(const FakeRoot& root) {
  CpuConditions source{Sysfs(root.path())};
  std::map<std::string, std::string> found;
  for (const auto& condition : source.read()) {
    EXPECT_EQ(condition.device, "cpu");
    found[condition.name] = condition.value;
  }
  return found;
}

TEST(CpuConditions, AreWhatTheKernelTells) {
  const FakeRoot root;
  root.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  root.put("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  root.put("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "2000000\n");
  root.put("sys/devices/system/cpu/cpufreq/policy1/scaling_cur_freq", "3000000\n");
  root.put("sys/class/hwmon/hwmon1/name", "coretemp\n");
  root.put("sys/class/hwmon/hwmon1/temp1_label", "Package id 0\n");
  root.put("sys/class/hwmon/hwmon1/temp1_input", "61500\n");
  root.put("sys/class/hwmon/hwmon1/temp2_label", "Core 0\n");
  root.put("sys/class/hwmon/hwmon1/temp2_input", "80000\n");
  root.put_cpu(100, 100, 250);
  EXPECT_EQ(conditions(root), (std::map<std::string, std::string>{{"governor", "powersave"},
                                                                  {"turbo", "off"},
                                                                  {"temperature_c", "61.5"},
                                                                  {"clock_mhz", "2500"},
                                                                  {"steal_s", "2.50"}}));
}

TEST(CpuConditions, TakeTheThermalZoneWhereNoChipTells) {
  const FakeRoot root;
  root.put("sys/class/thermal/thermal_zone0/type", "acpitz\n");
  root.put("sys/class/thermal/thermal_zone0/temp", "99000\n");
  root.put("sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n");
  root.put("sys/class/thermal/thermal_zone1/temp", "45000\n");
  root.put("sys/devices/system/cpu/cpufreq/boost", "1\n");
  EXPECT_EQ(conditions(root),
            (std::map<std::string, std::string>{{"temperature_c", "45.0"}, {"turbo", "on"}}));
}

TEST(CpuConditions, TellHowOftenAndHowFarTheCpuIsSlowedDownForItsHeat) {
  const FakeRoot root;
  root.put("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "3\n");
  root.put("sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "11\n");
  root.put("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "7\n");
  root.put("sys/devices/system/cpu/cpufreq/thermal_throttle/core_throttle_count", "99\n");
  root.put("sys/class/thermal/cooling_device0/type", "thermal-cpufreq-0\n");
  root.put("sys/class/thermal/cooling_device0/cur_state", "2\n");
  root.put("sys/class/thermal/cooling_device1/type", "pwm-fan\n");
  root.put("sys/class/thermal/cooling_device1/cur_state", "4\n");
  EXPECT_EQ(conditions(root),
            (std::map<std::string, std::string>{{"throttle_count", "11"}, {"cooling_state", "2"}}));
}

TEST(CpuConditions, AreLeftOutWhereNothingTells) { EXPECT_TRUE(conditions(FakeRoot()).empty()); }

}  // namespace
}  // namespace edgeeval
