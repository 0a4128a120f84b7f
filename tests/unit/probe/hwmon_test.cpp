// SPDX-License-Identifier: Apache-2.0
#include "probe/hwmon.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

class Hwmon : public ::testing::Test {
 protected:
  void chip(int number, const std::string& name, const std::string& device,
            const std::map<std::string, std::string>& files) const {
    const auto folder = "sys/class/hwmon/hwmon" + std::to_string(number) + "/";
    root_.put(folder + "name", name + "\n");
    for (const auto& [file, text] : files) root_.put(folder + file, text + "\n");
    std::error_code status;
    std::filesystem::create_symlink("../../../" + device, root_.path() / folder / "device", status);
  }
  FakeRoot root_;
  FakeClock clock_;
};

TEST_F(Hwmon, CountsAGpuAndAuditsItByItsPower) {
  chip(0, "xe", "0000:03:00.0", {{"energy1_input", "5000000"}, {"power1_input", "42500000"}});
  const auto set = open_hwmon(root_.path(), clock_);
  ASSERT_EQ(ids(set.probes), (std::vector<std::string>{"hwmon:xe:0000:03:00.0:energy1",
                                                       "hwmon:xe:0000:03:00.0:energy1#power"}));
  EXPECT_EQ(set.probes[0]->info().kind, ReadingKind::counter);
  EXPECT_EQ(set.probes[1]->info().kind, ReadingKind::power);
  EXPECT_EQ(set.probes[0]->info().measuring_point(), set.probes[1]->info().measuring_point());
  EXPECT_EQ(set.probes[0]->info().domain, "gpu0");
  EXPECT_EQ(set.probes[0]->info().boundary, "board");
  EXPECT_NEAR(set.probes[0]->read()->energy.value(), 5.0, 1e-12);
  EXPECT_NEAR(set.probes[1]->read()->power.value(), 42.5, 1e-12);
}

TEST_F(Hwmon, PutsAGpusPackageInsideItsCard) {
  chip(0, "xe", "0000:03:00.0",
       {{"energy1_input", "1"}, {"energy1_label", "card"}, {"energy2_input", "1"}, {"energy2_label", "pkg"}});
  const auto set = open_hwmon(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 2U);
  EXPECT_EQ(set.probes[1]->info().parent, "hwmon:xe:0000:03:00.0:energy1");
}

TEST_F(Hwmon, NumbersGpusInBusOrder) {
  chip(0, "amdgpu", "0000:83:00.0", {{"power1_average", "1"}});
  chip(1, "amdgpu", "0000:03:00.0", {{"power1_average", "1"}});
  const auto set = open_hwmon(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 2U);
  EXPECT_EQ(set.probes[0]->info().id, "hwmon:amdgpu:0000:03:00.0:power1");
  EXPECT_EQ(set.probes[0]->info().domain, "gpu0");
  EXPECT_EQ(set.probes[1]->info().domain, "gpu1");
}

TEST_F(Hwmon, StatesAveragingAndAccuracyAsTheDriverDoes) {
  chip(0, "power_meter", "ACPI000D:00",
       {{"power1_average", "150000000"}, {"power1_average_interval", "1000"}, {"power1_accuracy", "2.5%"}});
  const auto set = open_hwmon(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 1U);
  const auto& info = set.probes[0]->info();
  EXPECT_EQ(info.domain, "wall");
  EXPECT_NEAR(info.character.averaging->value(), 1.0, 1e-12);
  EXPECT_NEAR(info.character.gain_half_width, 0.025, 1e-12);
  EXPECT_EQ(info.character.origin, "stated by the driver");
}

// codecarbon issue 1316: a sensor that is not there became 0 kWh.
TEST_F(Hwmon, Codecarbon1316AMeterThatIsSwitchedOffIsAbsentAndNotZero) {
  chip(0, "amdgpu", "0000:03:00.0", {{"power1_average", "1"}});
  const auto set = open_hwmon(failing(root_, {{"power1_average", ENODATA}}), clock_);
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "switched off"));
}

TEST_F(Hwmon, FailsARead) {
  chip(0, "amdgpu", "0000:03:00.0", {{"power1_average", "1"}});
  const auto set = open_hwmon(root_.path(), clock_);
  std::filesystem::remove(root_.path() / "sys/class/hwmon/hwmon0/power1_average");
  EXPECT_EQ(set.probes.at(0)->read().error().message, "the sensor is gone");
}

TEST_F(Hwmon, DoesNotCountAMeterWhosePlaceNobodyTells) {
  chip(0, "ina226", "1-0040", {{"power1_input", "5000000"}});
  const auto set = open_hwmon(root_.path(), clock_);
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "where this meter sits is not told"));
}

TEST_F(Hwmon, LeavesBatteriesRailsAndSkippedChipsToOthers) {
  chip(0, "BAT0", "BAT0", {{"power1_input", "1"}});
  root_.put("sys/class/hwmon/BAT0/type", "Battery\n");
  std::filesystem::remove(root_.path() / "sys/class/hwmon/hwmon0/device");
  root_.put("sys/class/hwmon/hwmon0/device/type", "Battery\n");
  chip(1, "ina3221", "1-0040", {{"in1_input", "1"}});
  chip(2, "amdgpu", "0000:03:00.0", {{"power1_average", "1"}});
  const auto set = open_hwmon(root_.path(), clock_, {"amdgpu"});
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(set.notes.empty());
}

TEST_F(Hwmon, ReadsOldRailsInMilliwatts) {
  root_.put("sys/bus/iio/devices/iio:device0/in_power0_input", "4200\n");
  root_.put("sys/bus/iio/devices/iio:device0/rail_name_0", "VDD_IN\n");
  root_.put("sys/bus/iio/devices/iio:device0/in_power1_input", "1100\n");
  root_.put("sys/bus/iio/devices/iio:device0/rail_name_1", "VDD_SYS_CPU\n");
  const auto set = open_iio_power(root_.path(), clock_);
  ASSERT_EQ(set.probes.size(), 2U);
  EXPECT_NEAR(set.probes[0]->read()->power.value(), 4.2, 1e-12);
  EXPECT_EQ(set.probes[1]->info().parent, set.probes[0]->info().id);
}

}  // namespace
}  // namespace edgeeval
