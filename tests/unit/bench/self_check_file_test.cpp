// SPDX-License-Identifier: Apache-2.0
#include "bench/self_check_file.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include "bench/machine_file.hpp"
#include "core/files.hpp"

namespace edgeeval {
namespace {

class SelfCheckFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / ("self-check-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static StampCheck sample() {
    StampCheck check;
    check.scenario = "closed:16";
    check.events = 8000;
    check.kernel = StampDistance{1e-6, 2e-6, 3e-6, 4e-6};
    return check;
  }
  std::filesystem::path folder_;
};

TEST_F(SelfCheckFile, IsKeptForLaterLoadsOfThisMachine) {
  EXPECT_FALSE(kept_self_check(folder_).has_value());
  ASSERT_TRUE(keep_self_check(folder_, sample()));
  const auto kept = kept_self_check(folder_);
  ASSERT_TRUE(kept.has_value());
  EXPECT_FALSE(kept->of_this_load);
  EXPECT_EQ(kept->scenario, "closed:16");
  EXPECT_DOUBLE_EQ(kept->kernel->p99_s, 3e-6);
}

TEST_F(SelfCheckFile, OfAnotherMachineOrDamagedIsNone) {
  ASSERT_TRUE(keep_self_check(folder_, sample()));
  auto text = *read_file(folder_ / "self-check.json");
  const auto at = text.find("\"kernel\": \"");
  ASSERT_NE(at, std::string::npos);
  text.insert(at + 11, "other-");
  ASSERT_TRUE(write_file(folder_ / "self-check.json", text));
  EXPECT_FALSE(kept_self_check(folder_).has_value());
  ASSERT_TRUE(write_file(folder_ / "self-check.json", "{\"version\": \"1.0\", \"check"));
  EXPECT_FALSE(kept_self_check(folder_).has_value());
}

TEST_F(SelfCheckFile, StandsInTheRecordOfTheMachine) {
  ASSERT_TRUE(make_folder(folder_));
  MachineRecord machine;
  machine.server_here = false;
  machine.self_check = sample();
  ASSERT_TRUE(write_machine(folder_, machine));
  const auto back = read_machine(folder_);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->server_here, false);
  ASSERT_TRUE(back->self_check.has_value());
  EXPECT_EQ(back->self_check->events, 8000U);
  EXPECT_TRUE(back->self_check->of_this_load);
}

}  // namespace
}  // namespace edgeeval
