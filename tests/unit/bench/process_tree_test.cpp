// SPDX-License-Identifier: Apache-2.0
#include "bench/process_tree.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>

#include "core/process.hpp"

namespace edgeeval {
namespace {

constexpr std::chrono::milliseconds kLong{30'000};

class ProcessTreeTest : public ::testing::Test {
 protected:
  /// Starts a shell with `script` and waits until `count` processes live.
  Process start(const std::string& script, std::size_t count) {
    ProcessOptions options;
    options.arguments = {"/bin/sh", "-c", script};
    options.environment = tree_.environment();
    auto process = Process::spawn(options);
    EXPECT_TRUE(process.has_value());
    tree_.started(process->pid());
    for (int look = 0; look < 5000 && tree_.living().size() != count; ++look) ::poll(nullptr, 0, 2);
    EXPECT_EQ(tree_.living().size(), count);
    return std::move(*process);
  }
  ProcessTree tree_;
};

TEST_F(ProcessTreeTest, HoldsChildrenThatHaveLeftGroupSessionAndParent) {
  // The shell waits for its own sleeps; another one has a session of its own and init as its parent. While
  // that one is being made there are three processes at most.
  auto process = start("setsid -f sleep 1000; sleep 1000 & sleep 1000; true", 4);
  const auto living = tree_.living();
  EXPECT_NE(std::find(living.begin(), living.end(), process.pid()), living.end());
  const auto memory = tree_.memory();
  EXPECT_EQ(memory.processes, 4);
  EXPECT_GT(memory.peak_resident_b, 4.0 * 4096.0);
  process.stop(std::chrono::milliseconds(0));
  // A process that was killed still lives for a moment.
  for (int look = 0; look < 5000 && tree_.living().size() != 1; ++look) ::poll(nullptr, 0, 2);
  EXPECT_EQ(tree_.living().size(), 1U);
  EXPECT_EQ(tree_.end(kLong), 1);
  EXPECT_TRUE(tree_.living().empty());
  EXPECT_EQ(tree_.end(kLong), 0);
}

TEST_F(ProcessTreeTest, KeepsLaunchesApart) {
  auto process = start("sleep 1000; true", 2);
  ProcessTree other;
  EXPECT_TRUE(other.living().empty());
  EXPECT_NE(other.environment(), tree_.environment());
  EXPECT_EQ(other.end(kLong), 0);
  EXPECT_EQ(tree_.living().size(), 2U);
}

TEST_F(ProcessTreeTest, HoldsTheGroupOfAProcessWithoutEnvironment) {
  auto process = start("exec env -i sleep 1000", 1);
  for (int look = 0; look < 5000 && tree_.living().size() != 1; ++look) ::poll(nullptr, 0, 2);
  EXPECT_EQ(tree_.living(), std::vector<pid_t>{process.pid()});
}

TEST(ProcessTree, HasNoZombies) {
  ProcessTree tree;
  ProcessOptions options;
  options.arguments = {"true"};
  options.environment = tree.environment();
  auto process = Process::spawn(options);
  ASSERT_TRUE(process.has_value());
  tree.started(process->pid());
  // Not reaped yet: it stays as a zombie.
  for (int look = 0; look < 5000 && !tree.living().empty(); ++look) ::poll(nullptr, 0, 2);
  EXPECT_TRUE(tree.living().empty());
  EXPECT_TRUE(process->wait().ok());
}

}  // namespace
}  // namespace edgeeval
