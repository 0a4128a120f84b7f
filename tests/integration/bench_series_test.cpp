// SPDX-License-Identifier: Apache-2.0
// `edgeeval bench` of several loads, and of a server that is not there yet, from outside.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/one_at_a_time_server.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Ran program(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), kProgram);
  return run_program(arguments);
}

TEST(Series, ASweepEndsWhereTheServerGetsNoFaster) {
  OneAtATimeServer server(milliseconds(20));
  server.listen();
  const TempFolder folder;
  const auto record = folder.path() / "load";
  const auto ran = program({"bench", "--url", server.url(), "--scenario", "sweep", "-n", "32", "--max-tokens",
                            "1", "--no-energy", "--allow-invalid", "--quiet", "--out", record.string()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto loads = json_in(text_of(record / "bench.json")).at("loads").size();
  EXPECT_GE(loads, 2U);
  // Never more than 50 replies a second: where one in flight does not bring nine tenths of that on a crowded
  // machine, two do, or four; 8, 16 and 32 bring no tenth more.
  EXPECT_LE(loads, 4U) << ran.out;
}

TEST(Series, ASearchWhoseClientIsHeldUpTriesOnceMoreAndEnds) {
  const TempFolder folder;
  const auto record = (folder.path() / "load").string();
  Ran ran;
  with_server({"--ttft", "5ms", "--itl", "5ms"}, [&](int port) {
    std::atomic<bool> done{false};
    std::jthread holder([&] {
      // Held for most of the time, so that of eleven requests hardly one is sent within a millisecond.
      while (!done.load()) {
        const auto clients = processes_with(record);
        for (const int client : clients) ::kill(client, SIGSTOP);
        std::this_thread::sleep_for(milliseconds(100));
        for (const int client : clients) ::kill(client, SIGCONT);
        std::this_thread::sleep_for(milliseconds(30));
      }
    });
    ran = program({"bench", "--url", "http://127.0.0.1:" + std::to_string(port), "--scenario", "find-peak",
                   "--slo", "ttft_p50=10s", "-n", "11", "--warmup", "0", "--max-tokens", "2", "--no-energy",
                   "--no-scrape", "--quiet", "--out", record});
    done.store(true);
  });
  EXPECT_EQ(ran.code, 21) << ran.err;
  const auto index = json_in(text_of(fs::path(record) / "bench.json"));
  EXPECT_EQ(index.at("loads").size(), 2U);
  const auto& search = index.at("search");
  EXPECT_FALSE(search.contains("failed_at")) << search;
  for (const auto& step : search.at("steps")) {
    EXPECT_EQ(step.at("load"), 1.0);
    EXPECT_TRUE(holds(step.at("client_fault").get<std::string>(), "schedule-lag")) << step;
  }
  EXPECT_TRUE(holds(ran.out, "not found: the client, not the server")) << ran.out;
  EXPECT_FALSE(holds(ran.out, "INVALID, misses")) << ran.out;
}

/// A sweep of two loads of eight requests with its outputs in `folder`.
Ran sweep_into(const fs::path& folder) {
  Ran ran;
  with_server({"--ttft", "2ms", "--itl", "1ms"}, [&](int port) {
    ran = program({"bench",
                   "--url",
                   "http://127.0.0.1:" + std::to_string(port),
                   "--scenario",
                   "sweep:closed:1,2",
                   "-n",
                   "8",
                   "--warmup",
                   "3",
                   "--max-tokens",
                   "4",
                   "--no-energy",
                   "--allow-invalid",
                   "--quiet",
                   "--out",
                   (folder / "load").string(),
                   "-o",
                   "jsonl:" + (folder / "t.jsonl").string(),
                   "-o",
                   "trace:" + (folder / "t.json").string()});
  });
  return ran;
}

/// Numbers to 12 digits: events stand in another order in a folder and in a file, and so do sums.
Json rounded(Json json) {
  if (json.is_number_float()) {
    std::ostringstream text;
    text << std::setprecision(12) << json.get<double>();
    return text.str();
  }
  if (json.is_structured())
    for (auto& item : json) item = rounded(item);
  return json;
}

TEST(Series, TimelinesHoldEveryLoadAndAreReportedAsTheFolderIs) {
  const TempFolder folder;
  const auto file = folder.path() / "t.jsonl";
  const auto ran = sweep_into(folder.path());
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto lines = lines_of(file);
  // The series, two headers, twice 3 requests to warm up and 8 measured ones.
  ASSERT_EQ(lines.size(), 1U + 2U + 6U + 16U);
  const auto index = json_in(lines[0]);
  EXPECT_EQ(index.at("type"), "series");
  EXPECT_EQ(index.at("loads"), Json::array({"step-01", "step-02"}));
  std::map<std::string, int> requests;
  std::map<std::string, std::string> scenarios;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto line = json_in(lines[i]);
    const auto load = line.at("load").get<std::string>();
    if (line.contains("type")) {
      EXPECT_EQ(requests[load], 0) << "a header comes first";
      scenarios[load] = line.at("scenario").get<std::string>();
    } else {
      ++requests[load];
      EXPECT_FALSE(line.at("events").empty());
    }
  }
  EXPECT_EQ(requests, (std::map<std::string, int>{{"step-01", 11}, {"step-02", 11}}));
  EXPECT_EQ(scenarios,
            (std::map<std::string, std::string>{{"step-01", "closed:1"}, {"step-02", "closed:2"}}));

  const auto of_file = program({"report", file.string(), "--json"});
  ASSERT_EQ(of_file.code, 0) << of_file.err;
  const auto of_folder = program({"report", (folder.path() / "load").string(), "--json"});
  ASSERT_EQ(of_folder.code, 0) << of_folder.err;
  EXPECT_EQ(json_in(of_file.out).at("sweep").size(), 2U);
  for (const auto* part : {"sweep", "summary"})
    EXPECT_EQ(rounded(json_in(of_file.out).at(part)), rounded(json_in(of_folder.out).at(part)));
  // What was read can be written again, to the byte.
  const auto again = folder.path() / "again.jsonl";
  ASSERT_EQ(program({"report", file.string(), "-o", "jsonl:" + again.string()}).code, 0);
  EXPECT_EQ(text_of(again), text_of(file));
  // A load cut out by its name is a file of its own.
  const auto cut = folder.path() / "cut.jsonl";
  std::ofstream of_second(cut, std::ios::binary);
  for (const auto& line : lines)
    if (line.starts_with(R"({"load":"step-02",)")) of_second << line << '\n';
  of_second.close();
  const auto told = program({"report", cut.string()});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(holds(told.out, "8 measured: 8 ended well")) << told.out;
  const auto one = program({"recompute", file.string(), "--as", "vllm"});
  EXPECT_EQ(one.code, 2) << one.err;
  EXPECT_TRUE(holds(one.err, "holds several loads")) << one.err;
}

TEST(Series, ATornFileOfTimelinesIsReadUpToWhereItGoes) {
  const TempFolder folder;
  const auto file = folder.path() / "t.jsonl";
  ASSERT_EQ(sweep_into(folder.path()).code, 0);
  const auto whole = text_of(file);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, whole.size() - 20);
  const auto told = program({"report", file.string(), "--json"});
  ASSERT_EQ(told.code, 0) << told.err;
  const auto sweep = json_in(told.out).at("sweep");
  ASSERT_EQ(sweep.size(), 2U);
  EXPECT_EQ(sweep[0].at("summary").at("requests").at("measured"), 8);
  EXPECT_EQ(sweep[1].at("summary").at("requests").at("measured"), 7);
}

