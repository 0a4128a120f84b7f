// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml_visible.hpp"

#include <gtest/gtest.h>

namespace edgeeval::nvml {
namespace {

const std::vector<std::string>& uuids() {
  static const std::vector<std::string> kUuids = {"GPU-aa11", "GPU-aa22", "GPU-bb33"};
  return kUuids;
}

std::vector<bool> allowed(const std::optional<std::string>& value) {
  return visible_devices(value, uuids(),
                         [](const std::string& instance) {
                           return instance == "MIG-x" ? std::string("GPU-bb33") : std::string();
                         })
      .allowed;
}

using Allowed = std::vector<bool>;

TEST(NvmlVisible, AbsentMeansAllAndEmptyMeansNone) {
  EXPECT_EQ(allowed(std::nullopt), (Allowed{true, true, true}));
  EXPECT_EQ(allowed(""), (Allowed{false, false, false}));
}

TEST(NvmlVisible, TakesIndicesAndBeginningsOfUuids) {
  EXPECT_EQ(allowed("2, 0"), (Allowed{true, false, true}));
  EXPECT_EQ(allowed("GPU-bb"), (Allowed{false, false, true}));
  EXPECT_EQ(allowed("GPU-aa22,GPU-bb33"), (Allowed{false, true, true}));
}

TEST(NvmlVisible, StopsAtTheFirstEntryThatNamesNothing) {
  EXPECT_EQ(allowed("1,-1,0"), (Allowed{false, true, false}));
  EXPECT_EQ(allowed("1,7,0"), (Allowed{false, true, false}));
  EXPECT_EQ(allowed("GPU-aa"), (Allowed{false, false, false})) << "ambiguous";
  EXPECT_EQ(allowed("nonsense,0"), (Allowed{false, false, false}));
}

TEST(NvmlVisible, FindsTheBoardOfAnInstance) {
  EXPECT_EQ(allowed("MIG-x"), (Allowed{false, false, true}));
  EXPECT_EQ(allowed("MIG-GPU-aa22/1/0"), (Allowed{false, true, false}));
  EXPECT_EQ(allowed("MIG-y"), (Allowed{false, false, false}));
}

TEST(NvmlVisible, NotesHowIndicesAreCounted) {
  const auto none = [](const std::string&) { return std::string(); };
  EXPECT_EQ(visible_devices("0", uuids(), none).notes.size(), 1U);
  EXPECT_TRUE(visible_devices("0", {"GPU-aa11"}, none).notes.empty()) << "one GPU has one order";
}

}  // namespace
}  // namespace edgeeval::nvml
