// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <edgeeval/reporter.hpp>
#include <string>
#include <vector>

#include "report/energy_findings.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool says(const StudyReport& report, const std::string& part) {
  return std::any_of(report.careful.begin(), report.careful.end(),
                     [&](const std::string& sentence) { return holds(sentence, part); });
}

/// Sets the F1 of `variant`, repeated until there are `items` of them.
void set_f1(RunRecord& record, const std::string& variant, const std::vector<double>& f1, std::size_t items) {
  auto& scores = record.scores[variant];
  scores.clear();
  for (std::size_t i = 0; i < items; ++i)
    scores.push_back({"item-" + std::to_string(i), "x", {"y"}, true, 0.0, f1[i % f1.size()], 0.0});
}

/// Sets the joules of the load window of `variant`, sure within `factor` either way.
void set_joules(RunRecord& record, const std::string& variant, double joules, double factor = 2.0) {
  for (auto& window : record.stages["serve:" + variant].windows) {
    if (window.name != "load") continue;
    window.energy[0].joules.value = joules;
    window.energy[0].joules.lo = joules / factor;
    window.energy[0].joules.hi = joules * factor;
  }
}

/// The sample with LoRA FP16 and INT8 as given over 40 items, and all others far behind.
RunRecord two_ahead(const std::vector<double>& fp16, const std::vector<double>& int8) {
  auto record = sample_run();
  set_f1(record, "lora-fp16", fp16, 40);
  set_f1(record, "lora-int8", int8, 40);
  for (const char* variant : {"base", "lora-int4", "qlora"}) set_f1(record, variant, {0.0, 0.1}, 40);
  return record;
}

TEST(Verdict, TakesAClearWinner) {
  auto record = sample_run();
  for (const char* variant : {"base", "lora-int8", "lora-int4", "qlora"}) set_f1(record, variant, {0.0, 0.1}, 40);
  set_f1(record, "lora-fp16", {1.0, 0.9}, 40);
  set_joules(record, "base", 1.0);
  const auto report = make_report(record);
  EXPECT_TRUE(holds(report.verdict, "On rag, LoRA FP16 is the one to take: token F1 0.950 over 40 items"))
      << report.verdict;
}

TEST(Verdict, TakesWhatKeepsTheQualityAndIsKnownToNeedLess) {
  auto record = two_ahead({1.0, 0.0, 1.0, 0.5}, {1.0, 0.0, 0.95, 0.53});
  set_joules(record, "lora-fp16", 400.0, 1.1);
  set_joules(record, "lora-int8", 100.0, 1.1);
  const auto verdict = make_report(record).verdict;
  EXPECT_TRUE(holds(verdict, "LoRA INT8 is the one to take: it keeps LoRA FP16's quality as far as 40 items can tell"))
      << verdict;
  EXPECT_TRUE(holds(verdict, "they resolve 0.9 points")) << verdict;
  EXPECT_TRUE(holds(verdict, "needs ~25 % [21, 30] of its energy")) << verdict;
}

TEST(Verdict, AbsenceOfProofIsNoEquality) {
  auto record = two_ahead({1.0, 0.0, 1.0, 0.5}, {0.0, 1.0, 1.0, 0.4});
  set_joules(record, "lora-fp16", 400.0, 1.1);
  set_joules(record, "lora-int8", 100.0, 1.1);
  const auto verdict = make_report(record).verdict;
  EXPECT_TRUE(holds(verdict, "On rag, 40 items cannot decide between LoRA FP16 (token F1 0.625) and LoRA INT8 (0.600 at "
                             "~25 % [21, 30] of its energy): they resolve 2"))
      << verdict;
  EXPECT_FALSE(holds(verdict, "is the one to take")) << verdict;
}

TEST(Verdict, EnergiesThatOverlapDecideNothing) {
  auto record = two_ahead({1.0, 0.0, 1.0, 0.5}, {1.0, 0.0, 1.0, 0.49});
  set_joules(record, "lora-fp16", 400.0);
  set_joules(record, "lora-int8", 390.0);
  const auto verdict = make_report(record).verdict;
  EXPECT_TRUE(holds(verdict, "LoRA FP16 is the one to take")) << verdict;
}

TEST(Verdict, AScoreOfNothingIsNeverTaken) {
  auto record = sample_run();
  for (const auto& variant : record.variants) set_f1(record, variant.id, {0.0}, 4);
  set_f1(record, "lora-fp16", {0.3, 0.0, 0.0, 0.0}, 4);
  set_joules(record, "lora-fp16", 400.0, 1.1);
  set_joules(record, "base", 1.0, 1.1);
  const auto verdict = make_report(record).verdict;
  EXPECT_TRUE(holds(verdict, "LoRA FP16 is the one to take: token F1 0.075")) << verdict;
  EXPECT_FALSE(holds(verdict, "base")) << verdict;
  set_f1(record, "lora-fp16", {0.0}, 4);
  const auto none = make_report(record).verdict;
  EXPECT_TRUE(holds(none, "no variant scores above 0 over 4 items")) << none;
}

