// SPDX-License-Identifier: Apache-2.0
// `edgeeval bench --self-check` from outside: the join, what is kept of it, and joules without the client's.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

std::map<std::string, std::string> own_cache(const TempFolder& folder) {
  return {{"EDGEEVAL_CACHE", (folder.path() / "cache").string()}};
}

Ran self_check(const TempFolder& folder, std::vector<std::string> options) {
  options.insert(options.begin(), {kProgram, "bench", "--self-check"});
  options.insert(options.end(), {"--out", (folder.path() / "check").string(), "--quiet", "--allow-invalid"});
  return run_program(options, {}, own_cache(folder));
}

TEST(SelfCheck, JoinsEveryEventWithTheServersLogAndIsKept) {
  const TempFolder folder;
  const auto report = (folder.path() / "report.json").string();
  const auto ran = self_check(folder, {"--scenario", "closed:3", "-n", "6", "--warmup", "3", "--max-tokens",
                                       "5", "-o", "json:" + report});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("measured here (closed:3"), std::string::npos) << ran.out;
  const auto check = json_of(report).at("self_check");
  EXPECT_EQ(check.at("replies"), 6);
  EXPECT_EQ(check.at("events"), 30);
  EXPECT_EQ(check.at("lost"), 0);
  EXPECT_EQ(check.at("of_this_load"), true);
  // Nothing arrives before it is sent; a microsecond is the map of the clocks.
  EXPECT_GT(check.at("user").at("least_s"), -1e-6);
  EXPECT_GE(check.at("user").at("p99_s"), check.at("user").at("p50_s"));
  EXPECT_TRUE(fs::exists(folder.path() / "check" / "sent.jsonl"));

  // The record tells it again, and another load of this machine has it beside its own bound.
  const auto again =
      run_program({kProgram, "report", (folder.path() / "check").string(), "-o", "json:" + report}, {},
                  own_cache(folder));
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(json_of(report).at("self_check"), check);
  with_server({"--ttft", "2ms", "--itl", "1ms"}, [&](int port) {
    const auto later = run_program({kProgram, "bench", "--url", "http://127.0.0.1:" + std::to_string(port),
                                    "-n", "2", "--max-tokens", "2", "--no-energy", "--allow-invalid", "--out",
                                    (folder.path() / "later").string(), "-o", "json:" + report},
                                   {}, own_cache(folder));
    ASSERT_EQ(later.code, 0) << later.err;
    EXPECT_NE(later.out.find("measured on this machine (closed:3"), std::string::npos) << later.out;
  });
  auto earlier = check;
  earlier["of_this_load"] = false;
  EXPECT_EQ(json_of(report).at("self_check"), earlier);
}

TEST(SelfCheck, RefusesWhatIsOfAnotherServer) {
  const TempFolder folder;
  const std::vector<std::vector<std::string>> mistaken{{"--url", "http://127.0.0.1:1"},
                                                       {"--launch", "server --port {port}"},
                                                       {"--threads", "2"},
                                                       {"--dialect", "vllm"},
                                                       {"--scenario", "sweep"},
                                                       {"--require", "measured"}};
  for (const auto& options : mistaken) {
    const auto ran = self_check(folder, options);
    EXPECT_EQ(ran.code, 2) << options.front() << ran.err;
    EXPECT_NE(ran.err.find("--self-check"), std::string::npos) << ran.err;
    EXPECT_FALSE(fs::exists(folder.path() / "check")) << options.front();
  }
}

TEST(ClientEnergy, IsTakenOffWhereTheServerIsOnTheSameMachine) {
  const TempFolder folder;
  const auto report = (folder.path() / "report.json").string();
  with_server({"--ttft", "2ms", "--itl", "5ms"}, [&](int port) {
    const auto ran =
        run_program({kProgram, "bench", "--url", "http://127.0.0.1:" + std::to_string(port), "--scenario",
                     "closed:2", "--duration", "1", "--max-tokens", "20", "--no-scrape", "--allow-invalid",
                     "--out", (folder.path() / "load").string(), "-o", "json:" + report},
                    {}, own_cache(folder));
    ASSERT_EQ(ran.code, 0) << ran.err;
  });
  const auto energy = json_of(report).at("energy");
  // Every machine that tests run on has at least a model of its CPU.
  ASSERT_TRUE(energy.contains("load") && energy.contains("client")) << energy;
  ASSERT_TRUE(energy.contains("load_net_of_client")) << energy;
  const auto& net = energy.at("load_net_of_client");
  EXPECT_DOUBLE_EQ(net.at("value"), energy.at("load").at("value").get<double>() -
                                        energy.at("client").at("value").get<double>());
  EXPECT_LE(net.at("lo"), net.at("value"));
  if (energy.at("client").at("grade") == "modelled") {
    EXPECT_EQ(net.at("grade"), "modelled");
  }
  EXPECT_FALSE(energy.contains("client_not_subtracted"));
}

}  // namespace
}  // namespace edgeeval::testing
