// SPDX-License-Identifier: Apache-2.0
// What sensors tell beside a load, as the record keeps it: a report from the record says what the run said.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

Json check(const Json& report, const std::string& title) {
  for (const auto& each : report.at("validity").at("checks"))
    if (each.at("title") == title) return each;
  return {{"verdict", "there is none"}};
}

TEST(BenchConditions, AreKeptInTheRecordAndJudgedFromIt) {
  const TempFolder folder;
  const auto record = folder.path() / "load";
  Ran ran;
  with_server({"--dialect", "vllm", "--ttft", "10ms", "--itl", "10ms", "--tokens", "4"}, [&](int port) {
    ran = run_program(
        {kProgram, "bench", "--url", "http://127.0.0.1:" + std::to_string(port), "--scenario", "closed:2",
         "-n", "40", "--max-tokens", "4", "--allow-invalid", "--json", "--out", record.string()},
        {}, {{"EDGEEVAL_NVML_LIBRARY", FAKE_NVML}});
  });
  ASSERT_EQ(ran.code, 0) << ran.err;
  auto header = json_of(record / "load.json");
  std::size_t clock = header.at("conditions").size();
  for (std::size_t i = 0; i < header.at("conditions").size(); ++i)
    if (header.at("conditions")[i].at("name") == "gpu0.sm_clock_mhz") clock = i;
  ASSERT_LT(clock, header.at("conditions").size()) << header.at("conditions");
  // At the beginning, at the end, and once a second between them.
  ASSERT_GE(header.at("conditions")[clock].at("value").size(), 2U);
  EXPECT_EQ(header.at("conditions")[clock].at("value")[0], 585.0);
  const auto told = *parse_json(ran.out, "stdout");
  EXPECT_EQ(check(told, "Held still: gpu0.sm_clock_mhz").at("verdict"), "passed");
  EXPECT_EQ(check(told, "No throttling: gpu0.thermal_slowdown").at("verdict"), "passed");
  EXPECT_EQ(run_program({kProgram, "report", record.string(), "--json"}).out, ran.out);

  // Readings of another machine in their place: the verdict is made of what is recorded.
  const auto begin = header.at("measured_ns").get<std::int64_t>();
  const auto end = header.at("ended_ns").get<std::int64_t>();
  header["conditions"] = {
      {{"name", "gpu0.sm_clock_mhz"}, {"at_ns", {begin, end}}, {"value", {1980.0, 1200.0}}},
      {{"name", "gpu0.thermal_slowdown"}, {"at_ns", {begin, end}}, {"value", {0.0, 1.0}}}};
  std::ofstream(record / "load.json") << header.dump();
  const auto again = run_program({kProgram, "report", record.string(), "--json"});
  ASSERT_EQ(again.code, 0) << again.err;
  const auto hot = *parse_json(again.out, "stdout");
  EXPECT_EQ(check(hot, "Held still: gpu0.sm_clock_mhz").at("verdict"), "warned");
  EXPECT_EQ(check(hot, "No throttling: gpu0.thermal_slowdown").at("verdict"), "warned");
  EXPECT_EQ(check(hot, "No throttling: gpu0.thermal_slowdown").at("found"),
            "gpu0.thermal_slowdown was on in 50.0 % of the readings");
}

}  // namespace
}  // namespace edgeeval::testing
