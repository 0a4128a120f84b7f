// SPDX-License-Identifier: Apache-2.0
#include "core/process.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "core/files.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

ProcessOptions shell(const std::string& script) {
  ProcessOptions options;
  options.arguments = {"/bin/sh", "-c", script};
  return options;
}

TEST(RunCommand, GivesExitCodeAndBothStreams) {
  const auto result = run_command(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status.code, 3);
  EXPECT_EQ(result->stdout_text, "out\n");
  EXPECT_EQ(result->stderr_text, "err\n");
  EXPECT_EQ(result->status.describe(), "exit 3");
}

TEST(RunCommand, HandsOutLinesAlsoTheLastWithoutAnEnd) {
  std::vector<std::string> lines;
  ASSERT_TRUE(run_command(shell("printf 'a\\nb'"), [&](std::string_view line) { lines.emplace_back(line); }));
  EXPECT_EQ(lines, (std::vector<std::string>{"a", "b"}));
}

TEST(RunCommand, NamesTheSignalThatEndedIt) {
  const auto result = run_command(shell("kill -9 $$"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status.signal, SIGKILL);
  EXPECT_FALSE(result->status.ok());
}

TEST(RunCommand, CancellingEndsTheChild) {
  CancelToken cancel;
  const auto result = run_command(
      shell("echo ready; exec cat /dev/zero > /dev/null"), [&](std::string_view) { cancel.request(); },
      &cancel);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
}

TEST(Process, AMissingProgramIsAnErrorAndNotAChild) {
  ProcessOptions options;
  options.arguments = {"/nonexistent-program"};
  EXPECT_FALSE(Process::spawn(options));
}

TEST(Process, StopEndsAChildThatIgnoresSigterm) {
  const testing::TempFolder temp;
  auto options = shell("trap '' TERM; echo up; while :; do :; done");
  options.stdout_file = temp.path() / "out";
  auto process = Process::spawn(options);
  ASSERT_TRUE(process);
  while (read_file(options.stdout_file).value_or("").empty()) {
  }
  EXPECT_EQ(process->stop(std::chrono::milliseconds(50)).signal, SIGKILL);
}

TEST(FindOnPath, FindsWhatIsThereOnly) {
  EXPECT_TRUE(find_on_path("sh"));
  EXPECT_FALSE(find_on_path("no-such-program-anywhere"));
}

}  // namespace
}  // namespace edgeeval
