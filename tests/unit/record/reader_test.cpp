// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <edgeeval/record.hpp>
#include <edgeeval/version.hpp>
#include <fstream>

#include "record/codec.hpp"
#include "record/writer.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

RecordedPlan plan() {
  VariantInfo variant;
  variant.id = "v1";
  variant.serve_stage = "serve:v1";
  variant.score_stage = "score:v1";
  return {"quick",
          "key-1",
          {variant},
          {{"api", Fact{0.5, "USD", {}, {}, Grade::assumed, {"x"}}}},
          {{"a.b", "1"}}};
}

StageRecord stage(const std::string& id, StageOutcome outcome, int sitting) {
  StageRecord record;
  record.id = id;
  record.outcome = outcome;
  record.sitting = sitting;
  return record;
}

class ReadRun : public ::testing::Test {
 protected:
  RecordWriter open(bool fresh) { return RecordWriter::open(folder_.path(), plan(), fresh).value(); }
  void append(const std::string& text) const { std::ofstream(file(), std::ios::app) << text; }
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "record.jsonl"; }
  [[nodiscard]] Result<RunRecord> read() const { return read_run(folder_.path().string()); }
  ScratchFolder folder_;
};

TEST_F(ReadRun, RestoresWhatWasWritten) {
  auto writer = open(true);
  ASSERT_TRUE(writer.sitting_started(Sitting{1, "t1", "", "", {{"cpu", "x"}}}).has_value());
  ASSERT_TRUE(writer.stage_ended(stage("adapt", StageOutcome::finished, 1)).has_value());
  ASSERT_TRUE(writer.warning("mind").has_value());
  ASSERT_TRUE(writer.sitting_ended(1, "t2", "finished").has_value());
  const auto record = read();
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_EQ(record->study, "quick");
  EXPECT_EQ(record->plan_key, "key-1");
  EXPECT_EQ(record->variants.at(0).serve_stage, "serve:v1");
  EXPECT_EQ(record->prices.at("api").value, 0.5);
  EXPECT_EQ(record->settings.at(0).second, "1");
  EXPECT_EQ(record->stages.at("adapt").sitting, 1);
  EXPECT_EQ(record->warnings, std::vector<std::string>{"mind"});
  ASSERT_EQ(record->sittings.size(), 1U);
  EXPECT_EQ(record->sittings[0].environment.at("cpu"), "x");
  EXPECT_EQ(record->sittings[0].how_ended, "finished");
}

TEST_F(ReadRun, ShowsBothSittingsAndTheKilledOneAsKilled) {
  {
    auto writer = open(true);
    ASSERT_TRUE(writer.sitting_started(Sitting{1, "t1", "", "", {}}).has_value());
    ASSERT_TRUE(writer.stage_started("adapt", "k", 1, "t1").has_value());
  }
  auto writer = open(false);
  ASSERT_TRUE(writer.sitting_started(Sitting{2, "t2", "", "", {}}).has_value());
  ASSERT_TRUE(writer.sitting_ended(2, "t3", "finished").has_value());
  const auto record = read();
  ASSERT_EQ(record->sittings.size(), 2U);
  EXPECT_EQ(record->sittings[0].how_ended, "killed");
  EXPECT_EQ(record->sittings[1].how_ended, "finished");
  EXPECT_EQ(record->variants.size(), 1U) << "the plan is said once a sitting, but holds once";
  EXPECT_TRUE(record->stages.empty()) << "a stage that only began has no outcome";
}

TEST_F(ReadRun, LatestOutcomeOfAStageWins) {
  auto writer = open(true);
  ASSERT_TRUE(writer.stage_ended(stage("serve", StageOutcome::failed, 1)).has_value());
  ASSERT_TRUE(writer.stage_ended(stage("serve", StageOutcome::finished, 2)).has_value());
  EXPECT_EQ(read()->stages.at("serve").outcome, StageOutcome::finished);
  EXPECT_EQ(read()->stages.at("serve").sitting, 2);
}

TEST_F(ReadRun, DropsATornLastLineWithAWarning) {
  auto writer = open(true);
  ASSERT_TRUE(writer.stage_ended(stage("adapt", StageOutcome::finished, 1)).has_value());
  append("{\"type\":\"stage\",\"id\":\"mer");
  const auto record = read();
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_EQ(record->stages.size(), 1U);
  ASSERT_EQ(record->warnings.size(), 1U);
  EXPECT_NE(record->warnings[0].find("torn"), std::string::npos);
}

