// SPDX-License-Identifier: Apache-2.0
#include "report/compare_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/json.hpp"
#include "support/sample_run.hpp"
#include "support/saved_run.hpp"
#include "unit/decision/results_of.hpp"

namespace edgeeval {
namespace {

/// Two runs that differ in F1 of lora-int4, and in a setting that is let pass.
std::vector<Comparison> compared(const std::string& study = "sample") {
  auto record = sample_run();
  record.settings = {{"load.concurrency", "4"}};
  set_scores(record, "lora-int4", 50, [](int) { return 0.5; });
  const auto before = results_of(record, study + "/before");
  record.settings = {{"load.concurrency", "8"}};
  set_scores(record, "lora-int4", 50, [](int) { return 0.6; });
  CompareOptions options;
  options.metrics = {"token_f1", "n_break"};
  options.despite = {Concern::workload};
  const auto result = compare({before, results_of(record, study + "/after")}, options);
  EXPECT_TRUE(result) << result.error().hint;
  return *result;
}

std::string as(const std::string& format, const std::vector<Comparison>& comparisons) {
  const auto text = compare_as(format, comparisons, false);
  EXPECT_TRUE(text);
  return *text;
}

TEST(CompareReport, ShowsFiguresDifferenceMarginAndVerdict) {
  const auto text = as("console", compared());
  EXPECT_NE(text.find("sample/before → sample/after"), std::string::npos) << text;
  EXPECT_NE(text.find("+0.100 [+0.100, +0.100]"), std::string::npos) << text;
  EXPECT_NE(text.find("better"), std::string::npos);
  EXPECT_NE(text.find("Despite: workload: load.concurrency: 4 against 8"), std::string::npos) << text;
  EXPECT_NE(text.find("despite workload"), std::string::npos) << "every row carries the mark";
  EXPECT_NE(text.find("1 better · 0 worse · 4 same · 5 undecided"), std::string::npos) << text;
}

TEST(CompareReport, IsMarkdown) {
  const auto text = as("md", compared("<script>"));
  EXPECT_EQ(text.find("<script>"), std::string::npos);
  EXPECT_NE(text.find("### lora-int4"), std::string::npos) << text;
  EXPECT_NE(text.find("| metric | first | second |"), std::string::npos) << text;
}

TEST(CompareReport, IsJsonWithAVersion) {
  const auto json = parse_json(as("json", compared()), "test");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["format"], "edgeeval-compare");
  EXPECT_EQ((*json)["schema_version"], "1.0");
  const auto& one = (*json)["comparisons"][0];
  EXPECT_EQ(one["despite"][0]["kind"], "workload");
  ASSERT_EQ(one["rows"].size(), 10U);
  const auto found = std::find_if(one["rows"].begin(), one["rows"].end(), [](const Json& row) {
    return row["variant_b"] == "lora-int4" && row["metric"] == "token_f1";
  });
  ASSERT_NE(found, one["rows"].end());
  EXPECT_EQ((*found)["verdict"], "better");
  EXPECT_EQ((*found)["better"], "higher");
  EXPECT_EQ((*found)["difference"]["evidence"], "paired items");
  EXPECT_EQ((*found)["difference"]["pairs"], 50);
  EXPECT_NEAR((*found)["difference"]["lo"].get<double>(), 0.1, 1e-12);
  EXPECT_EQ((*found)["despite"], Json::array({"workload"}));
  EXPECT_DOUBLE_EQ((*found)["a"]["value"].get<double>(), 0.5);
}

TEST(CompareReport, KnowsItsFormats) {
  EXPECT_EQ(compare_formats(), (std::vector<std::string>{"console", "json", "md"}));
  const auto unknown = compare_as("pdf", {}, false);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace edgeeval
