// SPDX-License-Identifier: Apache-2.0
#include "run/runner.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "small_plan.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;
using testing::Listener;
using testing::TempFolder;
using testing::WritingStage;

/// A source whose joules grow by one at each reading.
class CountingProbe final : public Probe {
 public:
  CountingProbe(Grade grade, const Clock& clock) : clock_(clock) {
    info_.id = "counting";
    info_.title = "a source";
    info_.domain = "cpu";
    info_.boundary = "package";
    info_.grade = grade;
    info_.kind = grade == Grade::modelled ? ReadingKind::model : ReadingKind::counter;
  }
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    EnergyReading reading;
    reading.before = reading.after = clock_.now();
    reading.energy = Joules(joules_ += 1.0);
    reading.bounds = {reading.energy, reading.energy};
    return reading;
  }

 private:
  ProbeInfo info_;
  const Clock& clock_;
  double joules_ = 0.0;
};

class RunnerTest : public ::testing::Test {
 protected:
  Result<RunSummary> run() {
    std::vector<std::unique_ptr<Probe>> probes;
    if (source) probes.push_back(std::make_unique<CountingProbe>(*source, clock));
    MeterOptions meter_options;
    meter_options.sampler_thread = false;
    WindowMeter meter(std::move(probes), clock, clock.now(), folder() / "power.csv", meter_options);
    fs::create_directories(temp.path());
    const StageSet stages{
        {StageKind::import, &work}, {StageKind::merge, &work}, {StageKind::quantize, &work}};
    const auto count_sleep = [this](std::chrono::milliseconds time) {
      slept += time;
      if (on_sleep) on_sleep();
    };
    return run_plan(plan, RunOptions{folder(), Json::object(), {}, require_measured},
                    RunServices{clock, meter, clock.now(), stages, cancel, listener, count_sleep});
  }
  [[nodiscard]] fs::path folder() const { return temp.path() / "run"; }
  [[nodiscard]] std::vector<std::string> moments() const {
    std::vector<std::string> all;
    const auto record = read_run(folder().string());
    for (const auto& idle : record->idle)
      all.push_back(std::to_string(idle.sitting) + " " + idle.state + " " + idle.moment);
    return all;
  }

  std::optional<Grade> source;
  bool require_measured = false;
  std::chrono::milliseconds slept{0};
  std::function<void()> on_sleep;

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

TEST_F(RunnerTest, LeavesTheBareMachineIdleBeforeTheFirstStageAndAfterTheLast) {
  source = Grade::modelled;
  work.before = [this](const std::string& id) {
    if (id == "import:m") {
      EXPECT_EQ(slept, std::chrono::seconds(1)) << "once, before any work";
    }
  };
  ASSERT_TRUE(run());
  EXPECT_EQ(moments(), (std::vector<std::string>{"1 bare before", "1 bare after"}));
  EXPECT_EQ(slept, std::chrono::seconds(2)) << "a model needs no more than a second each";
  const auto record = read_run(folder().string());
  EXPECT_EQ(record->idle[0].window.name, "idle");
  ASSERT_EQ(record->idle[0].window.energy.size(), 1U);
  EXPECT_EQ(record->idle[0].window.energy[0].source, "counting");
}

TEST_F(RunnerTest, IdlesLongerWithASensorAndAsLongAsTheStudySays) {
  source = Grade::measured;
  ASSERT_TRUE(run());
  EXPECT_EQ(slept, std::chrono::seconds(10));
  slept = {};
  fs::remove_all(folder());
  plan.study.energy.idle_s = 0.5;
  ASSERT_TRUE(run());
  EXPECT_EQ(slept, std::chrono::seconds(1));
}

TEST_F(RunnerTest, DoesNotIdleWhereThatIsSwitchedOffOrNothingCouldBeRead) {
  ASSERT_TRUE(run());
  EXPECT_EQ(slept.count(), 0) << "no source";
  fs::remove_all(folder());
  source = Grade::measured;
  plan.study.energy.idle_s = 0.0;
  ASSERT_TRUE(run());
  EXPECT_EQ(slept.count(), 0);
  EXPECT_TRUE(moments().empty());
}

TEST_F(RunnerTest, ASittingThatOnlyFindsFinishedStagesDoesNotIdle) {
  source = Grade::modelled;
  ASSERT_TRUE(run());
  slept = {};
  ASSERT_TRUE(run());
  EXPECT_EQ(slept.count(), 0);
  EXPECT_EQ(moments().size(), 2U);
}

TEST_F(RunnerTest, CancellingEndsTheIdlingAtOnce) {
  source = Grade::measured;
  on_sleep = [this] { cancel.request(2); };
  const auto summary = run();
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->cancelled);
  EXPECT_LT(slept, std::chrono::seconds(1));
}

TEST_F(RunnerTest, RefusesToRunWithoutASensorWhereMeasuredEnergyIsRequired) {
  source = Grade::modelled;
  require_measured = true;
  const auto by_option = run();
  ASSERT_FALSE(by_option);
  EXPECT_EQ(by_option.error().code, ErrorCode::not_measured);
  EXPECT_EQ(exit_code(by_option.error().code), 20);
  EXPECT_TRUE(work.runs.empty());
  EXPECT_FALSE(fs::exists(folder())) << "nothing is left behind";
  require_measured = false;
  plan.study.energy.require = "measured";
  EXPECT_EQ(run().error().code, ErrorCode::not_measured) << "the study can ask for it too";
  source = Grade::measured;
  EXPECT_TRUE(run());
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
