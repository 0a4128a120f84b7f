// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "report/renderers.hpp"
#include "report/report.hpp"
#include "support/sample_run.hpp"
#include "unit/report/junit_schema.hpp"

namespace edgeeval {
namespace {

std::string junit_of(RunRecord record) {
  std::ostringstream out;
  render::junit(make_report(std::move(record)), out);
  return out.str();
}

const XmlElement* case_named(const XmlElement& root, const std::string& name) {
  for (const auto& suite : root.children) {
    for (const auto& one : suite.children) {
      if (one.attributes.at("name") == name) return &one;
    }
  }
  return nullptr;
}

TEST(ReportJunit, HasACaseForEachStageAndVariant) {
  const auto record = sample_run();
  const auto root = expect_junit(junit_of(record));
  ASSERT_EQ(root.children.size(), 2U);
  EXPECT_EQ(root.children[0].attributes.at("name"), "stages");
  EXPECT_EQ(number_at(root.children[0], "tests"), record.stages.size());
  EXPECT_EQ(number_at(root.children[1], "tests"), 5U);
  EXPECT_EQ(root.attributes.at("failures"), "0");
  EXPECT_EQ(case_named(root, "adapt:m.lora")->attributes.at("time"), "100.000");
}

TEST(ReportJunit, TellsFailedSkippedAndMissingStages) {
  auto record = sample_run();
  auto& failed = record.stages["quantize:m.int4"];
  failed.outcome = StageOutcome::failed;
  failed.error = Error{ErrorCode::tool_failed, "quantizer <ended>", "here", "look at the log"};
  failed.log_tail = {"line 1", "line 2 & \x1b[0m"};
  record.stages["serve:lora-int4"].outcome = StageOutcome::skipped;
  record.stages.erase("score:base");
  const auto root = expect_junit(junit_of(record));
  const auto* stage = case_named(root, "quantize:m.int4");
  EXPECT_EQ(stage->children[0].name, "failure");
  EXPECT_EQ(stage->children[0].attributes.at("type"), "tool_failed");
  EXPECT_EQ(stage->children[0].attributes.at("message"), "quantizer <ended>");
  EXPECT_NE(stage->children[0].text.find("look at the log\nline 1\nline 2 & "), std::string::npos);
  EXPECT_EQ(case_named(root, "serve:lora-int4")->children[0].name, "skipped");
  EXPECT_EQ(case_named(root, "lora-int4")->children[0].attributes.at("message"),
            "stage quantize:m.int4 failed: quantizer <ended>");
  const auto* missing = case_named(root, "base");
  EXPECT_EQ(missing->children[0].name, "error");
  EXPECT_EQ(missing->children[0].attributes.at("message"), "stage score:base was not run");
  EXPECT_TRUE(case_named(root, "lora-int8")->children.empty()) << "the others passed";
}

TEST(OnlyVariant, KeepsWhatTheVariantRestsOn) {
  auto report = only_variant(make_report(sample_run()), "lora-int4");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->record.variants.size(), 1U);
  EXPECT_TRUE(std::all_of(report->rows.begin(), report->rows.end(),
                          [](const auto& r) { return r.variant == "lora-int4"; }));
  EXPECT_TRUE(report->record.stages.contains("adapt:m.lora"));
  EXPECT_FALSE(report->record.stages.contains("adapt:m.qlora"));
  const auto unknown = only_variant(make_report(sample_run()), "lora-int44");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::usage);
  EXPECT_NE(unknown.error().hint.find("did you mean \"lora-int4\"?"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