TEST(Verdict, FewItemsDecideNothing) {
  const auto verdict = make_report(sample_run()).verdict;
  EXPECT_TRUE(holds(verdict, "4 items cannot decide between LoRA FP16 (token F1 0.875)")) << verdict;
  EXPECT_TRUE(holds(verdict, "points")) << verdict;
}

TEST(Verdict, PairsAreJoinedByItem) {
  auto record = two_ahead({1.0, 0.0, 1.0, 0.5}, {1.0, 0.0, 1.0, 0.5});
  std::reverse(record.scores["lora-int8"].begin(), record.scores["lora-int8"].end());
  set_joules(record, "lora-fp16", 400.0, 1.1);
  set_joules(record, "lora-int8", 100.0, 1.1);
  auto report = make_report(record);
  EXPECT_TRUE(holds(report.verdict, "they resolve 0.0 points")) << report.verdict;
  EXPECT_FALSE(says(report, "Not every variant was scored"));
  record.scores["lora-int8"].pop_back();
  report = make_report(record);
  EXPECT_TRUE(holds(report.verdict, "as far as 39 items can tell")) << report.verdict;
  EXPECT_TRUE(says(report, "Not every variant was scored on each of the 40 items of rag (LoRA INT8 on 39)"));
}

TEST(Careful, PricesAreSaidToBeFromWhereTheyAre) {
  auto record = sample_run();
  for (auto& [name, price] : record.prices) price.sources = {"our contracts"};
  const auto report = make_report(record);
  EXPECT_TRUE(says(report, "prices: our contracts."));
  EXPECT_FALSE(says(report, "taken from the study"));
}

TEST(Verdict, SaysSoWhereThereIsNothingToChooseFrom) {
  auto record = sample_run();
  record.scores.clear();
  EXPECT_TRUE(holds(make_report(record).verdict, "there is nothing to choose from"));
}

TEST(Verdict, NamesTheModelWhereThereAreSeveral) {
  auto record = sample_run();
  record.variants[0].model = "other";
  EXPECT_TRUE(holds(make_report(record).verdict, "m LoRA")) << make_report(record).verdict;
}

TEST(Verdict, OfPublishedScoresNamesExtremesAndNoWinner) {
  auto record = sample_run();
  record.scores.clear();
  double score = 0.5;
  for (const auto& variant : record.variants)
    record.stages[variant.score_stage].facts["primary_score"] = {score += 0.05, "1", {}, {}, Grade::published, {"t"}};
  const auto report = make_report(record);
  EXPECT_TRUE(holds(report.verdict, "QLoRA merged has the highest published score (†0.750)")) << report.verdict;
  EXPECT_TRUE(holds(report.verdict, "nothing tells which differences are real"));
  EXPECT_TRUE(says(report, "published by others"));
}

TEST(Careful, TellsWhatAdaptationDidWithTheNumberOfItems) {
  const auto report = make_report(sample_run());
  EXPECT_TRUE(says(report, "LoRA FP16 changes token F1 from the base's 0.250 to 0.875 on rag"));
  EXPECT_TRUE(says(report, "over 4 paired items"));
}

TEST(Careful, TellsThatEnergyIsModelledOnlyWhereItIs) {
  auto record = sample_run();
  EXPECT_TRUE(says(make_report(record), "Energy is modelled from CPU use"));
  for (auto& [id, stage] : record.stages) {
    for (auto& window : stage.windows) window.energy[0].joules.grade = Grade::measured;
  }
  EXPECT_FALSE(says(make_report(record), "Energy is modelled"));
}

TEST(Careful, TellsOfFailuresAndFurtherSittings) {
  auto record = sample_run();
  record.stages["serve:qlora"].outcome = StageOutcome::failed;
  record.stages["serve:qlora"].error = Error{ErrorCode::engine_failed, "it ended with signal 9"};
  record.stages["serve:base"].facts["failed_requests"].value = 2.0;
  record.sittings.push_back({2, "later", "", "killed", {}});
  const auto report = make_report(record);
  EXPECT_TRUE(says(report, "Stage serve:qlora failed: it ended with signal 9."));
  EXPECT_TRUE(says(report, "base FP16: 2 requests failed and count as wrong answers."));
  EXPECT_TRUE(says(report, "The run took 2 sittings, 1 of which did not come to their end."));
}

