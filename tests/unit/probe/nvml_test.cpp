// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(Nvml, TriesEachDeviceItMayOpen) {
  const auto finding = inspect_nvml(FAKE_NVML);
  EXPECT_TRUE(finding.library) << finding.why_not;
  ASSERT_EQ(finding.devices.size(), 2U);
  EXPECT_EQ(finding.devices[0].name, "Fake A");
  EXPECT_TRUE(finding.devices[0].energy_counter);
  EXPECT_EQ(finding.devices[1].name, "Fake B");
  EXPECT_FALSE(finding.devices[1].energy_counter);
  EXPECT_TRUE(finding.devices[1].power);
}

TEST(Nvml, SaysWhyThereIsNone) {
  const auto absent = inspect_nvml("libedgeeval-not-there.so.1");
  EXPECT_FALSE(absent.library);
  EXPECT_NE(absent.why_not.find("not installed"), std::string::npos);
  const auto other = inspect_nvml("libc.so.6");
  EXPECT_FALSE(other.library);
  EXPECT_NE(other.why_not.find("lacks"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
