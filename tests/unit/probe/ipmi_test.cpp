// SPDX-License-Identifier: Apache-2.0
#include "probe/ipmi.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

constexpr const char* kReading =
    "\n    Instantaneous power reading:                   214 Watts\n"
    "    Minimum during sampling period:                  2 Watts\n"
    "    Maximum during sampling period:                512 Watts\n"
    "    Average power reading over sample period:      210 Watts\n"
    "    IPMI timestamp:                           Wed Jan  1 00:00:00 2025\n"
    "    Sampling period:                          00000005 Seconds.\n"
    "    Power reading state is:                   activated\n\n";

TEST(DcmiPower, IsReadFromTheToolsText) {
  const auto power = parse_dcmi_power(kReading);
  ASSERT_TRUE(power.has_value());
  EXPECT_EQ(power->watts, 214.0);
  EXPECT_EQ(power->period_s, 5.0);
}

TEST(DcmiPower, IsAbsentAndNotZero) {
  EXPECT_FALSE(parse_dcmi_power("").has_value());
  EXPECT_FALSE(parse_dcmi_power("DCMI request failed because: Invalid command (c1)").has_value());
  std::string off = kReading;
  off.replace(off.find("activated"), 9, "deactivated");
  EXPECT_FALSE(parse_dcmi_power(off).has_value());
  EXPECT_FALSE(parse_dcmi_power("Instantaneous power reading: 0 Watts\n").has_value());
}

class Ipmi : public ::testing::Test {
 protected:
  IpmiOptions tool(const std::string& script,
                   std::chrono::milliseconds limit = std::chrono::seconds(20)) const {
    root_.put("bin/ipmitool", "#!/bin/sh\n" + script + "\n");
    const auto program = root_.path() / "bin/ipmitool";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return {program.string(), limit};
  }
  FakeRoot root_;
  FakeClock clock_;
};

TEST_F(Ipmi, ReadsTheSupplySlowly) {
  root_.put("dev/ipmi0", "");
  const auto set =
      open_ipmi(root_.path(), clock_,
                tool("test \"$*\" = 'dcmi power reading' && cat <<'END'\n" + std::string(kReading) + "END"));
  ASSERT_EQ(ids(set.probes), std::vector<std::string>{"ipmi:dcmi"});
  EXPECT_EQ(set.probes[0]->info().domain, "wall");
  EXPECT_EQ(set.probes[0]->info().boundary, "psu");
  EXPECT_GE(set.probes[0]->info().pace, std::chrono::seconds(1));
  EXPECT_EQ(set.probes[0]->read()->power, Watts(214.0));
}

TEST_F(Ipmi, SaysWhatTheToolComplainsOf) {
  root_.put("dev/ipmi0", "");
  const auto set = open_ipmi(root_.path(), clock_, tool("echo 'Could not open device' >&2; exit 1"));
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "Could not open device"));
}

TEST_F(Ipmi, DoesNotWaitForAControllerThatHangs) {
  root_.put("dev/ipmi0", "");
  const auto set = open_ipmi(root_.path(), clock_, tool("exec sleep 3600", std::chrono::milliseconds(50)));
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "in time"));
}

TEST_F(Ipmi, IsNotAskedForWithoutAController) {
  const auto set = open_ipmi(root_.path(), clock_, tool("touch " + (root_.path() / "asked").string()));
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(set.notes.empty());
  EXPECT_FALSE(std::filesystem::exists(root_.path() / "asked"));
}

TEST_F(Ipmi, SaysThatTheToolIsMissing) {
  root_.put("dev/ipmi0", "");
  const auto set = open_ipmi(root_.path(), clock_, {"edgeeval-no-such-ipmitool"});
  EXPECT_TRUE(mentions(set.notes, "apt-get install ipmitool"));
}

}  // namespace
}  // namespace edgeeval