TEST(Careful, RepeatsTheNoteOfAModelOnce) {
  auto record = sample_run();
  for (auto& variant : record.variants) variant.note = "came in four bits";
  const auto report = make_report(record);
  EXPECT_EQ(std::count(report.careful.begin(), report.careful.end(), "m: came in four bits."), 1);
}

TEST(Careful, TellsOfAMixThatItIsOne) {
  const auto report = make_report(mixed_run());
  EXPECT_TRUE(says(report, "Energy is mixed: gpu0 measured, cpu modelled"));
  EXPECT_FALSE(says(report, "Energy is modelled from CPU use"));
}

TEST(Careful, TellsOfEveryTroubleOfASensorAndWhereItWas) {
  const auto report = make_report(mixed_run());
  EXPECT_TRUE(says(report, "nvml:GPU-a: counter and integrated power disagree; the interval holds both "
                           "(serve:lora-int4 (load))."));
  EXPECT_TRUE(says(report, "nvml:GPU-a: the counter was reset"));
  EXPECT_TRUE(says(report, "No energy of gpu0 from nvml:GPU-a: the sensor vanished, in serve:qlora (load). It is "
                           "missing there, not zero."));
  EXPECT_TRUE(says(report, "nvml:GPU-a: samples cover as little as 80 % of a window (serve:base (load))."));
  const auto clean = make_report(measured_run(false));
  EXPECT_FALSE(says(clean, "disagree") || says(clean, "reset") || says(clean, "No energy of") ||
               says(clean, "samples cover") || says(clean, "modelled"));
}

TEST(Verdict, DoesNotPreferAVariantWhoseBoardWasNotRead) {
  auto record = mixed_run();
  for (const char* variant : {"base", "lora-int8", "lora-int4"}) set_f1(record, variant, {0.0, 0.1}, 40);
  for (const char* variant : {"lora-fp16", "qlora"}) set_f1(record, variant, {1.0, 0.5}, 40);
  const auto report = make_report(record);
  EXPECT_TRUE(holds(report.verdict, "LoRA FP16 is the one to take")) << report.verdict;
  EXPECT_FALSE(holds(report.verdict, "QLoRA")) << report.verdict;
}

TEST(Careful, SaysThatASharedBoardIsShared) {
  auto record = measured_run(false);
  for (auto& window : record.stages["serve:base"].windows) window.energy[0].flags = {"shared board"};
  EXPECT_TRUE(says(make_report(record), "the board is shared (MIG or vGPU)"));
}

TEST(Careful, TellsIdlePowerResidencyAndDrift) {
  auto record = measured_run(false);
  EXPECT_TRUE(says(make_report(record), "Idle power of the bare machine: 10.0 ["));
  EXPECT_TRUE(says(make_report(record), "A resident model adds at most 2.00 ["));
  EXPECT_TRUE(says(make_report(record), "the tax of keeping it loaded"));
  EXPECT_FALSE(says(make_report(record), "Bare idle power went"));
  for (auto& entry : record.idle[1].window.energy) entry.joules.value *= 1.3;
  EXPECT_TRUE(says(make_report(record), "Bare idle power went from 10.0 to 13.0 W in sitting 1"));
  EXPECT_FALSE(says(make_report(record), "not at rest"));
  record.idle[0].window.cpu_utilisation = 0.97;
  EXPECT_TRUE(says(make_report(record), "not at rest while its idle power was read (CPU use 97 %)"));
  record.idle.clear();
  EXPECT_FALSE(says(make_report(record), "Idle power"));
}

TEST(Verdict, GivesTheRatioOfMeasuredEnergiesWithTheBoardsGainCancelled) {
  auto record = measured_run(false);
  for (const char* variant : {"base", "lora-int8", "qlora"}) set_f1(record, variant, {0.0, 0.1}, 40);
  for (const char* variant : {"lora-fp16", "lora-int4"}) set_f1(record, variant, {1.0, 0.5}, 40);
  const auto report = make_report(record);
  EXPECT_TRUE(holds(report.verdict, "LoRA INT4 is the one to take")) << report.verdict;
  EXPECT_TRUE(holds(report.verdict, "needs 50 % [")) << report.verdict;
  const auto ratio = request_energy_ratio(report, report.record.variants[3], report.record.variants[1]);
  ASSERT_TRUE(ratio && ratio->lo && ratio->hi);
  EXPECT_NEAR(ratio->value, 0.5, 1e-12);
  EXPECT_GT(*ratio->lo, 0.48) << "1 % own bounds each, the gain of 5 % gone";
  EXPECT_LT(*ratio->hi, 0.52);
}

}  // namespace
}  // namespace edgeeval
