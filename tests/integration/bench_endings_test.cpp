// SPDX-License-Identifier: Apache-2.0
// Benchmarks that did not come to their end: killed in each phase, or never told what the server is, or asked
// for with mistakes.
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

Ran bench_of(const std::string& url, std::vector<std::string> options) {
  options.insert(options.begin(), {kProgram, "bench", "--url", url});
  return run_program(options);
}

/// A load of three warm-up requests and ten measured ones, whose request `hanging` is never answered; killed
/// once all before it have been recorded.
class KilledBench : public ::testing::Test {
 protected:
  void kill_at(int hanging) {
    const auto script = (folder_.path() / "mock.yaml").string();
    std::ofstream(script) << "dialect: openai-chat\nttft: 2ms\nitl: 1ms\ntokens: 3\n"
                          << "faults: [{name: hang, requests: [" << hanging << "]}]\n";
    with_server({"--script", script}, [&](int port) {
      // Prompts of a file: to make some up takes requests of its own.
      const auto prompts = (folder_.path() / "prompts.jsonl").string();
      std::ofstream(prompts) << "{\"prompt\": \"one two three\"}\n";
      const auto file = record() + "/requests.jsonl";
      const auto shell =
          kProgram + " bench --url http://127.0.0.1:" + std::to_string(port) + " --prompts " + prompts +
          " --prefix-cache allow --scenario single -n 10 --warmup 3 --no-energy --quiet --out " + record() +
          " & until [ -e " + file + " ] && [ $(wc -l < " + file + ") -eq " + std::to_string(hanging - 1) +
          " ]; do sleep 0.02; done; kill -KILL $!; wait $!";
      EXPECT_EQ(run_program({"/bin/sh", "-c", shell}).code, 128 + SIGKILL);
    });
  }
  [[nodiscard]] std::string record() const { return (folder_.path() / "load").string(); }
  [[nodiscard]] Ran report(std::vector<std::string> options = {}) const {
    std::vector<std::string> arguments{kProgram, "report", record()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_program(arguments);
  }
  TempFolder folder_;
};

TEST_F(KilledBench, DuringItsWarmUpHoldsNothingToReport) {
  kill_at(2);
  const auto told = report();
  EXPECT_EQ(told.code, 21) << told.out;
  EXPECT_EQ(told.out, "");
  EXPECT_TRUE(
      holds(told.err, "the load holds no figures: it was killed during its warm-up, after 1 of 3 requests\n"))
      << told.err;
  // What it holds can be taken out all the same.
  const auto file = (folder_.path() / "t.jsonl").string();
  EXPECT_EQ(report({"-o", "jsonl:" + file}).code, 21);
  std::ifstream lines(file);
  std::string header;
  std::string request;
  ASSERT_TRUE(std::getline(lines, header) && std::getline(lines, request));
  EXPECT_TRUE(holds(request, "\"phase\":\"warmup\"")) << request;
}

TEST_F(KilledBench, BetweenWarmUpAndTheFirstReplyHoldsNothingToReport) {
  kill_at(4);
  const auto told = report();
  EXPECT_EQ(told.code, 21) << told.out;
  EXPECT_TRUE(
      holds(told.err, "it was killed after its warm-up and before the first measured request had ended"))
      << told.err;
}

TEST_F(KilledBench, InItsMeasuredPhaseIsReportedAsFarAsItCame) {
  kill_at(8);
  auto told = report();
  EXPECT_EQ(told.code, 0) << told.err;
  // Lines are broken where the console's width wants it.
  told.out = std::regex_replace(told.out, std::regex("\\s+"), " ");
  EXPECT_TRUE(holds(told.out, "4 measured: 4 ended well, 0 failed · killed")) << told.out;
  EXPECT_TRUE(holds(told.out, "INVALID")) << told.out;
  EXPECT_TRUE(holds(told.out, "it was killed in its measured phase, after 4 of 10 requests")) << told.out;
}

TEST(BenchEndings, AFolderWithoutALoadIsNoRunThatCannotBeRead) {
  const TempFolder folder;
  const auto told = run_program({kProgram, "report", folder.path().string()});
  EXPECT_EQ(told.code, 11);
  EXPECT_TRUE(holds(told.err, "neither a run (record.jsonl) nor a benchmark (load.json)")) << told.err;
}

TEST(BenchEndings, AServerThatNeverSaysWhatItIsTimesOutByItsOption) {
  // The kernel accepts for a socket that nobody reads.
  const int deaf = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(deaf, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(deaf, 8), 0);
  ASSERT_EQ(::getsockname(deaf, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const TempFolder folder;
  const auto ran =
      run_program({kProgram, "bench", "--url", "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)),
                   "-n", "1", "--probe-timeout", "0.2", "--out", (folder.path() / "load").string()});
  ::close(deaf);
  EXPECT_EQ(ran.code, 15) << ran.err;
  EXPECT_TRUE(holds(ran.err, "no answer within 0.2 s")) << ran.err;
  EXPECT_TRUE(holds(ran.err, "--probe-timeout SECONDS")) << ran.err;
  const auto mistaken = run_program({kProgram, "bench", "--url", "http://127.0.0.1:1", "--probe-timeout", "0",
                                     "--out", (folder.path() / "load").string()});
  EXPECT_EQ(mistaken.code, 2) << mistaken.err;
}

TEST(BenchEndings, BadInputHasOneErrorAndItsCode) {
  const TempFolder folder;
  const auto out = (folder.path() / "load").string();
  EXPECT_EQ(run_program({kProgram, "bench"}).code, 2);
  EXPECT_EQ(bench_of("http://127.0.0.1:1", {"-n", "1", "--out", out}).code, 17);
  EXPECT_EQ(bench_of("ftp://127.0.0.1", {"-n", "1", "--out", out}).code, 2);
  EXPECT_EQ(bench_of("http://user:pw@127.0.0.1", {"-n", "1", "--out", out}).code, 2);
  EXPECT_EQ(bench_of("http://127.0.0.1:1", {"--scenario", "clozed:4", "--out", out}).code, 2);
  EXPECT_EQ(bench_of("http://127.0.0.1:1", {"--scenario", "find-peak", "--out", out}).code, 2);
  EXPECT_EQ(bench_of("http://127.0.0.1:1", {"--slo", "ttft=fast", "--out", out}).code, 2);
  EXPECT_EQ(bench_of("http://127.0.0.1:1", {"-o", "pdf:x", "--out", out}).code, 2);
  const std::vector<std::vector<std::string>> mistaken{{"--timeout", "nan"},
                                                       {"--idle", "inf"},
                                                       {"--drain", "1e308"},
                                                       {"--keep-text", "-1"},
                                                       {"--warmup", "99999999999"},
                                                       {"--cpus", "9999"},
                                                       {"--server-pid", "0"},
                                                       {"--extra", "{"},
                                                       {"--extra", "\"stream\":false"},
                                                       {"--slo", "ttft_p97=1s"},
                                                       {"--temperature", "nan"},
                                                       {"--launch", "server {port}", "--requests", "3"}};
  const auto untouched = (folder.path() / "untouched").string();
  for (const auto& options : mistaken) {
    auto all = options;
    all.insert(all.end(), {"--out", untouched});
    const auto ran = bench_of("http://127.0.0.1:1", all);
    EXPECT_EQ(ran.code, 2) << options[0] << ' ' << options[1] << ": " << ran.err;
    EXPECT_LT(ran.err.size(), 400U) << ran.err;
    EXPECT_FALSE(fs::exists(untouched)) << options[0];
  }
  EXPECT_EQ(run_program({kProgram, "recompute", (folder.path() / "none").string()}).code, 11);
  EXPECT_EQ(run_program({kProgram, "recompute", folder.path().string(), "--as", "wrk"}).code, 2);
}

}  // namespace
}  // namespace edgeeval::testing
