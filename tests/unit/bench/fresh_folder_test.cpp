// SPDX-License-Identifier: Apache-2.0
#include "bench/fresh_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

TEST(FreshFolder, TakesAwayWhatWasMadeForNothing) {
  const testing::TempFolder temp;
  const auto path = temp.path() / "runs" / "bench-1" / "";
  {
    auto folder = FreshFolder::make(path);
    ASSERT_TRUE(folder.has_value());
    folder->will_hold("power.csv");
    folder->will_hold("step-01");
    std::ofstream(path / "power.csv") << "t\n";
    fs::create_directory(path / "step-01");
  }
  EXPECT_FALSE(fs::exists(temp.path() / "runs"));
  EXPECT_TRUE(fs::exists(temp.path()));
}

TEST(FreshFolder, LeavesWhatWasThereBefore) {
  const testing::TempFolder temp;
  const auto path = temp.path() / "mine";
  fs::create_directory(path);
  std::ofstream(path / "power.csv") << "old";
  {
    auto folder = FreshFolder::make(path);
    ASSERT_TRUE(folder.has_value());
    folder->will_hold("power.csv");
    folder->will_hold("bench.json");
    std::ofstream(path / "bench.json") << "{}";
  }
  EXPECT_TRUE(fs::exists(path / "power.csv"));
  EXPECT_FALSE(fs::exists(path / "bench.json"));
}

TEST(FreshFolder, LeavesAFolderThatHoldsMore) {
  const testing::TempFolder temp;
  const auto path = temp.path() / "runs" / "bench-1";
  {
    auto folder = FreshFolder::make(path);
    ASSERT_TRUE(folder.has_value());
    std::ofstream(path / "notes.txt") << "x";
  }
  EXPECT_TRUE(fs::exists(path / "notes.txt"));
}

TEST(FreshFolder, KeepsWhatIsKept) {
  const testing::TempFolder temp;
  const auto path = temp.path() / "runs" / "bench-1";
  {
    auto folder = FreshFolder::make(path);
    ASSERT_TRUE(folder.has_value());
    std::optional<FreshFolder> moved(std::move(*folder));
    moved->will_hold("load.json");
    std::ofstream(path / "load.json") << "{}";
    moved->keep();
  }
  EXPECT_TRUE(fs::exists(path / "load.json"));
}

TEST(FreshFolder, CannotBeMadeBelowAFile) {
  const testing::TempFolder temp;
  std::ofstream(temp.path() / "file") << "x";
  const auto folder = FreshFolder::make(temp.path() / "file" / "bench");
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().code, ErrorCode::io);
  EXPECT_TRUE(fs::exists(temp.path() / "file"));
}

}  // namespace
}  // namespace edgeeval