TEST_F(ReadRun, ReadsEveryPrefixOfARecordOrSaysItIsEmpty) {
  {
    auto writer = open(true);
    ASSERT_TRUE(writer.sitting_started(Sitting{1, "t1", "", "", {}}).has_value());
    ASSERT_TRUE(writer.stage_ended(stage("adapt", StageOutcome::finished, 1)).has_value());
  }
  std::ifstream whole(file());
  const std::string text((std::istreambuf_iterator<char>(whole)), std::istreambuf_iterator<char>());
  const auto header = text.find('\n');
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    std::ofstream(file(), std::ios::trunc) << text.substr(0, cut);
    const auto record = read();
    ASSERT_EQ(record.has_value(), cut > header) << "cut at " << cut;
    if (!record) {
      EXPECT_EQ(record.error().code, ErrorCode::record_unreadable);
    }
  }
}

TEST_F(ReadRun, RefusesDamageBeforeTheLastLineAndNamesIt) {
  auto writer = open(true);
  append("{\"type\":\"stage\",\"id\":\n");
  ASSERT_TRUE(writer.warning("later").has_value());
  const auto record = read();
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().code, ErrorCode::record_unreadable);
  EXPECT_NE(record.error().where.find("record.jsonl:3"), std::string::npos) << record.error().where;
}

TEST_F(ReadRun, RefusesANewerMajorVersionAndTakesANewerMinorOne) {
  const std::string own(record_version());
  const int major = std::stoi(own);
  append("{\"type\":\"record\",\"version\":\"" + std::to_string(major + 1) + ".0\"}\n");
  const auto refused = read();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::record_unreadable);
  EXPECT_NE(refused.error().message.find(std::to_string(major + 1) + ".0"), std::string::npos);
  std::ofstream(file(), std::ios::trunc) << "{\"type\":\"record\",\"version\":\"" << major << ".999\"}\n"
                                         << "{\"type\":\"hologram\",\"depth\":3}\n";
  EXPECT_TRUE(read().has_value());
}

TEST_F(ReadRun, RefusesARecordWithoutItsHeader) {
  append("{\"type\":\"warning\",\"message\":\"x\"}\n");
  EXPECT_EQ(read().error().code, ErrorCode::record_unreadable);
}

TEST_F(ReadRun, ReadsTheFilesOfFinishedStagesOnly) {
  auto writer = open(true);
  RequestTimeline request;
  request.item = "q1";
  std::ofstream(folder_.path() / "requests.jsonl") << to_line(to_json(request)) << "\n";
  auto serve = stage("serve:v1", StageOutcome::failed, 1);
  serve.artifacts = {{"requests", "requests.jsonl", 1, ""}};
  ASSERT_TRUE(writer.stage_ended(serve).has_value());
  EXPECT_TRUE(read()->requests.empty());
  serve.outcome = StageOutcome::finished;
  ASSERT_TRUE(writer.stage_ended(serve).has_value());
  ASSERT_EQ(read()->requests.at("v1").size(), 1U);
  EXPECT_EQ(read()->requests.at("v1")[0].item, "q1");
  std::ofstream(folder_.path() / "requests.jsonl") << "broken\n";
  ASSERT_FALSE(read().has_value());
  EXPECT_NE(read().error().where.find("requests.jsonl:1"), std::string::npos);
}

TEST_F(ReadRun, SaysSoWhereThereIsNoRecord) {
  const auto record = read();
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().code, ErrorCode::io);
  EXPECT_FALSE(record.error().hint.empty());
}

TEST_F(ReadRun, EmptyLinesAreNoDamage) {
  auto writer = open(true);
  append("\n\r\n\n");
  const auto record = read();
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_TRUE(record->warnings.empty());
  ASSERT_TRUE(writer.warning("later").has_value());
  const auto resumed = read();
  ASSERT_TRUE(resumed.has_value()) << "a run that goes on has them in the middle";
  EXPECT_EQ(resumed->warnings, std::vector<std::string>{"later"});
}

TEST_F(ReadRun, ScoresMustBeAsManyAsTheirStageSays) {
  auto writer = open(true);
  auto scored = stage("score:v1", StageOutcome::finished, 1);
  scored.artifacts.push_back({"predictions", "scores.jsonl", 0, ""});
  scored.facts["items"] = {2.0, "1", {}, {}, Grade::measured, {"task file"}};
  ASSERT_TRUE(writer.stage_ended(scored).has_value());
  const auto line = [](const char* item) { return to_line(to_json(ItemScore{item, "x", {"x"}, true, 1.0, 1.0, 1.0})); };
  std::ofstream(folder_.path() / "scores.jsonl") << line("a") << "\n";
  const auto record = read();
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().code, ErrorCode::record_unreadable);
  EXPECT_EQ(record.error().message, "holds 1 scores, and its stage says that 2 items were scored");
  std::ofstream(folder_.path() / "scores.jsonl", std::ios::app) << line("b") << "\n";
  EXPECT_TRUE(read().has_value());
}

}  // namespace
}  // namespace edgeeval
