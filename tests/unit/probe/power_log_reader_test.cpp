// SPDX-License-Identifier: Apache-2.0
#include "probe/power_log_reader.hpp"

#include <gtest/gtest.h>

#include "core/files.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

const std::string kHeader = "t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts,kind\n";
const ProbeInfo kCpu{"cpu", "", "cpu", "", "", Grade::modelled, "", ReadingKind::model, "", "", {}, {}};
const ProbeInfo kPlug{"plug", "", "wall", "", "", Grade::measured, "", ReadingKind::power, "", "", {}, {}};

class PowerLogReader : public ::testing::Test {
 protected:
  Result<std::vector<energy::Series>> read(const std::string& lines) {
    EXPECT_TRUE(write_file(path_, kHeader + lines).has_value());
    return read_power_log(path_, {kCpu, kPlug});
  }
  FakeRoot root_;
  std::filesystem::path path_ = root_.path() / "power.csv";
};

TEST_F(PowerLogReader, ReadsEachKindAndPassesOverOthers) {
  const auto series = read(
      "0.500000,0.501000,cpu,10.000000,0.000000,20.000000,,model\n"
      "0.500000,0.700000,plug,,,,42.5000,power\n"
      "0.600000,0.601000,other,1.0,1.0,1.0,,counter\n"
      "0.800000,0.800000,plug,,,,,failed\n"
      "1.500000,1.501000,cpu,12.000000,1.000000,24.000000,2.0000,model\n"
      "2.500000,2.501000,cpu,13.0");
  ASSERT_TRUE(series.has_value());
  ASSERT_EQ(series->size(), 2U);
  const auto& cpu = (*series)[0];
  ASSERT_EQ(cpu.samples.size(), 2U);
  EXPECT_EQ(cpu.info.id, "cpu");
  EXPECT_DOUBLE_EQ(cpu.samples[1].before_s, 1.5);
  EXPECT_DOUBLE_EQ(cpu.samples[1].after_s, 1.501);
  EXPECT_DOUBLE_EQ(cpu.samples[1].value, 12.0);
  EXPECT_DOUBLE_EQ(cpu.samples[1].lo, 1.0);
  EXPECT_DOUBLE_EQ(cpu.samples[1].hi, 24.0);
  const auto& plug = (*series)[1];
  ASSERT_EQ(plug.samples.size(), 1U);
  EXPECT_DOUBLE_EQ(plug.samples[0].value, 42.5);
  ASSERT_EQ(plug.failures.size(), 1U);
  EXPECT_DOUBLE_EQ(plug.failures[0].at_s, 0.8);
}

TEST_F(PowerLogReader, TakesTheLastSittingAlone) {
  // The plug's slow reading of 4.9 stands after a line of 5.0: two threads, one sitting.
  const auto series = read(
      "5.0,5.0,cpu,1,1,1,,model\n"
      "4.9,5.1,plug,,,,7,power\n"
      "5.2,5.2,cpu,2,2,2,,model\n"
      "0.1,0.1,cpu,3,3,3,,model\n"
      "0.2,0.3,plug,,,,8,power\n"
      "0.4,0.4,cpu,4,4,4,,model\n");
  ASSERT_TRUE(series.has_value());
  ASSERT_EQ((*series)[0].samples.size(), 2U);
  EXPECT_DOUBLE_EQ((*series)[0].samples[0].value, 3.0);
  ASSERT_EQ((*series)[1].samples.size(), 1U);
  EXPECT_DOUBLE_EQ((*series)[1].samples[0].value, 8.0);
}

TEST_F(PowerLogReader, NamesTheLineThatIsNoReading) {
  for (const char* line : {"nonsense\n", "a,b,cpu,1,1,1,,model\n", "0.1,0.1,cpu,1,1,1,model\n",
                           "0.1,0.1,cpu,,1,1,,model\n", "0.1,0.1,cpu,1,1,1,,model,more\n"}) {
    const auto series = read(std::string("0.0,0.0,cpu,1,1,1,,model\n") + line);
    ASSERT_FALSE(series.has_value()) << line;
    EXPECT_EQ(series.error().code, ErrorCode::record_unreadable);
    EXPECT_EQ(series.error().where, path_.string() + ":3");
  }
  EXPECT_EQ(read_power_log(root_.path() / "none", {kCpu}).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
