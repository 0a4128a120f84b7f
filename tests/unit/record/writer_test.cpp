// SPDX-License-Identifier: Apache-2.0
#include "record/writer.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

const RecordedPlan kPlan{"quick", "key-1", {}, {}, {{"adapt.rank", "16"}}};

std::vector<Json> lines_of(const ScratchFolder& folder) {
  std::vector<Json> entries;
  std::ifstream file(folder.path() / "record.jsonl");
  for (std::string line; std::getline(file, line);) entries.push_back(Json::parse(line));
  return entries;
}

TEST(RecordWriter, BeginsAFreshRecordWithItsHeaderAndPlan) {
  const ScratchFolder folder;
  ASSERT_TRUE(RecordWriter::open(folder.path(), kPlan, true).has_value());
  const auto entries = lines_of(folder);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].at("type"), "record");
  EXPECT_EQ(entries[0].at("study"), "quick");
  EXPECT_TRUE(entries[0].contains("version"));
  EXPECT_EQ(entries[1].at("type"), "plan");
  EXPECT_EQ(entries[1].at("settings").at("adapt.rank"), "16");
}

TEST(RecordWriter, WritesOneHeaderOverTwoSittings) {
  const ScratchFolder folder;
  {
    auto first = RecordWriter::open(folder.path(), kPlan, true);
    ASSERT_TRUE(first->sitting_started(Sitting{1, "t1", "", "", {}}).has_value());
  }
  auto second = RecordWriter::open(folder.path(), kPlan, false);
  ASSERT_TRUE(second->sitting_started(Sitting{2, "t2", "", "", {}}).has_value());
  int headers = 0;
  for (const auto& entry : lines_of(folder)) headers += entry.at("type") == "record" ? 1 : 0;
  EXPECT_EQ(headers, 1);
}

TEST(RecordWriter, CutsOffATornLineAndSaysSo) {
  const ScratchFolder folder;
  ASSERT_TRUE(RecordWriter::open(folder.path(), kPlan, true).has_value());
  std::ofstream(folder.path() / "record.jsonl", std::ios::app) << "{\"type\":\"sta";
  ASSERT_TRUE(RecordWriter::open(folder.path(), kPlan, false).has_value());
  const auto entries = lines_of(folder);
  EXPECT_EQ(entries.back().at("type"), "warning");
  EXPECT_NE(entries.back().at("message").get<std::string>().find("12 bytes"), std::string::npos);
}

TEST(RecordWriter, KeepsIdleWindowsWithTheirSittingAndMoment) {
  const ScratchFolder folder;
  {
    auto writer = RecordWriter::open(folder.path(), kPlan, true);
    WindowRecord window;
    window.name = "idle";
    window.duration_s = 5.0;
    ASSERT_TRUE(writer->idled({2, "bare", "after", window}).has_value());
  }
  const auto record = read_run(folder.path().string());
  ASSERT_TRUE(record.has_value()) << record.error().message;
  ASSERT_EQ(record->idle.size(), 1U);
  EXPECT_EQ(record->idle[0].sitting, 2);
  EXPECT_EQ(record->idle[0].moment, "after");
  EXPECT_EQ(record->idle[0].window.duration_s, 5.0);
}

TEST(RecordWriter, KeepsAStageOnOneLineWhateverItsTextHolds) {
  const ScratchFolder folder;
  auto writer = RecordWriter::open(folder.path(), kPlan, true);
  StageRecord stage;
  stage.id = "a";
  stage.notes["log"] = "one\ntwo\r\nthree";
  ASSERT_TRUE(writer->stage_ended(stage).has_value());
  const auto entries = lines_of(folder);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[2].at("type"), "stage");
  EXPECT_EQ(entries[2].at("notes").at("log"), "one\ntwo\r\nthree");
}

TEST(RecordWriter, SaysWhereItCannotWrite) {
  const ScratchFolder folder;
  const auto writer = RecordWriter::open(folder.path() / "not-there", kPlan, true);
  ASSERT_FALSE(writer.has_value());
  EXPECT_EQ(writer.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