TEST(Series, ATraceShowsEveryLoad) {
  const TempFolder folder;
  ASSERT_EQ(sweep_into(folder.path()).code, 0);
  std::map<int, std::string> processes;
  std::map<int, int> requests;
  const auto trace = json_in(text_of(folder.path() / "t.json"));
  for (const auto& event : trace.at("traceEvents")) {
    const auto name = event.at("name").get<std::string>();
    const int process = event.at("pid");
    if (name == "process_name") processes[process] = event.at("args").at("name").get<std::string>();
    if (name.starts_with("request ")) ++requests[process];
  }
  EXPECT_EQ(processes, (std::map<int, std::string>{{1, "step-01 closed:1 requests"},
                                                   {2, "step-01 closed:1 counters"},
                                                   {3, "step-02 closed:2 requests"},
                                                   {4, "step-02 closed:2 counters"}}));
  EXPECT_EQ(requests, (std::map<int, int>{{1, 11}, {3, 11}}));
}

TEST(Schedule, IsReplayedWholeWhereNoEndIsGiven) {
  const TempFolder folder;
  const auto schedule = folder.path() / "schedule.jsonl";
  std::ofstream(schedule) << R"({"index":0,"prompt":0,"due_ns":0,"max_tokens":2})"
                             "\n"
                             R"({"index":1,"prompt":1,"due_ns":20000000,"max_tokens":2})"
                             "\n";
  with_server({"--ttft", "2ms", "--itl", "1ms"}, [&](int port) {
    const auto ran = program({"bench", "--url", "http://127.0.0.1:" + std::to_string(port), "--schedule",
                              schedule.string(), "--no-energy", "--allow-invalid", "--quiet", "--out",
                              (folder.path() / "l").string()});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(holds(ran.out, "2 measured")) << ran.out;
    EXPECT_FALSE(holds(ran.out, "--max-duration")) << ran.out;
  });
  // No end of its own was put in its place: ten seconds and twenty requests, as other loads have.
  const auto settings = json_in(text_of(folder.path() / "l" / "load.json")).at("settings");
  EXPECT_FALSE(settings.contains("duration_s")) << settings;
  EXPECT_FALSE(settings.contains("min_requests")) << settings;
}

