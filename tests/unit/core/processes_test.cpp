// SPDX-License-Identifier: Apache-2.0
#include "core/processes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/monotonic.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

/// A made-up /proc.
class ProcFolder : public ::testing::Test {
 protected:
  void add(const std::string& process, const std::string& status) {
    fs::create_directories(root() / "proc" / process);
    if (!status.empty()) std::ofstream(root() / "proc" / process / "status") << status;
  }
  [[nodiscard]] const fs::path& root() const { return folder_.path(); }
  testing::TempFolder folder_;
};

TEST_F(ProcFolder, HoldsProcessesAndOtherThings) {
  add("12", "");
  add("7", "");
  add("self", "");
  add("12x", "");
  add("-3x", "");
  auto found = all_processes(root());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<pid_t>{7, 12}));
  EXPECT_TRUE(all_processes(root() / "nothing").empty());
}

TEST_F(ProcFolder, TellsNumbersOfAStatusFile) {
  // A name may look like another line, but stands behind its own key.
  add("12",
      "Name:\tVmHWM: 9 kB\nPPid:\t7\nVmPeak:\t  999 kB\nVmHWM:\t    2048 kB\nSpeculation:\tnot affected\n");
  add("13", "Name:\tzombie\nPPid:\t7\n");
  EXPECT_EQ(status_number(12, "PPid:", root()), 7);
  EXPECT_EQ(status_number(12, "VmHWM:", root()), 2048);
  EXPECT_EQ(status_number(12, "Speculation:", root()), std::nullopt);
  EXPECT_EQ(peak_resident_of(12, root()), Bytes(2048.0 * 1024.0));
  EXPECT_EQ(peak_resident_of(13, root()), std::nullopt);
  EXPECT_EQ(peak_resident_of(14, root()), std::nullopt);
}

TEST(Processes, AreTheMachinesOwn) {
  const auto all = all_processes();
  EXPECT_NE(std::find(all.begin(), all.end(), ::getpid()), all.end());
  EXPECT_EQ(status_number(::getpid(), "PPid:"), ::getppid());
  // A test program of ours takes more than a hundred pages.
  EXPECT_GT(peak_resident_of(::getpid()).value_or(Bytes(0)).value(), 100.0 * 4096.0);
}

TEST(MonotonicNs, IsTheSteadyClock) {
  const auto before = monotonic_ns();
  const auto between = monotonic_ns(std::chrono::steady_clock::now());
  EXPECT_LE(before, between);
  EXPECT_LE(between, monotonic_ns());
}

}  // namespace
}  // namespace edgeeval
