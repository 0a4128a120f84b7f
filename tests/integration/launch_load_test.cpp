// SPDX-License-Identifier: Apache-2.0
// `edgeeval bench --launch … --scenario …` from outside: cold starts of the mock server, then a load on it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

Json json_at(const fs::path& file) {
  auto json = parse_json(text_of(file), file.string());
  EXPECT_TRUE(json) << file;
  return json ? *json : Json::object();
}

/// A folder with a mock server's command; no process of it outlives the test.
class Launch : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(processes_with(folder_.path().string()).empty()); }

  /// The mock server's command: 20 ms to the first token and between tokens.
  [[nodiscard]] std::string mock(const std::string& more = "") const {
    return kProgram + " mock-server --port {port} --dialect llama-server --ttft 20ms --itl 20ms --log " +
           (folder_.path() / "sent.jsonl").string() + (more.empty() ? "" : " " + more);
  }

  [[nodiscard]] std::vector<std::string> command(const std::string& launched,
                                                 const std::vector<std::string>& options) const {
    std::vector<std::string> all{kProgram, "bench", "--launch", launched, "--out", record().string()};
    if (std::find(options.begin(), options.end(), "--idle") == options.end()) all.emplace_back("--no-energy");
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }
  [[nodiscard]] Ran bench(const std::string& launched, const std::vector<std::string>& options) const {
    return run_program(command(launched, options));
  }
  [[nodiscard]] fs::path record() const { return folder_.path() / "runs" / "one"; }
  [[nodiscard]] Json starts() const { return json_at(record() / "cold-start.json"); }

  /// Runs `command` beside a shell's `meanwhile`, in which $pid is the program's id, and waits for its end.
  [[nodiscard]] Ran bench_beside(const std::string& launched, const std::vector<std::string>& options,
                                 const std::string& meanwhile) const {
    std::string line;
    for (const auto& word : command(launched, options)) line += "'" + word + "' ";
    return run_program({"/bin/sh", "-c", line + "& pid=$!; " + meanwhile + "; wait $pid"});
  }
  /// Waits until the load is under way: its header is written before its first request.
  [[nodiscard]] std::string until_loaded() const {
    return "until [ -s '" + (record() / "load.json").string() + "' ]; do sleep 0.02; done";
  }

  TempFolder folder_;
};

