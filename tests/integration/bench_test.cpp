// SPDX-License-Identifier: Apache-2.0
// `edgeeval bench` and `edgeeval recompute` from outside, against the mock server.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";
const std::vector<std::string> kFast{"--ttft", "2ms", "--itl", "1ms"};

/// One benchmark of a mock server that was started with `server`.
struct Benched {
  TempFolder folder;
  Ran ran;
  [[nodiscard]] fs::path record() const { return folder.path() / "load"; }
};

Ran bench(const std::string& url, const std::vector<std::string>& options,
          const std::map<std::string, std::string>& environment = {}) {
  std::vector<std::string> arguments{kProgram, "bench", "--url", url};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run_program(arguments, {}, environment);
}

std::unique_ptr<Benched> benched(const std::vector<std::string>& server, std::vector<std::string> options,
                                 const std::map<std::string, std::string>& environment = {}) {
  auto result = std::make_unique<Benched>();
  options.insert(options.end(), {"--out", result->record().string(), "--no-energy"});
  with_server(server, [&](int port) {
    result->ran = bench("http://127.0.0.1:" + std::to_string(port), options, environment);
  });
  return result;
}

TEST(Bench, AClosedLoopIsMeasuredRecordedAndReadAgain) {
  // At 1 ms a token a busy machine lets the client read two at a time, which rightly makes a load INVALID.
  const std::vector<std::string> server{"--ttft", "20ms", "--itl", "20ms", "--dialect", "vllm"};
  const auto made = benched(server, {"--scenario", "closed:4", "-n", "40", "--max-tokens", "8", "--json"});
  // On a crowded machine the client's reads fall together, and the load is rightly called invalid.
  ASSERT_EQ(made->ran.code, holds(made->ran.err, "INVALID") ? 21 : 0) << made->ran.err;
  const auto report = parse_json(made->ran.out, "stdout");
  ASSERT_TRUE(report) << made->ran.out;
  EXPECT_TRUE(holds(made->ran.err, "VALID"));
  std::ifstream requests(made->record() / "requests.jsonl");
  int measured = 0;
  for (std::string line; std::getline(requests, line);) {
    const auto request = parse_json(line, "line");
    ASSERT_TRUE(request);
    if (value_or(*request, "phase", std::string("measured")) == "measured") ++measured;
    EXPECT_EQ(value_or(*request, "completion_tokens", 0), 8);
    // The reply's count is usage's; those of its events are of their token ids.
    EXPECT_EQ(value_or(*request, "completion_source", std::string()), "usage");
    EXPECT_EQ(value_or(*request, "event_sources", Json()), Json::parse(R"({"token_ids": 8})"));
  }
  EXPECT_EQ(measured, 40);
  EXPECT_EQ(report->at("summary").at("events").at("event_sources"), Json::parse(R"({"token_ids": 320})"));

  const auto again = run_program({kProgram, "report", made->record().string(), "--json"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, made->ran.out);
  const auto peers = run_program({kProgram, "recompute", made->record().string(), "--json"});
  ASSERT_EQ(peers.code, 0) << peers.err;
  const auto tools = parse_json(peers.out, "stdout");
  ASSERT_TRUE(tools);
  EXPECT_EQ(tools->size(), 7U);
}

/// Prompt tokens of each request of a record.
std::vector<int> prompt_lengths(const fs::path& record) {
  std::vector<int> lengths;
  std::ifstream requests(record / "requests.jsonl");
  for (std::string line; std::getline(requests, line);) {
    const auto request = parse_json(line, "line");
    lengths.push_back(request ? value_or(*request, "prompt_tokens", 0) : 0);
  }
  return lengths;
}

TEST(Bench, PromptsHaveExactlyTheLengthAskedForWithSaltsAndWithout) {
  auto server = kFast;
  server.insert(server.end(), {"--dialect", "vllm"});
  const auto once = benched(
      server, {"-n", "8", "--warmup", "0", "--prompt-tokens", "40", "--max-tokens", "2", "--allow-invalid"});
  ASSERT_EQ(once->ran.code, 0) << once->ran.err;
  EXPECT_EQ(prompt_lengths(once->record()), std::vector<int>(8, 40));
  EXPECT_FALSE(holds(text_of(once->record() / "load.json"), "salt of its own"));
  const auto warmed = benched(
      server, {"-n", "8", "--warmup", "2", "--prompt-tokens", "40", "--max-tokens", "2", "--allow-invalid"});
  ASSERT_EQ(warmed->ran.code, 0) << warmed->ran.err;
  // Those of the warm-up begin with a salt, so that the server has not met the others.
  const std::vector<int> wanted{48, 48, 40, 40, 40, 40, 40, 40, 40, 40};
  EXPECT_EQ(prompt_lengths(warmed->record()), wanted);
  EXPECT_FALSE(holds(text_of(warmed->record() / "load.json"), "salt of its own"));
  const auto again = benched(server, {"-n", "8", "--warmup", "2", "--prompt-tokens", "40", "--prompt-count",
                                      "3", "--max-tokens", "2", "--allow-invalid"});
  ASSERT_EQ(again->ran.code, 0) << again->ran.err;
  EXPECT_EQ(prompt_lengths(again->record()), std::vector<int>(10, 40)) << "salts are a part of them";
  EXPECT_TRUE(holds(again->ran.out, "asked for 40 tokens, 8 replies tell 40 to 40")) << again->ran.out;
}

TEST(Bench, AScheduleIsReplayedAsTheLoadThatItWas) {
  TempFolder folder;
  with_server(kFast, [&](int port) {
    const auto url = "http://127.0.0.1:" + std::to_string(port);
    const auto at = [&](const char* name) { return (folder.path() / name).string(); };
    auto ran = bench(url, {"--scenario", "open:poisson@200", "-n", "30", "--seed", "7", "--max-tokens", "3",
                           "--out", at("first"), "--no-energy", "--allow-invalid"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    ran = bench(url, {"--schedule", at("first") + "/schedule.jsonl", "--out", at("again"), "--no-energy",
                      "--allow-invalid"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(holds(ran.out, "open:poisson@200")) << ran.out;
    EXPECT_TRUE(holds(ran.out, "3 tokens asked")) << ran.out;
    EXPECT_TRUE(holds(ran.out, "seeds 7, 8, 9")) << ran.out;
    EXPECT_TRUE(holds(ran.out, "30 measured")) << ran.out;
  });
  EXPECT_EQ(text_of(folder.path() / "first" / "schedule.jsonl"),
            text_of(folder.path() / "again" / "schedule.jsonl"));
}

TEST(Bench, EveryDialectIsRecognisedAndAnswersInFull) {
  for (const std::string dialect :
       {"openai-chat", "llama-server", "ollama", "vllm", "sglang", "tgi", "tensorrt-llm", "lm-studio"}) {
    auto server = kFast;
    server.insert(server.end(), {"--dialect", dialect});
    const auto made = benched(server, {"--scenario", "closed:2", "-n", "6", "--max-tokens", "5", "--warmup",
                                       "2", "--allow-invalid"});
    ASSERT_EQ(made->ran.code, 0) << dialect << made->ran.err << made->ran.out;
    const auto header = json_of(made->record() / "load.json");
    EXPECT_EQ(value_or(header, "dialect", std::string()), dialect);
    EXPECT_TRUE(holds(made->ran.out, "6 ended well, 0 failed")) << dialect << made->ran.out;
  }
}

/// The entry of that name in a list of a report or a header.
Json named(const Json& list, const std::string& name) {
  for (const auto& entry : list)
    if (entry.at("name") == name) return entry;
  ADD_FAILURE() << "no " << name << " in " << list.dump();
  return Json::object();
}

TEST(Bench, TheServersHistogramsAreHeldAgainstTheWire) {
  const std::vector<std::string> server{"--ttft", "30ms", "--itl", "15ms", "--dialect", "vllm"};
  const auto made = benched(server, {"--scenario", "closed:2", "-n", "10", "--warmup", "2", "--max-tokens",
                                     "6", "--allow-invalid", "--json"});
  ASSERT_EQ(made->ran.code, 0) << made->ran.err;
  const auto report = parse_json(made->ran.out, "stdout");
  ASSERT_TRUE(report) << made->ran.out;
  const auto& checks = report->at("server_distributions");
  ASSERT_EQ(checks.size(), 3U);
  // Ten measured and two of the warm-up, six events each: as many as the client saw.
  const std::map<std::string, int> counts{{"vllm:time_to_first_token_seconds", 12},
                                          {"vllm:inter_token_latency_seconds", 60},
                                          {"vllm:e2e_request_latency_seconds", 12}};
  for (const auto& [name, count] : counts) {
    const auto check = named(checks, name);
    EXPECT_EQ(check.at("server_count"), count) << name;
    EXPECT_EQ(check.at("wire_count"), count) << name;
    EXPECT_NEAR(check.at("difference_mean_s").get<double>(),
                check.at("wire_mean_s").get<double>() - check.at("server_mean_s").get<double>(), 1e-12);
    EXPECT_EQ(check.at("quantiles").size(), 3U);
  }
  // The server's clock and the client's tell of the same stretch: the first token is never there before it
  // was sent, and no sooner than the script says.
  const auto first = named(checks, "vllm:time_to_first_token_seconds");
  EXPECT_GE(first.at("server_mean_s").get<double>(), 0.030);
  EXPECT_GT(first.at("wire_mean_s").get<double>(), first.at("server_mean_s").get<double>());
  const auto header = json_of(made->record() / "load.json");
  EXPECT_EQ(named(header.at("histograms"), "vllm:time_to_first_token_seconds").at("count"), 12);
  // Gauges are no counters: at the load's ends nothing is under way.
  EXPECT_EQ(named(header.at("gauges"), "vllm:num_requests_running").at("min"), 0.0);
  for (const auto& counter : header.at("counters")) {
    EXPECT_NE(counter.at(0), "vllm:num_requests_running");
    if (counter.at(0) == "vllm:generation_tokens_total") {
      EXPECT_EQ(counter.at(1), 72.0);
    }
  }
  EXPECT_TRUE(holds(text_of(made->record() / "server-metrics.jsonl"), "\"histograms\""));
  // What each metric means stands in the report.
  bool defined = false;
  for (const auto& definition : report->at("definitions"))
    defined = defined || (definition.at("id") == "itl_delivered" && definition.at("unit") == "s" &&
                          !definition.at("definition").get<std::string>().empty());
  EXPECT_TRUE(defined);
}

TEST(Bench, TheServersTimesOfRequestsAreHeldAgainstTheWire) {
  const auto made = benched({"--ttft", "20ms", "--itl", "10ms", "--dialect", "tensorrt-llm"},
                            {"-n", "5", "--warmup", "1", "--max-tokens", "4", "--allow-invalid"});
  ASSERT_EQ(made->ran.code, 0) << made->ran.err;
  EXPECT_TRUE(holds(made->ran.out, "first_token_time · mean")) << made->ran.out;
  const auto header = json_of(made->record() / "load.json");
  ASSERT_EQ(header.at("server_requests").size(), 6U) << "what was asked before the load is not among them";
  for (const auto& request : header.at("server_requests")) {
    EXPECT_GE(request.at("first_token_s").get<double>(), 0.020);
    EXPECT_GE(request.at("last_token_s").get<double>(), 0.050);
  }
  EXPECT_TRUE(holds(made->ran.out, "gauge")) << made->ran.out;
}

TEST(Bench, MetricsThatStandElsewhereAreScrapedThere) {
  // The server that is measured has no metrics of its own; the other one stands for its exporter.
  TempFolder folder;
  with_server({"--dialect", "llama-server", "--metrics"}, [&](int exporter) {
    with_server({"--dialect", "openai-chat", "--ttft", "2ms", "--itl", "1ms"}, [&](int port) {
      const auto url = "http://127.0.0.1:" + std::to_string(port);
      const auto elsewhere = "http://127.0.0.1:" + std::to_string(exporter);
      const auto out = (folder.path() / "load").string();
      std::vector<std::string> options{"-n", "3", "--max-tokens", "2", "--no-energy", "--allow-invalid"};
      const auto with = [&](const std::vector<std::string>& more) {
        auto all = options;
        all.insert(all.end(), more.begin(), more.end());
        return bench(url, all);
      };
      const auto made = with({"--metrics-url", elsewhere + "/metrics", "--out", out});
      ASSERT_EQ(made.code, 0) << made.err;
      const auto header = json_of(fs::path(out) / "load.json");
      EXPECT_EQ(header.at("counters").size(), 2U);
      EXPECT_EQ(named(header.at("gauges"), "llamacpp:requests_processing").at("max"), 0.0);
      EXPECT_EQ(header.at("settings").at("metrics-url"), elsewhere + "/metrics");
      // What holds no metrics, or does not answer, is told before anything is sent.
      const auto none = (folder.path() / "none").string();
      const auto wrong = with({"--metrics-url", elsewhere + "/health", "--out", none});
      EXPECT_EQ(wrong.code, 2) << wrong.err;
      EXPECT_TRUE(holds(wrong.err, "holds no counter")) << wrong.err;
      EXPECT_EQ(with({"--metrics-url", elsewhere + "/gone", "--out", none}).code, 2);
      EXPECT_EQ(with({"--metrics-url", "http://127.0.0.1:1", "--out", none}).code, 17);
      EXPECT_EQ(with({"--metrics-url", elsewhere, "--no-scrape", "--out", none}).code, 2);
      EXPECT_FALSE(fs::exists(none));
    });
  });
}

TEST(Bench, AnOpenLoopKeepsItsSchedule) {
  const auto made =
      benched(kFast, {"--scenario", "open:const@200", "-n", "60", "--max-tokens", "4", "--allow-invalid"});
  ASSERT_EQ(made->ran.code, 0) << made->ran.err;
  std::ifstream schedule(made->record() / "schedule.jsonl");
  const std::string lines{std::istreambuf_iterator<char>(schedule), {}};
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n') >= 60, true);
  EXPECT_TRUE(holds(made->ran.out, "60 ended well"));
}

TEST(Bench, FailuresAreCountedAndMakeTheLoadInvalid) {
  auto server = kFast;
  server.insert(server.end(), {"--fault", "error-event"});
  const auto all = benched(server, {"-n", "6", "--warmup", "0", "--max-tokens", "8"});
  EXPECT_EQ(all->ran.code, 8);
  EXPECT_TRUE(holds(all->ran.out, "INVALID"));
  EXPECT_TRUE(holds(all->ran.out, "error_event"));
}

TEST(Bench, SomeFailuresExitAsInvalid) {
  auto server = kFast;
  server.insert(server.end(), {"--fault", "server-error:50%"});
  const auto some = benched(server, {"-n", "30", "--warmup", "0", "--max-tokens", "4"});
  EXPECT_EQ(some->ran.code, 21) << some->ran.out;
  EXPECT_TRUE(holds(some->ran.out, "server_error"));
}

TEST(Bench, ASweepHasALoadAStep) {
  const auto made =
      benched(kFast, {"--scenario", "sweep:closed:1,2", "-n", "8", "--max-tokens", "4", "--allow-invalid"});
  ASSERT_EQ(made->ran.code, 0) << made->ran.err;
  EXPECT_TRUE(fs::exists(made->record() / "step-01" / "events.bin"));
  EXPECT_TRUE(fs::exists(made->record() / "step-02" / "events.bin"));
  EXPECT_EQ(json_of(made->record() / "bench.json").at("loads").size(), 2U);
}

TEST(Bench, ASeriesIsNotRecomputedAsOneLoadAndAFileOfTimelinesIsReported) {
  const auto made =
      benched(kFast, {"--scenario", "sweep:closed:1,2", "-n", "8", "--max-tokens", "4", "--allow-invalid"});
  ASSERT_EQ(made->ran.code, 0) << made->ran.err;
  const auto series = run_program({kProgram, "recompute", made->record().string(), "--as", "vllm"});
  EXPECT_EQ(series.code, 2);
  EXPECT_TRUE(holds(series.err, "step-02")) << series.err;
  const auto file = (made->folder.path() / "t.jsonl").string();
  ASSERT_EQ(run_program({kProgram, "report", made->record().string(), "-o", "jsonl:" + file}).code, 0);
  const auto told = run_program({kProgram, "report", file});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(holds(told.out, "8 measured: 8 ended well")) << told.out;
}

TEST(Bench, ASeriesThatWasKilledInItsFirstStepCanBeRead) {
  const auto made =
      benched(kFast, {"--scenario", "sweep:closed:1,2", "-n", "8", "--max-tokens", "4", "--allow-invalid"});
  ASSERT_EQ(made->ran.code, 0) << made->ran.err;
  // As a kill leaves it: the index names the step under way, which has written nothing yet.
  fs::remove_all(made->record() / "step-02");
  fs::create_directory(made->record() / "step-02");
  const auto told = run_program({kProgram, "report", made->record().string()});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(holds(told.out, "closed:1")) << told.out;
}

TEST(Bench, SigtermHasItsOwnCode) {
  const TempFolder folder;
  const auto out = (folder.path() / "load").string();
  with_server(kFast, [&](int port) {
    // The header is written before the first request: from then on a load is under way.
    const auto script = kProgram + " bench --url http://127.0.0.1:" + std::to_string(port) +
                        " --duration 600 --max-tokens 4 --no-energy --out " + out + " & until [ -s " + out +
                        "/load.json ]; do sleep 0.05; done; kill -TERM $!; wait $!";
    const auto ran = run_program({"/bin/sh", "-c", script});
    EXPECT_EQ(ran.code, 143) << ran.err;
    EXPECT_EQ(json_of(fs::path(out) / "load.json").at("how_ended"), "cancelled");
  });
}

TEST(Bench, WordsThatWouldFillTheMemoryAreNotMadeUp) {
  const auto made = benched(kFast, {"-n", "3", "--prompt-tokens", "1000000000"});
  EXPECT_EQ(made->ran.code, 2);
  EXPECT_TRUE(holds(made->ran.err, "at most 1e+08 are made up")) << made->ran.err;
}

TEST(Bench, NothingMeasuredIsOverwritten) {
  const TempFolder folder;
  const auto out = (folder.path() / "load").string();
  with_server(kFast, [&](int port) {
    const auto url = "http://127.0.0.1:" + std::to_string(port);
    const std::vector<std::string> options{"-n",    "2", "--max-tokens", "2",
                                           "--out", out, "--no-energy",  "--allow-invalid"};
    EXPECT_EQ(bench(url, options).code, 0);
    const auto before = text_of(fs::path(out) / "requests.jsonl");
    EXPECT_EQ(bench(url, options).code, 12);
    EXPECT_EQ(text_of(fs::path(out) / "requests.jsonl"), before);
  });
}

TEST(Bench, AKeyStandsNowhere) {
  const std::string key = "sk-verysecretkey-0123456789";
  const auto made = benched(kFast, {"-n", "3", "--max-tokens", "2", "--allow-invalid", "-o", "jsonl:-"},
                            {{"EDGEEVAL_API_KEY", key}});
  EXPECT_EQ(made->ran.code, 0) << made->ran.err;
  EXPECT_FALSE(holds(made->ran.out + made->ran.err, key));
  for (const auto& entry : fs::recursive_directory_iterator(made->record())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_FALSE(holds(text_of(entry.path()), key)) << entry.path();
  }
}

}  // namespace
}  // namespace edgeeval::testing
