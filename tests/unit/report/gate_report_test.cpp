// SPDX-License-Identifier: Apache-2.0
#include "report/gate_report.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/json.hpp"
#include "support/sample_run.hpp"
#include "unit/decision/results_of.hpp"
#include "unit/report/junit_schema.hpp"

namespace edgeeval {
namespace {

constexpr const char* kPolicy =
    "rules:\n"
    "  - {metric: token_f1, variant: lora-int4, limit: 0.5}\n"
    "  - {name: <strict> & \"quoted\", metric: token_f1, variant: lora-int4, limit: 0.6}\n"
    "  - {metric: n_break, variant: base, limit: 1}\n"
    "  - {metric: token_f1, variant: base, limit: 2, tier: soft}\n"
    "  - {metric: token_f1, variant: base, limit: 2, tier: monitor}\n";

GateReport report_of(const char* rules, const ResultSet& run) {
  const auto policy = parse_policy(rules, "gate.yaml");
  EXPECT_TRUE(policy) << policy.error().message;
  const auto report = evaluate(*policy, run, nullptr);
  EXPECT_TRUE(report) << report.error().message;
  return *report;
}

std::string as(const std::string& format, const GateReport& report) {
  const auto text = gate_as(format, report, false);
  EXPECT_TRUE(text);
  return *text;
}

TEST(GateReport, SaysWhatBlocksAndWhy) {
  const auto text = as("console", report_of(kPolicy, results_of(sample_run(), "runs/new")));
  EXPECT_NE(text.find("gate  gate.yaml on runs/new"), std::string::npos) << text;
  EXPECT_NE(text.find("blocked by 2 of 5 checks, 1 soft rule not kept"), std::string::npos) << text;
  EXPECT_NE(text.find("lies across 0.6"), std::string::npos) << text;
  EXPECT_NE(text.find("the base is not adapted"), std::string::npos) << text;
  const auto passed = as("console", report_of("rules: [{metric: token_f1, variant: lora-int4, limit: 0.5}]",
                                              results_of(sample_run())));
  EXPECT_NE(passed.find("\npassed, 1 check\n"), std::string::npos) << passed;
}

TEST(GateReport, ANameCannotForgeALineOfTheLog) {
  auto record = sample_run();
  record.variants.front().id = "x\n::error::forged\npassed, 1 check";
  const auto text = as("console", report_of("rules: [{metric: token_f1, limit: 2}]", results_of(record)));
  EXPECT_EQ(text.find("\n::error::"), std::string::npos) << text;
  EXPECT_EQ(text.find("\npassed"), std::string::npos) << text;
  EXPECT_NE(text.find("x ::error::forged passed, 1 check"), std::string::npos) << text;
}

TEST(GateReport, IsMarkdownForAPullRequest) {
  const auto text = as("md", report_of(kPolicy, results_of(sample_run())));
  EXPECT_NE(text.find("## Gate: blocked by 2 of 5 checks"), std::string::npos) << text;
  EXPECT_NE(text.find("✘ undecided"), std::string::npos) << text;
}

TEST(GateReport, IsJunitWhereSoftRulesDoNotFail) {
  const auto root = expect_junit(as("junit", report_of(kPolicy, results_of(sample_run()))));
  EXPECT_EQ(root.attributes.at("tests"), "5");
  EXPECT_EQ(root.attributes.at("failures"), "1") << "undecided";
  EXPECT_EQ(root.attributes.at("errors"), "1") << "absent";
  EXPECT_EQ(root.attributes.at("skipped"), "1") << "soft";
  const auto& cases = root.children[0].children;
  EXPECT_TRUE(cases[0].children[0].name == "system-out");
  EXPECT_EQ(cases[1].attributes.at("name"), "<strict> & \"quoted\" [lora-int4]");
  EXPECT_EQ(cases[1].children[0].attributes.at("type"), "undecided");
  EXPECT_NE(cases[1].children[0].text.find("gate.yaml:3:5"), std::string::npos)
      << "the rule's place in the policy";
  EXPECT_EQ(cases[4].children[0].name, "system-out") << "a monitor is told";
}

TEST(GateReport, IsJsonWithEveryBound) {
  auto run = results_of(sample_run());
  for (auto& row : run.rows) {
    if (row.variant == "base" && row.metric == "token_f1")
      row.value->value = std::numeric_limits<double>::quiet_NaN();
  }
  const auto json = parse_json(as("json", report_of(kPolicy, run)), "test");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["format"], "edgeeval-gate");
  EXPECT_EQ((*json)["blocked"], true);
  const auto& first = (*json)["checks"][0];
  EXPECT_EQ(first["outcome"], "pass");
  EXPECT_EQ(first["blocks"], false);
  EXPECT_EQ(first["rule"]["better"], "higher");
  EXPECT_DOUBLE_EQ(first["value"]["lo"].get<double>(), 0.5);
  EXPECT_EQ((*json)["checks"][3]["outcome"], "invalid") << "not a number";
  EXPECT_EQ((*json)["checks"][3]["blocks"], false) << "of a soft rule";
}

TEST(GateReport, TellsASelfTest) {
  const auto policy = parse_policy("rules: [{metric: token_f1, variant: base, limit: 0}]", "gate.yaml");
  ASSERT_TRUE(policy);
  const auto run = results_of(sample_run());
  const auto test = self_test(*policy, run, nullptr);
  ASSERT_TRUE(test);
  const auto text = self_test_as("console", *test, false);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("lets it pass"), std::string::npos) << *text;
  EXPECT_NE(text->find("not to be relied on"), std::string::npos);
  const auto json = parse_json(*self_test_as("json", *test, false), "test");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["can_block"], false);
  EXPECT_EQ((*json)["probes"].size(), 4U);
  EXPECT_FALSE(self_test_as("junit", *test, false));
}

TEST(GateReport, KnowsItsFormats) {
  EXPECT_EQ(gate_formats(), (std::vector<std::string>{"console", "json", "junit", "md"}));
  EXPECT_FALSE(gate_as("html", {}, false));
}

}  // namespace
}  // namespace edgeeval