TEST_F(Launch, StartsAndLoadStandInOneFolderAndAreReadAgain) {
  const auto file = (folder_.path() / "t.jsonl").string();
  const auto ran = bench(mock(), {"--repeat", "2", "--scenario", "closed:2", "-n", "12", "--max-tokens", "4",
                                  "--allow-invalid", "--json", "-o", "jsonl:" + file});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto report = parse_json(ran.out, "stdout");
  ASSERT_TRUE(report) << ran.out;
  EXPECT_EQ(report->at("cold_start").at("starts"), 2);
  EXPECT_EQ(report->at("cold_start").at("failed"), 0);
  EXPECT_EQ(report->at("summary").at("requests").at("ok"), 12);
  // Starts come first; with them the report of the load would have stood on stdout, had JSON not.
  EXPECT_LT(ran.err.find("2 of 2 succeeded"), ran.err.find("12 measured: 12 ended well")) << ran.err;

  const auto kept = starts();
  EXPECT_EQ(kept.at("repeats").at(0).at("ended"), "exit 0");
  EXPECT_EQ(kept.at("repeats").at(1).at("ended"), "exit 0");
  const auto machine = json_at(record() / "machine.json");
  EXPECT_GT(machine.at("resident").at("value").get<double>(), 1e6);
  EXPECT_EQ(json_at(record() / "load.json").at("url"),
            "http://127.0.0.1:" + std::to_string(kept.at("repeats").at(1).at("port").get<int>()));

  const auto again = run_program({kProgram, "report", record().string(), "--json"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, ran.out);
  const auto peers = run_program({kProgram, "recompute", record().string(), "--json"});
  ASSERT_EQ(peers.code, 0) << peers.err;
  EXPECT_EQ(parse_json(peers.out, "stdout").value().size(), 7U);
  EXPECT_EQ(run_program({kProgram, "report", file}).code, 0);
}

TEST_F(Launch, EnergyOfBothIsRecorded) {
  const auto ran = bench(mock(), {"--repeat", "1", "--scenario", "single", "-n", "3", "--max-tokens", "4",
                                  "--idle", "0.2", "--allow-invalid"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(fs::exists(record() / "cold-start-power.csv"));
  EXPECT_TRUE(fs::exists(record() / "power.csv"));
  EXPECT_TRUE(json_at(record() / "machine.json").at("energy").contains("window"));
  const auto again = run_program({kProgram, "report", record().string()});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, ran.out);
}

TEST_F(Launch, WithoutAScenarioNoLoadFollows) {
  const auto ran = bench(mock(), {"--repeat", "2", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_FALSE(fs::exists(record() / "load.json"));
  EXPECT_FALSE(holds(ran.err, "VALID")) << ran.err;
  const auto again = run_program({kProgram, "report", record().string(), "--json"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, ran.out);
  const auto peers = run_program({kProgram, "recompute", record().string()});
  EXPECT_EQ(peers.code, 13);
  EXPECT_TRUE(holds(peers.err, "cold starts alone")) << peers.err;
  EXPECT_EQ(run_program({kProgram, "report", record().string(), "-o", "mlperf:-"}).code, 2);
}

TEST_F(Launch, ASeriesFollowsToo) {
  const auto ran = bench(mock(), {"--repeat", "1", "--scenario", "sweep:closed:1,2", "-n", "4",
                                  "--max-tokens", "2", "--warmup", "1", "--allow-invalid", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(fs::exists(record() / "step-02" / "events.bin"));
  const auto again = run_program({kProgram, "report", record().string(), "--json"});
  EXPECT_EQ(again.out, ran.out);
  EXPECT_EQ(parse_json(again.out, "stdout").value().at("cold_start").at("starts"), 1);
}

/// A command that fails in the start with that number and serves in the others.
std::string failing_in(const std::string& number, const fs::path& folder, const std::string& server) {
  const auto count = "'" + (folder / "count").string() + "'";
  return "echo x >> " + count + "; if [ $(wc -l < " + count + ") = " + number +
         " ]; then echo no such layer; exit 4; fi; exec " + server;
}

TEST_F(Launch, NoLoadFollowsALastStartThatFailed) {
  const auto ran = bench(failing_in("2", folder_.path(), mock()),
                         {"--repeat", "2", "--scenario", "single", "-n", "2", "--quiet"});
  EXPECT_EQ(ran.code, 8) << ran.err;
  EXPECT_TRUE(holds(ran.out, "1 of 2 succeeded")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "failed (engine_failed)")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "(exit 4)")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "no such layer")) << ran.out;
  EXPECT_TRUE(holds(ran.err, "no load was put on it")) << ran.err;
  EXPECT_FALSE(fs::exists(record() / "load.json"));
  const auto again = run_program({kProgram, "report", record().string(), "-o", "json:-"});
  const Json failure = parse_json(again.out, "stdout").value().at("cold_start").at("failures").at(0);
  EXPECT_EQ(failure.at("start"), 2);
  EXPECT_EQ(failure.at("code"), "engine_failed");
  EXPECT_EQ(failure.at("log_tail").at(0), "no such layer");
}

TEST_F(Launch, ALoadFollowsALastStartThatSucceeded) {
  const auto ran =
      bench(failing_in("1", folder_.path(), mock()),
            {"--repeat", "2", "--scenario", "single", "-n", "2", "--max-tokens", "2", "--allow-invalid"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(holds(ran.out, "1 of 2 succeeded")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "start 1")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "2 measured: 2 ended well")) << ran.out;
}

TEST_F(Launch, AProgramThatIsNotThereHasItsCode) {
  const auto missing = (folder_.path() / "no-such-server").string();
  const auto direct = bench(missing + " --port {port}", {"--repeat", "2"});
  EXPECT_EQ(direct.code, 7) << direct.err;
  EXPECT_TRUE(holds(direct.out, "0 of 2 succeeded")) << direct.out;
  EXPECT_TRUE(holds(direct.out, "engine_missing")) << direct.out;
  fs::remove_all(record());
  const auto by_shell = bench(missing + " --port {port} 2>&1", {"--repeat", "1", "--scenario", "single"});
  EXPECT_EQ(by_shell.code, 7) << by_shell.err;
  fs::remove_all(record());
  const auto late = bench("exec sleep 1000 # {port} " + folder_.path().string(),
                          {"--repeat", "1", "--ready-timeout", "0.2"});
  EXPECT_EQ(late.code, 15) << late.err;
}

TEST_F(Launch, ASignalEndsTheLoadAndTheServersWholeGroup) {
  const std::vector<std::pair<std::string, int>> signals{{"TERM", 143}, {"INT", 130}};
  for (const auto& [signal, code] : signals) {
    fs::remove_all(record());
    // The server is a child of the shell that was launched, not that shell itself.
    const auto ran = bench_beside(mock() + " & wait $!; true",
                                  {"--repeat", "1", "--scenario", "single", "--duration", "600"},
                                  until_loaded() + "; kill -" + signal + " $pid");
    EXPECT_EQ(ran.code, code) << ran.err;
    EXPECT_EQ(json_at(record() / "load.json").at("how_ended"), "cancelled");
    EXPECT_TRUE(holds(ran.out, "1 of 1 succeeded")) << ran.out;
    EXPECT_FALSE(starts().at("repeats").at(0).at("ended").get<std::string>().empty());
    EXPECT_TRUE(processes_with(folder_.path().string()).empty()) << signal;
  }
}

TEST_F(Launch, AServerThatEndsDuringTheLoadIsToldOf) {
  const auto pid_file = (folder_.path() / "pid").string();
  const auto ran = bench_beside("echo the weights are gone; echo $$ > " + pid_file + "; exec " + mock(),
                                {"--repeat", "1", "--scenario", "single", "--duration", "600"},
                                until_loaded() + "; kill -9 $(cat " + pid_file + ")");
  EXPECT_EQ(ran.code, 8) << ran.err;
  EXPECT_EQ(json_at(record() / "load.json").at("how_ended"), "failed");
  EXPECT_EQ(starts().at("repeats").at(0).at("ended"), "killed by signal 9 (Killed)");
  EXPECT_TRUE(holds(ran.out, "the server ended during the load")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "cold-start-1.log")) << ran.out;
  const auto again = run_program({kProgram, "report", record().string()});
  EXPECT_EQ(again.out, ran.out);
}

TEST_F(Launch, AKilledLoadLeavesNoServerAndCanBeReadWithItsStarts) {
  const auto ran = bench_beside(mock(), {"--repeat", "1", "--scenario", "single", "--duration", "600"},
                                until_loaded() + "; kill -9 $pid");
  EXPECT_EQ(ran.code, 137) << ran.err;
  // The kernel ends the server with the program, but nobody waits for it.
  while (!processes_with(folder_.path().string()).empty()) ::poll(nullptr, 0, 10);
  EXPECT_FALSE(starts().at("repeats").at(0).contains("ended"));
  const auto again = run_program({kProgram, "report", record().string()});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_TRUE(holds(again.out, "1 of 1 succeeded")) << again.out;
  EXPECT_TRUE(holds(again.out, "killed")) << again.out;
}

TEST_F(Launch, AServerThatItsShellLeavesBehindIsLoadedAndEnded) {
  const auto ran = bench(mock() + " & exit 0", {"--repeat", "1", "--scenario", "single", "-n", "3",
                                                "--max-tokens", "2", "--allow-invalid"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(holds(ran.out, "3 measured: 3 ended well")) << ran.out;
  EXPECT_FALSE(holds(ran.out, "ended during the load")) << ran.out;
  EXPECT_GT(json_at(record() / "machine.json").at("resident").at("value").get<double>(), 1e6);
  EXPECT_EQ(starts().at("repeats").at(0).at("strays"), 1);
}

TEST_F(Launch, ALoadThatIsRefusedEndsTheServerAndKeepsTheStarts) {
  const auto ran = bench(mock(), {"--repeat", "1", "--scenario", "single", "-n", "2", "--route", "/no/such",
                                  "-o", "trace:" + (folder_.path() / "trace.json").string()});
  EXPECT_EQ(ran.code, 2) << ran.err;
  EXPECT_TRUE(holds(ran.err, "--route")) << ran.err;
  EXPECT_TRUE(holds(ran.out, "1 of 1 succeeded")) << ran.out;
  EXPECT_EQ(starts().at("repeats").at(0).at("ended"), "exit 0");
  EXPECT_FALSE(fs::exists(record() / "load.json"));
  EXPECT_EQ(run_program({kProgram, "report", record().string()}).code, 0);
}

TEST_F(Launch, WhatCannotBeIsRefusedBeforeAnythingIsStarted) {
  const auto mark = (folder_.path() / "started").string();
  const auto server = "touch " + mark + "; exec " + mock();
  const std::vector<std::pair<int, std::vector<std::string>>> mistaken{
      {2, {"-n", "3"}},
      {2, {"--duration", "3"}},
      {2, {"--warmup", "3"}},
      {2, {"--slo", "ttft=1s"}},
      {2, {"-o", "jsonl:-"}},
      {2, {"-o", "mlperf:-"}},
      {2, {"--server-pid", "1"}},
      {2, {"--scenario", "find-peak"}},
      {2, {"--scenario", "clozed:3"}},
      {11, {"--scenario", "single", "--prompts", (folder_.path() / "none.jsonl").string()}},
      {11, {"--scenario", "single", "--schedule", (folder_.path() / "none.jsonl").string()}}};
  for (const auto& [code, options] : mistaken) {
    const auto ran = bench(server, options);
    EXPECT_EQ(ran.code, code) << options[0] << ' ' << options[1] << ": " << ran.err;
    EXPECT_FALSE(fs::exists(mark)) << options[0];
    EXPECT_FALSE(fs::exists(record().parent_path())) << options[0];
  }
  const auto quote = bench("server 'open --port {port}", {});
  EXPECT_EQ(quote.code, 2);
  EXPECT_TRUE(holds(quote.err, "server 'open --port {port}")) << quote.err;
  EXPECT_FALSE(fs::exists(record().parent_path()));
}

TEST_F(Launch, NothingMeasuredIsOverwrittenOrTakenForAnothersStarts) {
  ASSERT_EQ(bench("false {port}", {"--repeat", "1"}).code, 8);
  const auto before = text_of(record() / "cold-start.json");
  EXPECT_EQ(bench("true {port}", {"--repeat", "1"}).code, 12);
  with_server({"--ttft", "2ms", "--itl", "1ms"}, [&](int port) {
    const auto ran = run_program({kProgram, "bench", "--url", "http://127.0.0.1:" + std::to_string(port),
                                  "-n", "2", "--max-tokens", "2", "--no-energy", "--out", record().string()});
    EXPECT_EQ(ran.code, 12) << ran.err;
  });
  EXPECT_EQ(text_of(record() / "cold-start.json"), before);
}

TEST_F(Launch, ALoadThatNeverBeganLeavesNoFolder) {
  const auto refused = [&](const std::string& url, const std::vector<std::string>& options) {
    std::vector<std::string> all{kProgram, "bench", "--out", record().string(), "--url"};
    all.push_back(url);
    all.insert(all.end(), options.begin(), options.end());
    const auto code = run_program(all).code;
    EXPECT_FALSE(fs::exists(record().parent_path())) << options.size();
    return code;
  };
  EXPECT_EQ(refused("http://127.0.0.1:1", {}), 17);
  EXPECT_EQ(refused("http://127.0.0.1:1", {"--no-energy", "--scenario", "sweep"}), 17);
  with_server({"--ttft", "2ms", "--itl", "1ms"}, [&](int port) {
    const auto url = "http://127.0.0.1:" + std::to_string(port);
    // The energy's file is there by then, and the index of a series too.
    EXPECT_EQ(refused(url, {"--scenario", "single", "--schedule", "/no/such"}), 11);
    EXPECT_EQ(refused(url, {"--prompts", "/no/such"}), 11);
    EXPECT_EQ(refused(url, {"--scenario", "sweep:closed:1,2", "--schedule", "/no/such"}), 11);
    fs::create_directories(record());
    std::ofstream(record() / "mine.txt") << "x";
    EXPECT_EQ(
        run_program({kProgram, "bench", "--url", url, "--schedule", "/no/such", "--out", record().string()})
            .code,
        11);
  });
  EXPECT_TRUE(fs::exists(record() / "mine.txt"));
  EXPECT_FALSE(fs::exists(record() / "power.csv"));
}

}  // namespace
}  // namespace edgeeval::testing
