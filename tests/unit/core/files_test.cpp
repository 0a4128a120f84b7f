// SPDX-License-Identifier: Apache-2.0
#include "core/files.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST(WriteFile, FollowsALinkAndLeavesIt) {
  const TempFolder temp;
  fs::create_directory(temp.path() / "there");
  std::ofstream(temp.path() / "there/real.txt") << "old";
  fs::create_symlink("there/real.txt", temp.path() / "link");
  fs::create_symlink("link", temp.path() / "second");
  ASSERT_TRUE(write_file(temp.path() / "second", "new"));
  EXPECT_TRUE(fs::is_symlink(temp.path() / "second"));
  EXPECT_TRUE(fs::is_symlink(temp.path() / "link"));
  EXPECT_EQ(read_file(temp.path() / "there/real.txt").value(), "new");
}

TEST(WriteFile, MakesTheFileThatALinkPointsTo) {
  const TempFolder temp;
  fs::create_symlink("new.txt", temp.path() / "link");
  ASSERT_TRUE(write_file(temp.path() / "link", "x"));
  EXPECT_TRUE(fs::is_symlink(temp.path() / "link"));
  EXPECT_EQ(read_file(temp.path() / "new.txt").value(), "x");
}

TEST(WriteFile, ALinkToItselfIsAnError) {
  const TempFolder temp;
  fs::create_symlink("loop", temp.path() / "loop");
  EXPECT_FALSE(write_file(temp.path() / "loop", "x"));
  EXPECT_TRUE(fs::is_symlink(temp.path() / "loop"));
}

TEST(WriteFile, WritesIntoAPipeInsteadOfReplacingIt) {
  const TempFolder temp;
  const auto pipe = temp.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  ASSERT_TRUE(write_file(pipe, "through"));
  char text[16] = {};
  EXPECT_EQ(::read(reader, text, sizeof text), 7);
  ::close(reader);
  EXPECT_STREQ(text, "through");
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_FALSE(fs::exists(part_path(pipe)));
}

TEST(WriteFile, AFolderIsRefusedAndNothingIsLeftBeside) {
  const TempFolder temp;
  fs::create_directory(temp.path() / "dd");
  const auto written = write_file(temp.path() / "dd", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::io);
  EXPECT_FALSE(fs::exists(temp.path() / "dd.part"));
}

TEST(CommitFile, WhatCannotTakeItsPlaceIsRemoved) {
  const TempFolder temp;
  fs::create_directory(temp.path() / "folder");
  ASSERT_EQ(::mkfifo((temp.path() / "pipe").c_str(), 0600), 0);
  for (const char* name : {"folder", "pipe"}) {
    const auto part = part_path(temp.path() / name);
    std::ofstream(part) << "x";
    EXPECT_FALSE(commit_file(part, temp.path() / name)) << name;
    EXPECT_FALSE(fs::exists(part)) << name;
  }
  EXPECT_TRUE(fs::is_fifo(temp.path() / "pipe"));
}

TEST(ReadFile, APipeIsRefusedAtOnce) {
  const TempFolder temp;
  ASSERT_EQ(::mkfifo((temp.path() / "pipe").c_str(), 0600), 0);
  const auto text = read_file(temp.path() / "pipe");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "is a pipe, not a file");
}

TEST(ReadFile, AnOwnDescriptorMayBeAPipe) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "piped", 5), 5);
  ::close(ends[1]);
  EXPECT_EQ(read_file("/dev/fd/" + std::to_string(ends[0])).value(), "piped");
  ::close(ends[0]);
}

TEST(ReadFile, ABrokenLinkSaysWhereItPoints) {
  const TempFolder temp;
  fs::create_symlink("gone", temp.path() / "link");
  const auto text = read_file(temp.path() / "link");
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().message.find("broken link: it points to \"gone\""), std::string::npos);
}

TEST(ReadFile, AFileThatCannotBeReadIsNotAnEmptyOne) {
  // A regular file that can be opened; reading fails with EIO, since nothing is mapped at address 0.
  const auto text = read_file("/proc/self/mem");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::io);
  EXPECT_EQ(text.error().message, "reading the file failed half way");
}

TEST(ReadFile, TakesFilesOfMoreThanABlockWhole) {
  const TempFolder temp;
  std::string content;
  for (int line = 0; content.size() < 200'000; ++line) content += std::to_string(line) + "\n";
  std::ofstream(temp.path() / "long", std::ios::binary) << content;
  std::ofstream(temp.path() / "empty", std::ios::binary);
  EXPECT_EQ(read_file(temp.path() / "long").value(), content);
  EXPECT_EQ(read_file(temp.path() / "empty").value(), "");
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
