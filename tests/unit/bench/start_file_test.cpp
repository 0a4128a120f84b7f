// SPDX-License-Identifier: Apache-2.0
#include "bench/start_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "bench/start_figures.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

ColdStartRepeat good_start(int number, double token_s) {
  ColdStartRepeat start;
  start.number = number;
  start.port = 40000 + number;
  start.spawned_ns = 1'234'567'890'123'456'789;
  start.accepting = StartMoment{0.1, 0.09};
  start.ready = StartMoment{0.5, 0.49};
  start.first_token = StartMoment{token_s, token_s};
  start.first_reply = StartMoment{token_s + 0.1, token_s + 0.1};
  start.refused_first = start.loading_seen = start.kernel_stamps = true;
  start.asked_again = 2;
  start.told_load_s = 0.25;
  start.first_ttft_s = 0.125;
  start.peak_resident_b = 3e8;
  start.processes = 2;
  start.ended = "exit 0";
  start.stopping_s = 0.01;
  start.notes = {"a note"};
  start.requests = {{1, 0.2, 0.7}, {2, std::nullopt, 0.9}};
  start.files = {{"model.gguf", 1024, 0.5, 1.0}, {"other.gguf", 7, std::nullopt, std::nullopt}};
  WindowRecord window;
  window.name = "load";
  window.duration_s = 0.4;
  EnergyEntry entry;
  entry.source = entry.domain = "cpu";
  entry.joules = Fact{12.0, "J", 11.0, 13.0, Grade::measured, {"cpu"}};
  window.energy = {entry};
  start.windows = {window};
  return start;
}

ColdStartReport sample() {
  ColdStartReport report;
  report.command = "server --port {port}";
  report.address = "127.0.0.1:{port}";
  report.dialect = dialects_of(ServerKind::vllm).front();
  report.model = "m";
  report.version = "0.9";
  report.cache = CacheWish::evicted;
  ColdStartRepeat failed;
  failed.number = 2;
  failed.error = Error{ErrorCode::timed_out, "it did not be ready", "server", "Allow it more time."};
  failed.log_tail = {"one", "two"};
  for (auto& start : {good_start(1, 0.6), failed, good_start(3, 0.7)}) {
    count_failure(report, start);
    report.repeats.push_back(start);
  }
  report.figures = start_figures(report.repeats);
  report.warnings = {"a warning"};
  return report;
}

TEST(StartFile, KeepsAllThatIsKnown) {
  const testing::TempFolder folder;
  EXPECT_FALSE(holds_starts(folder.path()));
  const auto report = sample();
  ASSERT_TRUE(write_starts(folder.path(), report));
  EXPECT_TRUE(holds_starts(folder.path()));
  const auto again = read_starts(folder.path());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(to_json(*again).dump(1), to_json(report).dump(1));
  EXPECT_EQ(again->failed, 1U);
  EXPECT_EQ(again->repeats[1].error->code, ErrorCode::timed_out);
  EXPECT_EQ(again->repeats[0].spawned_ns, 1'234'567'890'123'456'789);
}

TEST(StartFile, ReadsOneFromBeforeItHadAFormat) {
  auto json = to_json(sample());
  json.erase("format");
  json.erase("figures");
  const auto again = starts_from(json, "old");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->figures.size(), sample().figures.size());
}

TEST(StartFile, RefusesWhatCannotBeRead) {
  const auto code = [](const Json& json) {
    const auto read = starts_from(json, "here");
    return read ? ErrorCode::internal : read.error().code;
  };
  auto newer = to_json(sample());
  newer["format"] = "2.0";
  EXPECT_EQ(code(newer), ErrorCode::record_unreadable);
  auto broken = to_json(sample());
  broken["repeats"][0]["accepting"] = "soon";
  EXPECT_EQ(code(broken), ErrorCode::record_unreadable);
  broken = to_json(sample());
  broken["repeats"][0]["windows"][0]["energy"] = 5;
  EXPECT_EQ(code(broken), ErrorCode::record_unreadable);
  broken = to_json(sample());
  broken["repeats"] = 3;
  EXPECT_EQ(code(broken), ErrorCode::record_unreadable);
  EXPECT_EQ(code(Json::array()), ErrorCode::record_unreadable);
  EXPECT_EQ(code(Json::object()), ErrorCode::record_unreadable);
}

TEST(FailureOf, IsTheCodeThatAllFailedStartsHave) {
  ColdStartReport report;
  EXPECT_EQ(failure_of(report), std::nullopt);
  ColdStartRepeat missing;
  missing.error = Error{ErrorCode::engine_missing, "none"};
  count_failure(report, missing);
  count_failure(report, missing);
  EXPECT_EQ(report.failed, 2U);
  EXPECT_EQ(failure_of(report), ErrorCode::engine_missing);
  missing.error->code = ErrorCode::timed_out;
  count_failure(report, missing);
  EXPECT_EQ(failure_of(report), ErrorCode::engine_failed);
}

}  // namespace
}  // namespace edgeeval
