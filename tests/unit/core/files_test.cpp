// SPDX-License-Identifier: Apache-2.0
#include "core/files.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

TEST(WriteFile, ReplacesTheWholeFileAndLeavesNoPartBehind) {
  const TempFolder temp;
  const auto path = temp.path() / "a.txt";
  ASSERT_TRUE(write_file(path, "first, and longer"));
  ASSERT_TRUE(write_file(path, "second"));
  EXPECT_EQ(read_file(path).value(), "second");
  EXPECT_FALSE(fs::exists(part_path(path)));
}

TEST(WriteFile, AMissingFolderIsAnErrorThatNamesThePath) {
  const auto written = write_file("/nonexistent-folder/a.txt", "x");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().where.find("/nonexistent-folder"), std::string::npos);
}

TEST(WriteFile, AFullDeviceIsDiskFull) {
  // /dev/full takes the place of a full disk for the error's code alone.
  EXPECT_EQ(errno_error(ENOSPC, "x", "y").code, ErrorCode::disk_full);
  EXPECT_EQ(errno_error(EDQUOT, "x", "y").code, ErrorCode::disk_full);
  EXPECT_EQ(errno_error(EIO, "x", "y").code, ErrorCode::io);
}

TEST(ReadLines, TakesBothLineEndsAndNoEmptyLastLine) {
  const TempFolder temp;
  const auto path = temp.path() / "lines";
  std::ofstream(path, std::ios::binary) << "a\r\nb\n\nc";
  EXPECT_EQ(read_lines(path).value(), (std::vector<std::string>{"a", "b", "", "c"}));
}

TEST(LineWriter, CutsATornLastLineOff) {
  const TempFolder temp;
  const auto path = temp.path() / "record";
  std::ofstream(path, std::ios::binary) << "whole\nto";
  auto writer = LineWriter::open(path, true);
  ASSERT_TRUE(writer);
  EXPECT_EQ(writer->torn_bytes(), 2U);
  ASSERT_TRUE(writer->append("next"));
  EXPECT_EQ(read_file(path).value(), "whole\nnext\n");
}

TEST(FileLock, IsRefusedWhileItIsHeld) {
  const TempFolder temp;
  {
    const auto held = FileLock::acquire(temp.path() / "lock");
    ASSERT_TRUE(held);
    EXPECT_FALSE(FileLock::acquire(temp.path() / "lock"));
  }
  EXPECT_TRUE(FileLock::acquire(temp.path() / "lock"));
}

}  // namespace
}  // namespace edgeeval
