// SPDX-License-Identifier: Apache-2.0
#include "run/runner.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "small_plan.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;
using testing::Listener;
using testing::TempFolder;
using testing::WritingStage;

class RunnerTest : public ::testing::Test {
 protected:
  Result<RunSummary> run() {
    WindowMeter meter({}, clock, clock.now(), folder() / "power.csv");
    fs::create_directories(folder());
    const StageSet stages{
        {StageKind::import, &work}, {StageKind::merge, &work}, {StageKind::quantize, &work}};
    return run_plan(plan, RunOptions{folder(), Json::object(), {}},
                    RunServices{clock, meter, clock.now(), stages, cancel, listener});
  }
  [[nodiscard]] fs::path folder() const { return temp.path() / "run"; }

  TempFolder temp;
  SystemClock clock;
  CancelToken cancel;
  WritingStage work;
  Listener listener;
  Plan plan = testing::small_plan(temp.path());
};

TEST_F(RunnerTest, RunsEachStageOnceInOrder) {
  const auto summary = run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->finished, 4U);
  EXPECT_EQ(listener.ended, (std::vector<std::string>{"import:m", "merge:m", "quantize:m", "import:n"}));
  const auto record = read_run(folder().string());
  ASSERT_TRUE(record);
  EXPECT_EQ(record->stages.size(), 4U);
  EXPECT_EQ(record->sittings.back().how_ended, "finished");
}

TEST_F(RunnerTest, AFailedStageSkipsWhatNeedsItAndNothingElse) {
  work.failures["merge:m"] = Error{ErrorCode::tool_failed, "it broke"};
  const auto summary = run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->failed, 1U);
  EXPECT_EQ(summary->skipped, 1U);
  EXPECT_EQ(summary->finished, 2U);
  EXPECT_EQ(work.runs.count("quantize:m"), 0U);
  const auto record = read_run(folder().string());
  ASSERT_TRUE(record);
  EXPECT_EQ(record->stages.at("merge:m").error->message, "it broke");
  EXPECT_EQ(record->stages.at("quantize:m").outcome, StageOutcome::skipped);
}

TEST_F(RunnerTest, ASecondSittingRepeatsNothingThatIsFinished) {
  work.failures["quantize:m"] = Error{ErrorCode::tool_failed, "not today"};
  ASSERT_TRUE(run());
  work.failures.clear();
  const auto summary = run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->finished, 4U);
  EXPECT_EQ(work.runs["import:m"], 1);
  EXPECT_EQ(work.runs["quantize:m"], 2);
  EXPECT_EQ(read_run(folder().string())->sittings.size(), 2U);
}

TEST_F(RunnerTest, AChangedOrMissingArtifactIsMadeAgain) {
  ASSERT_TRUE(run());
  fs::remove(folder() / "artifacts/imm");
  ASSERT_TRUE(run());
  EXPECT_EQ(work.runs["import:m"], 2);
  EXPECT_EQ(work.runs["merge:m"], 1);
}

TEST_F(RunnerTest, CancellingLeavesNoLineForTheInterruptedStage) {
  work.before = [this](const std::string& id) {
    if (id == "merge:m") cancel.request(2);
  };
  work.failures["merge:m"] = Error{ErrorCode::cancelled, "interrupted"};
  const auto summary = run();
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->cancelled);
  EXPECT_TRUE(listener.cancelled);
  const auto record = read_run(folder().string());
  ASSERT_TRUE(record);
  EXPECT_EQ(record->stages.count("merge:m"), 0U);
  EXPECT_EQ(record->sittings.back().how_ended, "cancelled");
}

TEST_F(RunnerTest, AFullDiskStopsTheStudyWithWhatIsFinishedKept) {
  work.failures["merge:m"] = Error{ErrorCode::disk_full, "no space left"};
  const auto summary = run();
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::disk_full);
  EXPECT_EQ(work.runs.count("import:n"), 0U);
  EXPECT_EQ(read_run(folder().string())->stages.at("import:m").outcome, StageOutcome::finished);
}

}  // namespace
}  // namespace edgeeval
