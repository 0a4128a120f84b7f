// SPDX-License-Identifier: Apache-2.0
#include "probe/power_log.hpp"

#include <gtest/gtest.h>

#include "core/files.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

const ProbeInfo kCpu{"cpu", "", "cpu", "", "", Grade::modelled, "", ReadingKind::model, "", "", {}, {}};
const ProbeInfo kDram{"dram", "", "dram", "", "", Grade::measured, "", ReadingKind::counter, "", "", {}, {}};
const ProbeInfo kPlug{"plug", "", "wall", "", "", Grade::measured, "", ReadingKind::power, "", "", {}, {}};

class PowerLogFile : public ::testing::Test {
 protected:
  [[nodiscard]] EnergyReading reading(double at_s, double joules) const {
    const auto at =
        epoch_ + std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(at_s));
    return {at,
            at + std::chrono::milliseconds(1),
            Joules(joules),
            {Joules(0.0), Joules(2.0 * joules)},
            0.0,
            Watts(joules)};
  }
  [[nodiscard]] std::vector<std::string> lines() const { return read_lines(path_).value(); }
  FakeRoot root_;
  std::filesystem::path path_ = root_.path() / "power.csv";
  SteadyTime epoch_{std::chrono::hours(5)};
};

TEST_F(PowerLogFile, WritesReadingsWithMeanPowerSinceTheLast) {
  PowerLog log(path_, epoch_);
  log.add(kCpu, reading(0.5, 10.0));
  log.add(kDram, reading(0.5, 1.0));
  EXPECT_FALSE(log.flush().has_value());
  log.add(kCpu, reading(2.5, 16.0));
  EXPECT_FALSE(log.flush().has_value());
  const auto text = lines();
  ASSERT_EQ(text.size(), 4U);
  EXPECT_EQ(text[0], "t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts,kind");
  EXPECT_EQ(text[1], "0.500000,0.501000,cpu,10.000000,0.000000,20.000000,,model");
  EXPECT_EQ(text[2], "0.500000,0.501000,dram,1.000000,0.000000,2.000000,,counter");
  EXPECT_EQ(text[3], "2.500000,2.501000,cpu,16.000000,0.000000,32.000000,3.0000,model");
}

TEST_F(PowerLogFile, WritesWattsAndFailuresAsWhatTheyAre) {
  PowerLog log(path_, epoch_);
  log.add(kPlug, reading(0.5, 42.5));
  log.add_failure(kPlug, epoch_ + std::chrono::seconds(1));
  EXPECT_FALSE(log.flush().has_value());
  const auto text = lines();
  ASSERT_EQ(text.size(), 3U);
  EXPECT_EQ(text[1], "0.500000,0.501000,plug,,,,42.5000,power");
  EXPECT_EQ(text[2], "1.000000,1.000000,plug,,,,,failed");
}

TEST_F(PowerLogFile, KeepsNothingWithoutAPath) {
  PowerLog log({}, epoch_);
  log.add(kCpu, reading(0.5, 1.0));
  EXPECT_FALSE(log.flush().has_value());
}

TEST_F(PowerLogFile, GoesOnInTheNextSittingUnderTheSameHeader) {
  for (int sitting = 0; sitting < 2; ++sitting) {
    PowerLog log(path_, epoch_);
    log.add(kCpu, reading(0.1, 1.0));
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

TEST_F(PowerLogFile, LeavesAFileOfOtherContentAsItIs) {
  for (const std::string text : {"my thesis, last line unfinished", "a,b\n1,2", "t_before_s,t_after_s\n1",
                                 "t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts,kind,more\n"}) {
    ASSERT_TRUE(write_file(path_, text).has_value());
    const auto checked = check_power_log(path_);
    ASSERT_FALSE(checked.has_value()) << text;
    EXPECT_EQ(checked.error().code, ErrorCode::io);
    PowerLog log(path_, epoch_);
    log.add(kCpu, reading(0.1, 1.0));
    EXPECT_TRUE(log.flush().has_value());
    EXPECT_EQ(read_file(path_).value(), text);
  }
}

TEST_F(PowerLogFile, CutsATornLineOfItsOwnFile) {
  const std::string header = "t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts,kind";
  for (const auto& text : {std::string(), header, header + "\n", header + "\n0.1,0.2,cp"}) {
    ASSERT_TRUE(write_file(path_, text).has_value());
    EXPECT_TRUE(check_power_log(path_).has_value()) << text;
    PowerLog log(path_, epoch_);
    log.add(kCpu, reading(0.1, 1.0));
    EXPECT_FALSE(log.flush().has_value());
    ASSERT_EQ(lines().size(), 2U) << text;
    EXPECT_EQ(lines()[0], header);
  }
}

TEST_F(PowerLogFile, RefusesAFolder) {
  EXPECT_FALSE(check_power_log(root_.path()).has_value());
  EXPECT_TRUE(check_power_log(path_).has_value()) << "nothing there yet";
}

TEST_F(PowerLogFile, ReportsAFailureOnceAndThenStaysQuiet) {
  PowerLog log(root_.path() / "no-folder" / "power.csv", epoch_);
  log.add(kCpu, reading(0.1, 1.0));
  EXPECT_TRUE(log.flush().has_value());
  log.add(kCpu, reading(0.2, 2.0));
  EXPECT_FALSE(log.flush().has_value());
}

}  // namespace
}  // namespace edgeeval
