// SPDX-License-Identifier: Apache-2.0
#include "stage/study_load.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <optional>

#include "core/monotonic.hpp"
#include "load/engine.hpp"
#include "record/load_file.hpp"
#include "stage/item_timelines.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

/// Loads on a process that answers as llama-server does.
class StudyLoadTest : public ::testing::Test {
 protected:
  StudyLoadTest() {
    settings_.concurrency = 2;
    settings_.max_tokens = 8;
    settings_.warmup_requests = 2;
    settings_.request_timeout_s = 20.0;
    for (int i = 0; i < 5; ++i)
      questions_.push_back({"item-" + std::to_string(i),
                            {{"system", "s"}, {"user", std::to_string(i) + " \"is\"\n the number"}}});
  }
  ~StudyLoadTest() override { ::unsetenv("FAKE_LLAMA"); }

  void start(const char* behaviour = "") {
    ::setenv("FAKE_LLAMA", behaviour, 1);
    EngineLaunch launch;
    launch.program = FAKE_LLAMA_SERVER;
    launch.model = folder_.path() / "model.gguf";
    launch.log_file = folder_.path() / "engine.log";
    std::ofstream(launch.model) << "weights";
    auto started = LlamaServer::launch(launch, cancel_);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_.emplace(std::move(*started));
  }
  LoadOutcome load(StudyLoadHooks hooks = {}) {
    const StudyLoad asked{server_->target(), engine_dialect(), "v", questions_, settings_, raw()};
    if (!hooks.engine_alive) hooks.engine_alive = [this] { return server_->alive(); };
    const auto outcome = make_study_load(asked, cancel_, hooks);
    EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().message);
    return outcome ? *outcome : LoadOutcome();
  }
  std::vector<RequestTimeline> timelines(std::int64_t epoch_ns) {
    auto record = read_load(raw());
    EXPECT_TRUE(record.has_value());
    std::vector<std::string> items;
    for (const auto& question : questions_) items.push_back(question.item);
    return item_timelines(*record, items, epoch_ns).value();
  }
  [[nodiscard]] std::filesystem::path raw() const { return folder_.path() / "loads/v"; }

  testing::TempFolder folder_;
  CancelToken cancel_;
  LoadSettings settings_;
  std::vector<ItemQuestion> questions_;
  std::optional<LlamaServer> server_;
};

TEST_F(StudyLoadTest, AsksEveryItemOnceInOrderAndKeepsWhatCame) {
  start();
  std::int64_t measured_ns = 0;
  int ended = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  const auto outcome = load({[&] { measured_ns = monotonic_ns(); },
                             [&] { ++ended; },
                             [&](auto done, auto total) { told.emplace_back(done, total); },
                             {}});
  EXPECT_EQ(outcome.sent, 7U);
  EXPECT_EQ(outcome.failed, 0U);
  EXPECT_EQ(ended, 1);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back(), (std::pair<std::uint64_t, std::uint64_t>{5, 5}));
  const auto all = timelines(measured_ns);
  ASSERT_EQ(all.size(), 5U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& timeline = all[i];
    EXPECT_TRUE(timeline.ok) << timeline.error;
    EXPECT_EQ(timeline.item, questions_[i].item);
    EXPECT_EQ(timeline.index, static_cast<int>(i));
    EXPECT_EQ(timeline.text, std::to_string(i) + " \"is\" the");
    EXPECT_EQ(timeline.token_events_s.size(), 3U);
    EXPECT_EQ(timeline.completion_tokens, 3);
    EXPECT_EQ(timeline.cached_tokens, 0);
    EXPECT_EQ(timeline.token_source, "usage");
    EXPECT_EQ(timeline.finish_reason, "stop");
    EXPECT_GE(timeline.sent_s, 0.0);
    EXPECT_LE(timeline.sent_s, *timeline.first_token_s);
    EXPECT_LE(*timeline.first_token_s, *timeline.last_token_s);
    EXPECT_LE(*timeline.last_token_s, *timeline.closed_s);
  }
}

TEST_F(StudyLoadTest, LeavesARawRecordThatSaysWhatWasAsked) {
  start();
  load();
  const auto record = read_load(raw());
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_EQ(record->requests.size(), 7U);
  EXPECT_EQ(record->requests[1].phase, LoadPhase::warmup);
  EXPECT_EQ(record->requests[2].phase, LoadPhase::measured);
  const auto& header = record->header;
  EXPECT_EQ(header.dialect, "llama-server");
  EXPECT_EQ(header.scenario, "closed:2");
  EXPECT_EQ(header.concurrency, 2);
  EXPECT_EQ(header.model, "v");
  EXPECT_EQ(header.how_ended, "finished");
  EXPECT_EQ(header.settings.at("max_tokens"), "8");
  ASSERT_TRUE(header.client.has_value());
  EXPECT_EQ(header.client->lost_events, 0U);
}

TEST_F(StudyLoadTest, ReplacesWhatAnEarlierTryLeft) {
  start();
  load();
  questions_.resize(1);
  settings_.warmup_requests = 0;
  load();
  EXPECT_EQ(read_load(raw()).value().requests.size(), 1U);
}

TEST_F(StudyLoadTest, AsksABusyEngineAgain) {
  // Its second question, the first of this load, finds it busy.
  start("503-first");
  settings_.concurrency = 1;
  settings_.warmup_requests = 0;
  EXPECT_EQ(load().failed, 0U);
  const auto all = timelines(0);
  EXPECT_EQ(all.at(0).retries, 1);
  EXPECT_TRUE(all.at(0).ok) << all.at(0).error;
  EXPECT_EQ(all.at(1).retries, 0);
}

TEST_F(StudyLoadTest, GoesOnAfterFailuresAndSaysWhatTheyWere) {
  start("exit-after=3");
  settings_.concurrency = 1;
  settings_.warmup_requests = 0;
  const auto outcome = load({{}, {}, {}, [] { return true; }});  // As if nobody watched the engine.
  EXPECT_EQ(outcome.sent, 5U);
  EXPECT_EQ(outcome.failed, 3U);
  const auto all = timelines(0);
  EXPECT_TRUE(all.at(1).ok);
  for (const std::size_t i : {2U, 3U, 4U}) {
    EXPECT_FALSE(all.at(i).ok);
    EXPECT_NE(all.at(i).error, "");
  }
}

TEST_F(StudyLoadTest, EndsWithItsEngineAndSaysWhatWasNotAsked) {
  start();
  settings_.warmup_requests = 0;
  const auto outcome = load({{}, {}, {}, [] { return false; }});
  EXPECT_TRUE(outcome.engine_ended);
  EXPECT_EQ(outcome.sent, 0U);
  const auto all = timelines(0);
  ASSERT_EQ(all.size(), 5U);
  for (const auto& timeline : all) EXPECT_EQ(timeline.error, "not sent: the load had ended");
  EXPECT_EQ(read_load(raw()).value().header.how_ended, "failed");
}

TEST_F(StudyLoadTest, KeepsARecordWhereItIsCancelled) {
  start();
  const auto outcome = load({[this] { cancel_.request(); }, {}, {}, {}});
  EXPECT_TRUE(outcome.cancelled);
  const auto record = read_load(raw());
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->header.how_ended, "cancelled");
  EXPECT_EQ(record->requests.size(), 2U);  // Those of the warm-up.
}

}  // namespace
}  // namespace edgeeval