TEST(Ready, ARefusedPortEndsAtOnceAndNamesTheOptionThatWaits) {
  const OneAtATimeServer server(milliseconds(1));
  const TempFolder folder;
  const auto ran =
      program({"bench", "--url", server.url(), "-n", "1", "--out", (folder.path() / "l").string()});
  EXPECT_EQ(ran.code, 17);
  EXPECT_TRUE(holds(ran.err, "Connection refused")) << ran.err;
  EXPECT_TRUE(holds(ran.err, "--ready-timeout")) << ran.err;
  const auto late = program({"bench", "--url", server.url(), "-n", "1", "--ready-timeout", "0.3", "--out",
                             (folder.path() / "l").string()});
  EXPECT_EQ(late.code, 15) << late.err;
  EXPECT_TRUE(holds(late.err, "nobody listened after 0.3 s")) << late.err;
  EXPECT_FALSE(fs::exists(folder.path() / "l"));
}

TEST(Ready, AServerThatListensLaterIsWaitedForWhereThatWasAskedFor) {
  OneAtATimeServer server(milliseconds(1));
  const TempFolder folder;
  const auto words = folder.path() / "err";
  Ran ran;
  {
    std::jthread client([&] {
      ran = run_program({"/bin/sh", "-c",
                         kProgram + " bench --url " + server.url() +
                             " -n 2 --max-tokens 1 --ready-timeout 60 --no-energy --allow-invalid --out " +
                             (folder.path() / "l").string() + " 2>" + words.string()});
    });
    for (int looks = 0; looks < 600 && !holds(text_of(words), "nobody listens there yet"); ++looks)
      std::this_thread::sleep_for(milliseconds(50));
    EXPECT_TRUE(holds(text_of(words), "nobody listens there yet")) << text_of(words);
    server.listen();
  }
  EXPECT_EQ(ran.code, 0) << text_of(words);
  EXPECT_TRUE(holds(ran.out, "2 ended well")) << ran.out;
}

}  // namespace
}  // namespace edgeeval::testing
