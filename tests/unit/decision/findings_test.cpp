// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "decision/finding_support.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

std::vector<Finding> found(const RunRecord& record) {
  auto scenario = *scenario_for(record);
  scenario.draws = 200;
  return decide_study(record, compute_metrics(record), scenario).findings;
}

Finding finding(const RunRecord& record, const std::string& id) {
  for (auto& each : found(record)) {
    if (each.id == id) return each;
  }
  return {};
}

/// The sample run with every variant in three sizes: "1B" as it is, larger ones with `factor` times the
/// energy each.
RunRecord three_sizes(double factor) {
  auto record = sample_run();
  const auto base = record.variants;
  record.variants.clear();
  double times = 1.0;
  for (const char* size : {"1B", "3B", "8B"}) {
    for (auto variant : base) {
      const auto serve = variant.serve_stage;
      variant.id += std::string("-") + size;
      variant.size = size;
      variant.serve_stage += size;
      std::replace(variant.stages.begin(), variant.stages.end(), serve, variant.serve_stage);
      record.stages[variant.serve_stage] = record.stages.at(serve);
      for (auto& window : record.stages.at(variant.serve_stage).windows) {
        for (auto* joules : {&window.energy[0].joules}) {
          joules->value *= times;
          *joules->lo *= times;
          *joules->hi *= times;
        }
      }
      record.requests[variant.id] = record.requests.at(serve.substr(6));
      record.variants.push_back(std::move(variant));
    }
    times *= factor;
  }
  return record;
}

TEST(Findings, AnswerEveryQuestionOfAnyStudy) {
  const auto all = found(sample_run());
  ASSERT_EQ(all.size(), 6U);
  for (const auto& each : all) {
    EXPECT_FALSE(each.question.empty() || each.answer.empty()) << each.id;
    EXPECT_TRUE(each.verdict == "yes" || each.verdict == "no" || each.verdict == "undecided" ||
                each.verdict == "no data")
        << each.verdict;
  }
  EXPECT_EQ(found(RunRecord{}).size(), 6U);
  for (const auto& each : found(RunRecord{})) EXPECT_EQ(each.verdict, "no data") << each.id;
}

TEST(SmallModels, AreComparedWithinAFamilyAllElseEqual) {
  EXPECT_EQ(finding(sample_run(), "small_models_dominate").verdict, "no data") << "one size";
  const auto dominate = finding(three_sizes(2.0), "small_models_dominate");
  EXPECT_NE(dominate.answer.find("least energy a request in 5 of 5 comparisons"), std::string::npos)
      << dominate.answer;
  EXPECT_NE(dominate.answer.find("the largest takes 4.00 times [4.00, 4.00]"), std::string::npos)
      << dominate.answer;
  EXPECT_EQ(dominate.rows.size(), 10U);
  const auto lose = finding(three_sizes(0.5), "small_models_dominate");
  EXPECT_NE(lose.answer.find("least energy a request in 0 of 5"), std::string::npos) << lose.answer;
  EXPECT_NE(lose.verdict, "yes");
}

TEST(Qlora, CostsWhatThePairsSay) {
  const auto one = finding(sample_run(), "qlora_cost");
  EXPECT_NE(one.answer.find("QLoRA took 2.00 times (one pair)"), std::string::npos) << one.answer;
  EXPECT_EQ(one.verdict, "undecided") << "the model's bounds hold from a half to eight times: " << one.answer;
  auto record = sample_run();
  for (const char* id : {"adapt:m.lora", "adapt:m.qlora"}) {
    auto& joules = record.stages.at(id).windows[0].energy[0].joules;
    joules.lo = joules.value * 0.99;
    joules.hi = joules.value * 1.01;
  }
  record.stages.at("adapt:m.lora").facts["peak_resident"] = {2e9, "B", {}, {}, Grade::measured, {"VmHWM"}};
  record.stages.at("adapt:m.qlora").facts["peak_resident"] = {1e9, "B", {}, {}, Grade::measured, {"VmHWM"}};
  const auto sure = finding(record, "qlora_cost");
  EXPECT_EQ(sure.verdict, "yes") << sure.answer;
  EXPECT_NE(sure.answer.find("0.500 times (one pair) its peak memory"), std::string::npos) << sure.answer;
}

TEST(Fidelity, IsKeptOnlyWhereTheIntervalSaysSo) {
  const auto told = finding(sample_run(), "fidelity_kept");
  // INT8 scores as FP16 does on every item; INT4 loses half a point on one of four.
  EXPECT_NE(told.answer.find("over 2 variants"), std::string::npos) << told.answer;
  EXPECT_NE(told.answer.find("1 keep it, 0 lose it, 1 cannot be told"), std::string::npos) << told.answer;
  EXPECT_EQ(told.verdict, "undecided");
}

TEST(ElectricityAlone, MisleadsByTheCostOfTheMachine) {
  const auto told = finding(sample_run(), "electricity_only_misleads");
  EXPECT_EQ(told.verdict, "yes") << told.answer;
  EXPECT_NE(told.answer.find("A request costs "), std::string::npos);
}

TEST(ColdStarts, AreHeldAgainstTheGapBetweenRequests) {
  const auto told = finding(sample_run(), "cold_start_prohibitive");
  EXPECT_NE(told.answer.find("marks 0 of 5 variants"), std::string::npos) << told.answer;
  EXPECT_EQ(told.rows.size(), 10U);
}

TEST(Sizes, AreReadFromTheirLabels) {
  EXPECT_EQ(parameters_of("1B"), 1e9);
  EXPECT_EQ(parameters_of("135M"), 1.35e8);
  EXPECT_FALSE(parameters_of("large"));
  EXPECT_FALSE(parameters_of(""));
  EXPECT_FALSE(parameters_of("B"));
}

TEST(Summary, IsTheGeometricMeanWithItsRange) {
  const auto summary = summarise({1.0, 4.0});
  ASSERT_TRUE(summary);
  EXPECT_DOUBLE_EQ(summary->mean, 2.0);
  EXPECT_FALSE(summary->interval) << "two values tell no interval";
  EXPECT_TRUE(summarise({1.0, 2.0, 4.0})->interval);
  EXPECT_FALSE(summarise({0.0, -1.0, INFINITY}));
}

}  // namespace
}  // namespace edgeeval
