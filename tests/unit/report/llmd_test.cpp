// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "report/renderers.hpp"
#include "report/report.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"
#include "unit/report/llmd_schema.hpp"

namespace edgeeval {
namespace {

std::string text_of(const StudyReport& report) {
  std::ostringstream out;
  render::llmd(report, out);
  return out.str();
}

RunRecord with_prompts() {
  auto record = sample_run();
  record.settings = {{"engine.name", "llama-server"}, {"load.concurrency", "4"}, {"load.items", "4"}};
  for (auto& [variant, requests] : record.requests) {
    for (auto& request : requests) request.prompt_tokens = 100 + request.index;
  }
  return record;
}

Json document(const RunRecord& record, const std::string& variant) {
  const auto report = only_variant(make_report(record), variant);
  EXPECT_TRUE(report);
  const auto json = parse_json(text_of(*report), "llmd");
  EXPECT_TRUE(json) << json.error().message;
  return *json;
}

TEST(Llmd, HoldsToTheSchemaWithTheFiguresOfTheRequests) {
  const auto json = document(with_prompts(), "lora-int4");
  expect_llmd(json);
  const auto& aggregate = json["results"]["request_performance"]["aggregate"];
  EXPECT_EQ(aggregate["requests"]["total"], 4);
  EXPECT_EQ(aggregate["requests"]["failures"], 0);
  EXPECT_DOUBLE_EQ(aggregate["requests"]["input_length"]["mean"], 101.5);
  EXPECT_DOUBLE_EQ(aggregate["requests"]["output_length"]["mean"], 50.0);
  EXPECT_NEAR(aggregate["latency"]["time_to_first_token"]["p50"].get<double>(), 0.5, 1e-12);
  EXPECT_NEAR(aggregate["latency"]["request_latency"]["mean"].get<double>(), 2.46, 1e-12);
  EXPECT_NEAR(aggregate["latency"]["time_per_output_token"]["mean"].get<double>(), 1.96 / 49.0, 1e-12);
  EXPECT_DOUBLE_EQ(aggregate["throughput"]["output_token_rate"]["mean"], 20.0);
  EXPECT_DOUBLE_EQ(aggregate["throughput"]["request_rate"]["mean"], 0.4);
  EXPECT_DOUBLE_EQ(aggregate["throughput"]["input_token_rate"]["mean"], 40.6);
  EXPECT_DOUBLE_EQ(aggregate["throughput"]["total_token_rate"]["mean"], 60.6);
  EXPECT_EQ(json["scenario"]["load"]["standardized"]["concurrency"], 4);
  EXPECT_EQ(json["run"]["time"]["duration"], "PT14.000000S");
  const auto& power = json["results"]["observability"]["components"][0]["aggregate"]["power_consumption"];
  EXPECT_DOUBLE_EQ(power["mean"], 40.0) << "400 J in 10 s";
}

TEST(Llmd, SaysWhatIsAbsentAndLeavesItOut) {
  auto record = sample_run();
  for (auto& request : record.requests["base"]) request.prompt_tokens.reset();
  const auto json = document(std::move(record), "base");
  expect_llmd(json);
  EXPECT_FALSE(json["scenario"].contains("load")) << "it needs input lengths";
  const auto absent = json["results"]["observability"]["edgeeval"]["absent"].dump();
  EXPECT_NE(absent.find("scenario.load"), std::string::npos) << absent;
  EXPECT_NE(absent.find("input_length"), std::string::npos);
  EXPECT_NE(absent.find("inter_token_latency"), std::string::npos);
  EXPECT_NE(absent.find("accelerators"), std::string::npos);
}

TEST(Llmd, OfARunWithoutRequestsStillHoldsToTheSchema) {
  auto record = sample_run();
  record.requests.clear();
  record.sittings.clear();
  record.stages["serve:base"].windows.clear();
  record.stages["serve:base"].started.clear();
  const auto json = document(record, "base");
  expect_llmd(json);
  EXPECT_FALSE(json["results"]["observability"].contains("components"));
}

TEST(Llmd, OfMeasuredEnergyNamesItsSources) {
  const auto json = document(measured_run(false), "base");
  expect_llmd(json);
  EXPECT_NE(json["results"]["observability"]["edgeeval"]["power_of"].dump().find("nvml"), std::string::npos);
}

TEST(Llmd, OfSeveralVariantsIsAStreamOfDocuments) {
  const auto text = text_of(make_report(with_prompts()));
  std::size_t documents = 0;
  std::set<std::string> ids;
  for (std::size_t at = 0; at < text.size();) {
    ASSERT_EQ(text.compare(at, 4, "---\n"), 0);
    const auto end = text.find("\n---\n", at + 4);
    const auto json = parse_json(text.substr(at + 4, end == std::string::npos ? end : end - at - 3), "part");
    ASSERT_TRUE(json) << json.error().message;
    expect_llmd(*json);
    ids.insert((*json)["run"]["uid"].get<std::string>());
    ++documents;
    at = end == std::string::npos ? text.size() : end + 1;
  }
  EXPECT_EQ(documents, 5U);
  EXPECT_EQ(ids.size(), 5U) << "each has an id of its own";
}

}  // namespace
}  // namespace edgeeval
