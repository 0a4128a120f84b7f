// SPDX-License-Identifier: Apache-2.0
// A run that is killed at any moment goes on with the same command and ends as if nothing had been.
#include <csignal>
#include <random>

#include "study_fixture.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kKills = 20;
constexpr int kKillsOfARun = 5;

/// Waits until no process has `text` on its command line; false where some still lives after the limit.
bool all_gone(const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    if (processes_with(text).empty()) return true;
  }
  return false;
}

class ResumeTest : public StudyTest {};

TEST_F(ResumeTest, KilledAtTwentyRandomMomentsItEndsAsIfUndisturbed) {
  const auto undisturbed = folder() / "undisturbed";
  std::size_t lines = 0;
  const auto whole = run(undisturbed, [&](const std::string&) -> std::optional<int> {
    ++lines;
    return {};
  });
  ASSERT_EQ(whole.code, 0) << whole.err << whole.out;
  const auto expected = finished_stages(undisturbed);
  std::mt19937 random(20261);
  for (int kill = 0; kill < kKills;) {
    const auto folder_name = folder() / ("run" + std::to_string(kill));
    for (int of_run = 0; of_run < kKillsOfARun; ++of_run, ++kill) {
      // Not in equal distances of time but at a random event, some of them in the middle of a stage.
      auto left = 1 + random() % (lines / 2);
      const auto killed = run(folder_name, [&](const std::string&) {
        return --left == 0 ? std::optional<int>(SIGKILL) : std::nullopt;
      });
      ASSERT_TRUE(killed.signal == SIGKILL || killed.code == 0) << killed.err;
      ASSERT_TRUE(all_gone(folder_name.string())) << "a child outlived its parent";
    }
    const auto resumed = run(folder_name);
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(finished_stages(folder_name), expected) << "each stage is finished exactly once";
    EXPECT_EQ(files_of(folder_name), files_of(undisturbed));
    for (const char* same : {"study.yaml", "plan.json", "artifacts/tiny.fp16.gguf"}) {
      EXPECT_EQ(read_text(folder_name / same), read_text(undisturbed / same)) << same;
    }
  }
}

TEST_F(ResumeTest, CtrlCStopsCleanlyAndTheSameCommandGoesOn) {
  const auto run_folder = folder() / "run";
  std::size_t ended = 0;
  const auto stopped = run(run_folder, [&](const std::string& line) -> std::optional<int> {
    const bool end = line.find("\"stage_ended\"") != std::string::npos;
    return end && ++ended == 3 ? std::optional<int>(SIGINT) : std::nullopt;
  });
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_TRUE(all_gone(run_folder.string()));
  EXPECT_NE(stopped.err.find("^C stopped after"), std::string::npos) << stopped.err;
  EXPECT_NE(stopped.err.find("Run the same command to go on"), std::string::npos);
  EXPECT_NE(read_text(run_folder / "record.jsonl").find("\"how\":\"cancelled\""), std::string::npos);
  const auto resumed = run(run_folder);
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  for (const auto& [id, count] : finished_stages(run_folder)) EXPECT_EQ(count, 1) << id;
}

TEST_F(ResumeTest, ReportsAreRecreatedByteForByte) {
  const auto run_folder = folder() / "run";
  ASSERT_EQ(run(run_folder).code, 0);
  std::map<std::string, std::string> before;
  for (const char* name : {"results.json", "metrics.csv", "report.md", "report.html"}) {
    before[name] = read_text(run_folder / name);
    ASSERT_FALSE(before[name].empty()) << name;
    fs::remove(run_folder / name);
  }
  ASSERT_EQ(run_program({program("edgeeval"), "report", run_folder.string()}).code, 0);
  for (const auto& [name, text] : before) EXPECT_EQ(read_text(run_folder / name), text) << name;
}

TEST_F(ResumeTest, SigtermIsCalledByItsName) {
  bool sent = false;  // A second one would end the program at once.
  const auto stopped = run(folder() / "run", [&](const std::string& line) -> std::optional<int> {
    const bool now = !sent && line.find("stage_ended") != std::string::npos;
    sent = sent || now;
    return now ? std::optional<int>(SIGTERM) : std::nullopt;
  });
  EXPECT_EQ(stopped.code, 143) << stopped.err;
  EXPECT_NE(stopped.err.find("Stopped by SIGTERM after"), std::string::npos) << stopped.err;
  EXPECT_EQ(stopped.err.find("^C"), std::string::npos) << stopped.err;
}

}  // namespace
}  // namespace edgeeval::testing
