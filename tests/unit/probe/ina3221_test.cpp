// SPDX-License-Identifier: Apache-2.0
#include "probe/ina3221.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

class Ina3221 : public ::testing::Test {
 protected:
  void channel(int number, const std::string& label, int millivolts, int milliamperes) const {
    const std::string folder = "sys/class/hwmon/hwmon3/";
    const auto digit = std::to_string(number);
    root_.put(folder + "name", "ina3221\n");
    root_.put(folder + "update_interval", "16\n");
    root_.put(folder + "in" + digit + "_input", std::to_string(millivolts) + "\n");
    root_.put(folder + "in" + digit + "_label", label + "\n");
    root_.put(folder + "curr" + digit + "_input", std::to_string(milliamperes) + "\n");
  }
  FakeRoot root_;
  FakeClock clock_;
};

// jetson_stats issue 344: the total and its parts were added.
TEST_F(Ina3221, JetsonStats344PutsTheRailsInsideTheTotal) {
  channel(1, "VDD_IN", 5000, 2000);
  channel(2, "VDD_CPU_GPU_CV", 5000, 800);
  channel(3, "VDD_SOC", 5000, 400);
  const auto set = open_ina3221(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 3U);
  double top = 0.0;
  for (const auto& probe : set.probes) {
    if (probe->info().parent.empty()) top += probe->read()->power.value();
  }
  EXPECT_NEAR(top, 10.0, 1e-9);
  EXPECT_EQ(set.probes[0]->info().domain, "module");
  EXPECT_EQ(set.probes[1]->info().domain, "soc");
  EXPECT_EQ(set.probes[1]->info().parent, "ina3221:hwmon3:1");
  EXPECT_NEAR(set.probes[0]->info().character.period->value(), 0.016, 1e-12);
}

TEST_F(Ina3221, AddsSeparateRailsWhereThereIsNoTotal) {
  channel(1, "GPU", 12000, 1000);
  channel(2, "CPU", 12000, 500);
  const auto set = open_ina3221(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 2U);
  EXPECT_EQ(set.probes[0]->info().domain, "gpu0");
  EXPECT_EQ(set.probes[1]->info().domain, "cpu");
  EXPECT_EQ(set.probes[0]->info().parent, "");
  EXPECT_EQ(set.probes[1]->info().parent, "");
}

TEST_F(Ina3221, TakesOnlyTheThreeRails) {
  for (int i = 1; i <= 7; ++i) channel(i, "rail", 5000, 100);
  EXPECT_EQ(open_ina3221(root_.path(), clock_).probes.size(), 3U) << "4 to 6 are shunts, 7 is a sum";
}

TEST_F(Ina3221, LeavesOutWhatIsSwitchedOff) {
  channel(1, "VDD_IN", 5000, 2000);
  channel(2, "OFF", 5000, 100);
  root_.put("sys/class/hwmon/hwmon3/in2_enable", "0\n");
  channel(3, "SILENT", 5000, 100);
  const auto set = open_ina3221(failing(root_, {{"curr3_input", ENODATA}}), clock_);
  EXPECT_EQ(set.probes.size(), 1U);
  EXPECT_TRUE(mentions(set.notes, "SILENT"));
}

TEST_F(Ina3221, FailsWhereEitherFactorIsGone) {
  channel(1, "VDD_IN", 5000, 2000);
  const auto set = open_ina3221(root_.path(), clock_);
  std::filesystem::remove(root_.path() / "sys/class/hwmon/hwmon3/in1_input");
  EXPECT_FALSE(set.probes.at(0)->read().has_value());
}

}  // namespace
}  // namespace edgeeval
