// SPDX-License-Identifier: Apache-2.0
#include "report/decision_section.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/decision_metrics.hpp"
#include "decision/decision.hpp"
#include "report/decision_json.hpp"
#include "report/report.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

StudyReport sample_report(std::initializer_list<const char*> changes = {}) {
  auto scenario = *scenario_for(sample_run());
  scenario.draws = 200;
  for (const char* change : changes) EXPECT_TRUE(set_assumption(scenario, change, "")) << change;
  return make_report(sample_run(), Result<CostScenario>(std::move(scenario)));
}

TEST(DecisionSection, AddsEachVariantsRowsAfterItsOthers) {
  const auto report = sample_report();
  const auto per_variant = metric_table().size();
  ASSERT_EQ(report.rows.size(), report.record.variants.size() * per_variant);
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    EXPECT_EQ(report.rows[i].variant, report.record.variants[i / per_variant].id);
    EXPECT_EQ(report.rows[i].metric, metric_table()[i % per_variant].id);
  }
}

TEST(DecisionSection, LeavesTheReportWholeWhereNothingCanBeDecided) {
  const auto report = make_report(
      sample_run(), Result<CostScenario>(fail(ErrorCode::invalid_table, "the header is wrong", "x.csv:1")));
  EXPECT_FALSE(report.decision);
  EXPECT_EQ(report.rows.size(),
            report.record.variants.size() * (metric_table().size() - decision_metrics().size()));
  const auto said = std::find(report.careful.begin(), report.careful.end(),
                              "Nothing is decided on money and carbon: x.csv:1: the header is wrong.");
  EXPECT_NE(said, report.careful.end());
  EXPECT_TRUE(decision_table(report, "rag").rows.empty());
  EXPECT_TRUE(lever_lines(report, "rag", 3).empty());
}

TEST(DecisionSection, SaysWhatWasAssumedAndDecided) {
  const auto report = sample_report({"api=gpt-4o", "demand_per_day=100000", "api_decay_per_year=0"});
  const auto table = decision_table(report, "rag");
  ASSERT_EQ(table.rows.size(), 5U);
  EXPECT_EQ(table.rows[0].size(), table.header.size());
  EXPECT_EQ(table.rows[0][0], "base FP16");
  EXPECT_TRUE(table.rows[0][1].starts_with("local (")) << table.rows[0][1];
  EXPECT_NE(assumption_line(report).find("100000 requests a day"), std::string::npos)
      << assumption_line(report);
  EXPECT_NE(decision_line(report).find("rag: rent the machine and serve it"), std::string::npos)
      << decision_line(report);
  EXPECT_EQ(lever_lines(report, "rag", 2).size(), 2U);
  EXPECT_TRUE(decision_table(report, "chat").rows.empty());
}

TEST(DecisionJson, HoldsSharedInputsOnceAndEachWithItsSource) {
  const auto report = sample_report();
  const auto json = to_json(*report.decision);
  const auto& shared = json.at("scenario").at("inputs");
  const auto& own = json.at("variants").at(0).at("inputs");
  EXPECT_EQ(shared.size() + own.size(), economics::kInputs);
  for (const auto* inputs : {&shared, &own}) {
    for (const auto& [key, input] : inputs->items()) EXPECT_TRUE(input.contains("grade")) << key;
  }
  EXPECT_EQ(own.at("busy_w").at("value"), 40.0);
  EXPECT_EQ(own.at("busy_w").at("correlation"), 1);
  EXPECT_FALSE(own.contains("pue"));
  EXPECT_EQ(json.at("findings").size(), 6U);
}

TEST(DecisionJson, HasNoNumberThatJsonCannotHold) {
  const auto report = sample_report({"demand_per_day=0"});
  const auto json = to_json(*report.decision);
  EXPECT_TRUE(json.at("variants").at(0).at("outcome").at("local_usd").is_null());
  EXPECT_TRUE(json.at("variants").at(0).at("spread").at("local_usd").at("median").is_null());
}

}  // namespace
}  // namespace edgeeval
