// SPDX-License-Identifier: Apache-2.0
#include "probe/power_log.hpp"

#include <gtest/gtest.h>

#include "core/files.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

class PowerLogFile : public ::testing::Test {
 protected:
  [[nodiscard]] EnergyReading reading(double at_s, double joules) const {
    const auto at =
        epoch_ + std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(at_s));
    return {at, at + std::chrono::milliseconds(1), Joules(joules), {Joules(0.0), Joules(2.0 * joules)}, 0.0};
  }
  [[nodiscard]] std::vector<std::string> lines() const { return read_lines(path_).value(); }
  FakeRoot root_;
  std::filesystem::path path_ = root_.path() / "power.csv";
  SteadyTime epoch_{std::chrono::hours(5)};
};

TEST_F(PowerLogFile, WritesReadingsWithMeanPowerSinceTheLast) {
  PowerLog log(path_, epoch_);
  log.add("cpu", reading(0.5, 10.0));
  log.add("dram", reading(0.5, 1.0));
  EXPECT_FALSE(log.flush().has_value());
  log.add("cpu", reading(2.5, 16.0));
  EXPECT_FALSE(log.flush().has_value());
  const auto text = lines();
  ASSERT_EQ(text.size(), 4U);
  EXPECT_EQ(text[0], "t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts");
  EXPECT_EQ(text[1], "0.500000,0.501000,cpu,10.000000,0.000000,20.000000,");
  EXPECT_EQ(text[2], "0.500000,0.501000,dram,1.000000,0.000000,2.000000,");
  EXPECT_EQ(text[3], "2.500000,2.501000,cpu,16.000000,0.000000,32.000000,3.0000");
}

TEST_F(PowerLogFile, GoesOnInTheNextSittingUnderTheSameHeader) {
  for (int sitting = 0; sitting < 2; ++sitting) {
    PowerLog log(path_, epoch_);
    log.add("cpu", reading(0.1, 1.0));
    EXPECT_FALSE(log.flush().has_value());
  }
  const auto text = lines();
  ASSERT_EQ(text.size(), 3U);
  EXPECT_EQ(text[1], text[2]);
}

TEST_F(PowerLogFile, MakesNoFileBeforeItIsNeeded) {
  PowerLog log(path_, epoch_);
  EXPECT_FALSE(log.flush().has_value());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(PowerLogFile, ReportsAFailureOnceAndThenStaysQuiet) {
  PowerLog log(root_.path() / "no-folder" / "power.csv", epoch_);
  log.add("cpu", reading(0.1, 1.0));
  EXPECT_TRUE(log.flush().has_value());
  log.add("cpu", reading(0.2, 2.0));
  EXPECT_FALSE(log.flush().has_value());
}

}  // namespace
}  // namespace edgeeval
