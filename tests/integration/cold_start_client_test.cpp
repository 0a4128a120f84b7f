// SPDX-License-Identifier: Apache-2.0
// Cold starts of the mock server in every dialect, through the load generator's own sockets.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "bench/server_scrape.hpp"
#include "bench/small_call.hpp"
#include "bench/start_figures.hpp"
#include "integration/cold_start_fixture.hpp"

namespace edgeeval {
namespace {

using ClientColdStart = testing::ColdStartFixture;

class EveryDialect : public ClientColdStart, public ::testing::WithParamInterface<const char*> {};

TEST_P(EveryDialect, IsRecognisedAndAnswersItsFirstRequest) {
  job_.command = mock(GetParam(), "loading: {for: 200ms, how: refuse}\n");
  job_.repeats = 2;
  job_.settle_requests = 3;
  const auto report = run();
  ASSERT_EQ(report.repeats.size(), 2U);
  for (const auto& start : report.repeats) {
    ASSERT_TRUE(start.ok()) << start.error->message;
    EXPECT_GE(start.accepting->at_s, 0.2);
    EXPECT_GT(start.first_token->at_s, start.accepting->at_s);
    EXPECT_GE(start.first_ttft_s.value_or(0.0), 0.02);
    EXPECT_TRUE(start.kernel_stamps);
    EXPECT_EQ(start.requests.size(), 4U);
    EXPECT_TRUE(start.settled_request.has_value());
  }
  ASSERT_TRUE(report.dialect.has_value());
  EXPECT_EQ(to_string(report.dialect->server), GetParam());
  const auto json = to_json(report);
  EXPECT_EQ(json["dialect"], GetParam());
  EXPECT_EQ(json["repeats"].size(), 2U);
  EXPECT_GT(json["repeats"][0]["first_token"]["at_s"].get<double>(), 0.2);
}

INSTANTIATE_TEST_SUITE_P(All, EveryDialect,
                         ::testing::Values("openai-chat", "llama-server", "ollama", "vllm", "sglang", "tgi",
                                           "tensorrt-llm", "lm-studio"));

TEST_F(ClientColdStart, WaitsWhileTheServerSaysThatItLoads) {
  job_.command = mock("llama-server", "loading: {for: 500ms, how: 503}\n");
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_TRUE(start.loading_seen);
  ASSERT_TRUE(start.ready.has_value());
  EXPECT_GE(start.ready->at_s, 0.5);
  EXPECT_GT(start.ready->not_before_s, start.accepting->at_s);
}

TEST_F(ClientColdStart, AsksAgainWhereNoRouteTellsReadiness) {
  job_.server = ServerKind::openai_chat;
  job_.model = "mock";
  job_.dialect = dialects_of(ServerKind::openai_chat).front();
  job_.command = mock("openai-chat", "loading: {for: 500ms, how: 503}\n");
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_GE(start.first_token->at_s, 0.5);
  EXPECT_GT(start.asked_again, 0);
}

TEST_F(ClientColdStart, FindsTheLazyLoadInTheFirstRequest) {
  job_.command = mock("ollama", "loading: {for: 400ms, how: lazy}\n");
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_TRUE(start.lazy);
  EXPECT_FALSE(start.ready.has_value());
  EXPECT_GE(start.first_token->at_s, 0.4);
  EXPECT_GT(start.told_load_s.value_or(0.0), 0.0);
}

TEST_F(ClientColdStart, ShowsTheServersWordsWhereItRefuses) {
  job_.command = mock("llama-server", "faults: [{name: not-found, share: 100%}]\n");
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_failed);
  EXPECT_NE(start.error->message.find("404"), std::string::npos) << start.error->message;
}

TEST_F(ClientColdStart, GivesUpOnAServerThatAnswersRubbish) {
  job_.command = mock("llama-server", "faults: [{name: html, share: 100%}]\n");
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_failed) << start.error->message;
}

TEST_F(ClientColdStart, NamesTheLimitOfAServerThatNeverSaysWhatItIs) {
  if (std::system("python3 -c pass >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no python3 here";
  // The kernel accepts for a socket that nobody reads.
  const auto deaf = folder_.path() / "deaf.py";
  std::ofstream(deaf) << "import signal, socket, sys\n"
                         "door = socket.socket()\n"
                         "door.bind(('127.0.0.1', int(sys.argv[1])))\n"
                         "door.listen(64)\n"
                         "signal.pause()\n";
  job_.command = "python3 '" + deaf.string() + "' {port}";
  job_.timeout_s = 3.0;
  const auto report = run_cold_starts(job_, contacts_by_client(0.1), nullptr, cancel_);
  ASSERT_TRUE(report);
  const auto& error = report->repeats.at(0).error;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::timed_out) << error->message;
  EXPECT_NE(error->message.find("longer than --probe-timeout"), std::string::npos) << error->message;
  EXPECT_NE(error->hint.find("--ready-timeout SECONDS"), std::string::npos) << error->hint;
}

TEST_F(ClientColdStart, SeesTheServerEndWhileItIsAsked) {
  job_.command = mock("llama-server", "faults: [{name: hang, share: 100%}]\n") +
                 " & server=$!; sleep 0.7; kill $server; wait; exit 1";
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_failed) << start.error->message;
  EXPECT_EQ(start.ended, "exit 1");
}

TEST_F(ClientColdStart, LetsCountersBeScrapedMeanwhile) {
  job_.command = mock("vllm", "");
  job_.target = Target{false, "127.0.0.1", 0};
  std::unique_ptr<ServerScraper> scraper;
  ScrapeReport scraped;
  job_.settle_requests = 4;
  const ColdStartHooks hooks{[&](const std::string& line) {
    if (line.find("is ready") == std::string::npos) return;
    ScrapeOptions options;
    options.path = "/metrics";
    const Target target{false, "127.0.0.1", port_of_mock()};
    auto started = ServerScraper::start(options, small_call(target, 2.0), read_server_metrics);
    ASSERT_TRUE(started.has_value());
    scraper = std::move(*started);
  }};
  const ColdStartHooks stopping{[&](const std::string& line) {
    hooks.on_progress(line);
    if (scraper && line.find("has settled") != std::string::npos) scraped = scraper->stop();
  }};
  const auto start = run(stopping).repeats.at(0);
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_GE(scraped.scrapes, 2U) << scraped.first_failure;
  EXPECT_EQ(scraped.failures, 0U) << scraped.first_failure;
}

}  // namespace
}  // namespace edgeeval
