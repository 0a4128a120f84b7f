// SPDX-License-Identifier: Apache-2.0
#include "probe/battery.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

class Battery : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::map<std::string, std::string>& files) const {
    for (const auto& [file, text] : files)
      root_.put("sys/class/power_supply/" + name + "/" + file, text + "\n");
  }
  FakeRoot root_;
  FakeClock clock_;
};

TEST_F(Battery, TellsWhatItHasFallenByAndItsPower) {
  put("BAT0",
      {{"type", "Battery"}, {"status", "Discharging"}, {"energy_now", "40000000"}, {"power_now", "9500000"}});
  const auto set = open_battery(root_.path(), clock_);
  ASSERT_EQ(ids(set.probes), (std::vector<std::string>{"battery", "battery#power"}));
  EXPECT_EQ(set.probes[1]->info().measuring_point(), "battery");
  put("BAT0", {{"energy_now", "39990000"}});
  EXPECT_NEAR(set.probes[0]->read()->energy.value(), 36.0, 1e-6);
  EXPECT_NEAR(set.probes[1]->read()->power.value(), 9.5, 1e-9);
  EXPECT_GT(set.probes[0]->info().character.resolution, 1.0) << "it is coarse, and says so";
}

TEST_F(Battery, MultipliesVoltsAndNegativeAmperes) {
  put("BAT0", {{"type", "Battery"},
               {"status", "Discharging"},
               {"voltage_now", "12000000"},
               {"current_now", "-500000"}});
  const auto set = open_battery(root_.path(), clock_);
  ASSERT_EQ(ids(set.probes), std::vector<std::string>{"battery"});
  EXPECT_NEAR(set.probes[0]->read()->power.value(), 6.0, 1e-9);
}

TEST_F(Battery, AddsUpWhereThereAreTwo) {
  put("BAT0",
      {{"type", "Battery"}, {"status", "Discharging"}, {"energy_now", "20000000"}, {"power_now", "7000000"}});
  put("BAT1", {{"type", "Battery"},
               {"status", "Not charging"},
               {"energy_now", "20000000"},
               {"power_now", "1000000"}});
  const auto set = open_battery(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 2U);
  EXPECT_NEAR(set.probes[1]->read()->power.value(), 7.0, 1e-9);
}

TEST_F(Battery, IsRefusedOnMainsWithAReason) {
  put("AC", {{"type", "Mains"}, {"online", "1"}});
  put("BAT0", {{"type", "Battery"}, {"status", "Discharging"}, {"power_now", "1"}});
  const auto set = open_battery(root_.path(), clock_);
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "on mains"));
  EXPECT_TRUE(mentions(set.notes, "unplug"));
}

TEST_F(Battery, FailsOnceACharagerIsPluggedIn) {
  put("AC", {{"type", "Mains"}, {"online", "0"}});
  put("BAT0", {{"type", "Battery"}, {"status", "Discharging"}, {"power_now", "1000000"}});
  const auto set = open_battery(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 1U);
  put("AC", {{"online", "1"}});
  EXPECT_FALSE(set.probes[0]->read().has_value());
}

TEST_F(Battery, IsNotThatOfAMouse) {
  put("hid", {{"type", "Battery"}, {"scope", "Device"}, {"status", "Discharging"}, {"power_now", "1"}});
  EXPECT_TRUE(open_battery(root_.path(), clock_).probes.empty());
}

}  // namespace
}  // namespace edgeeval
