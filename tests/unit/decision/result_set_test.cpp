// SPDX-License-Identifier: Apache-2.0
#include "decision/result_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/json.hpp"
#include "support/sample_run.hpp"
#include "support/saved_run.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

/// The shipped report of a fixed record.
std::string golden() {
  std::ifstream file(fs::path(EDGEEVAL_SOURCE_DIR) / "tests" / "golden" / "report" / "results.json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// `text` with the first `from` after `after` made `to`.
std::string changed(std::string text, const std::string& after, const std::string& from,
                    const std::string& to) {
  const auto start = text.find(after);
  EXPECT_NE(start, std::string::npos) << after;
  const auto at = text.find(from, start);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ResultSet, OfAFolderHasItsItemsAndRows) {
  const ScratchFolder folder;
  const auto run = folder.path() / "run";
  ASSERT_TRUE(save_run(sample_run(), run));
  const auto results = read_results(run.string());
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_TRUE(results->items_known);
  EXPECT_EQ(results->record.scores.at("lora-int4").size(), 4U);
  EXPECT_EQ(results->record.requests.at("lora-int4").size(), 4U);
  const auto* row = find_row(*results, "lora-int4", "", "token_f1");
  ASSERT_NE(row, nullptr);
  EXPECT_DOUBLE_EQ(row->value->value, 0.75);
}

TEST(ResultSet, RefusesAVariantThatIsGivenTwice) {
  auto json = *parse_json(golden(), "golden");
  ASSERT_EQ(json["variants"].size(), 2U);
  json["variants"].push_back(json["variants"][1]);
  const auto results = parse_results(json.dump(), "results.json");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::record_unreadable);
  EXPECT_EQ(results.error().message,
            "variant id \"lora-int4\" is given twice: entries 2 and 3 of \"variants\"");
  EXPECT_EQ(results.error().where, "results.json");
}

TEST(ResultSet, RefusesAFigureThatIsGivenTwice) {
  auto json = *parse_json(golden(), "golden");
  const auto count = json["metrics"].size();
  auto again = json["metrics"][3];
  again["value"] = 1.0;
  json["metrics"].push_back(again);
  const auto results = parse_results(json.dump(), "results.json");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().message,
            again["mode"].get<std::string>() + " " + again["metric"].get<std::string>() + " of variant \"" +
                again["variant"].get<std::string>() + "\" is given twice: entries 4 and " +
                std::to_string(count + 1) + " of \"metrics\"");
}

TEST(ResultSet, OfAResultsFileHasTheSameRowsAndNoItems) {
  const auto results = parse_results(golden(), "results.json");
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_FALSE(results->items_known);
  EXPECT_TRUE(results->record.scores.empty());
  ASSERT_EQ(results->record.variants.size(), 2U);
  const auto* row = find_row(*results, "lora-int4", "observed", "j_per_request");
  ASSERT_NE(row, nullptr);
  EXPECT_DOUBLE_EQ(row->value->value, 100.0);
  EXPECT_DOUBLE_EQ(*row->value->lo, 50.0);
  EXPECT_EQ(row->value->grade, Grade::modelled);
  EXPECT_EQ(row->precision, "int4") << "what its variant is comes from the variant";
  EXPECT_EQ(results->record.prices.at("electricity_usd_per_kwh").value, 0.12);
}

TEST(ResultSet, TakesABareNaNAsAFigureThatIsNotFinite) {
  const auto row_of_int4 =
      "\"variant\": \"lora-int4\",\n      \"mode\": \"paper\",\n      \"metric\": \"rho_sys\"";
  const auto text = changed(golden(), row_of_int4, "\"value\": 400.0", "\"value\": NaN");
  EXPECT_FALSE(parse_json(text, "test")) << "JSON itself has no NaN";
  const auto results = parse_results(text, "results.json");
  ASSERT_TRUE(results) << results.error().message;
  const auto* row = find_row(*results, "lora-int4", "paper", "rho_sys");
  ASSERT_TRUE(row->value);
  EXPECT_TRUE(std::isnan(row->value->value));
  // The same words inside a text are left alone.
  const auto named =
      parse_results(changed(golden(), "\"study\"", "\"sample\"", "\"a NaN \\\" -Infinity\""), "x");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->record.study, "a NaN \" -Infinity");
}

TEST(ResultSet, RefusesANewerMajorSchema) {
  const auto results =
      parse_results(changed(golden(), "", "\"schema_version\": \"1.", "\"schema_version\": \"2."), "r.json");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::record_unreadable);
  EXPECT_NE(results.error().message.find("schema_version \"2."), std::string::npos)
      << results.error().message;
  EXPECT_EQ(results.error().where, "r.json");
}

TEST(ResultSet, RefusesWhatIsNoRun) {
  for (const char* text : {"", "[1, 2]", "{}", "{\"schema_version\": \"1.0\"}", "not json",
                           "{\"schema_version\": \"1.0\", \"metrics\": 3, \"variants\": [7]}"}) {
    const auto results = parse_results(text, "r.json");
    ASSERT_FALSE(results) << text;
    EXPECT_EQ(results.error().code, ErrorCode::record_unreadable) << text;
  }
  const ScratchFolder folder;
  const auto nowhere = read_results((folder.path() / "none").string());
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::io);
  EXPECT_FALSE(read_results(folder.path().string())) << "a folder without a record";
}

TEST(ResultSet, RefusesARunWithoutVariants) {
  auto record = sample_run();
  record.variants.clear();
  const ScratchFolder folder;
  ASSERT_TRUE(save_run(record, folder.path() / "run"));
  const auto results = read_results((folder.path() / "run").string());
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::record_unreadable);
  EXPECT_NE(results.error().message.find("no variant"), std::string::npos);
}

TEST(ResultSet, SaysThatABenchmarkHasNoVariants) {
  const ScratchFolder folder;
  std::ofstream(folder.path() / "load.json") << "{}";
  const auto results = read_results(folder.path().string());
  ASSERT_FALSE(results);
  EXPECT_NE(results.error().message.find("benchmark"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
