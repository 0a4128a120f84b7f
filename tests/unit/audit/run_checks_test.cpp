// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

/// A run of one variant with two good requests, modelled energy and scores.
RunRecord small_run() {
  RunRecord record;
  record.version = "1.0";
  record.study = "small";
  record.variants.push_back({"v1",
                             "m",
                             "SmolLM2",
                             "135M",
                             "none",
                             "fp16",
                             "rag",
                             {"serve:v1", "score:v1"},
                             "import:m",
                             "serve:v1",
                             "score:v1",
                             ""});
  StageRecord serve;
  serve.id = "serve:v1";
  serve.kind = "serve";
  const Fact joules{100.0, "J", 90.0, 110.0, Grade::modelled, {"model"}};
  serve.windows.push_back({"load", 0.0, 10.0, {{"cpu-model", "cpu", "vcpu", "", joules}}, {}, {}});
  serve.facts["cold_ready"] = {1.0, "s", {}, {}, Grade::measured, {"clock"}};
  record.stages[serve.id] = serve;
  for (int i = 0; i < 2; ++i) {
    RequestTimeline request;
    request.item = "item" + std::to_string(i);
    request.sent_s = i;
    request.first_token_s = i + 0.1;
    request.last_token_s = i + 0.2;
    request.closed_s = i + 0.2;
    request.completion_tokens = 7 + i;
    request.ok = true;
    record.requests["v1"].push_back(request);
    record.scores["v1"].push_back({request.item, "a", {"a"}, true, 1.0, 1.0, 1.0});
  }
  return record;
}

std::vector<Finding> of(const RunRecord& record, std::string_view detector) {
  auto report = audit(subject_of(record, "run"));
  std::erase_if(report.findings, [&](const Finding& f) { return f.detector != detector; });
  return report.findings;
}

TEST(RunAudit, OfASoundRunHasNoError) {
  for (const auto& finding : audit(subject_of(small_run(), "run")).findings)
    EXPECT_NE(finding.severity, Severity::error) << finding.detector << ": " << finding.title;
}

TEST(RunAudit, SeesTheRunAsRows) {
  const auto subject = subject_of(small_run(), "run");
  ASSERT_EQ(subject.study.serving.size(), 1U);
  EXPECT_DOUBLE_EQ(*subject.study.serving[0].tokens, 15.0);
  EXPECT_DOUBLE_EQ(*subject.study.serving[0].power_mean_w, 10.0);
  EXPECT_DOUBLE_EQ(*subject.study.context.quality_items, 2.0);
}

TEST(Failures, OfStagesAreErrorsAndOfRequestsWarnings) {
  auto record = small_run();
  record.stages["score:v1"] = {"score:v1", "score", "",  StageOutcome::failed,
                               1,          "",      0.0, {},
                               {},         {},      {},  Error{ErrorCode::engine_failed, "it hung"},
                               {}};
  record.requests["v1"][1].ok = false;
  const auto findings = of(record, "failures");
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].evidence[0].text, "it hung");
  EXPECT_EQ(findings[1].severity, Severity::warning);
  EXPECT_EQ(findings[1].evidence[0].text, "1 of 2 requests failed");
}

TEST(Timelines, ThatRunBackwardsAreErrors) {
  auto record = small_run();
  EXPECT_TRUE(of(record, "timelines").empty());
  record.requests["v1"][1].first_token_s = 0.5;
  record.requests["v1"][0].token_events_s = {0.2, 0.1};
  const auto findings = of(record, "timelines");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 2U);
}

TEST(Intervals, ThatLeaveOutTheirValueAreErrors) {
  auto record = small_run();
  EXPECT_TRUE(of(record, "intervals").empty());
  record.stages["serve:v1"].windows[0].energy[0].joules.hi = 95.0;
  record.stages["serve:v1"].facts["cold_ready"].lo = 2.0;
  const auto findings = of(record, "intervals");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 2U);
}

TEST(EnergyGrade, WarnsOfWideModelsAndNotOfMeasurements) {
  auto record = small_run();
  EXPECT_TRUE(of(record, "energy-grade").empty()) << "90 to 110 J is narrow enough";
  auto& joules = record.stages["serve:v1"].windows[0].energy[0].joules;
  joules.lo = 40.0;
  EXPECT_EQ(of(record, "energy-grade").size(), 1U);
  joules.hi.reset();
  EXPECT_EQ(of(record, "energy-grade").size(), 1U) << "an open interval is as wide as can be";
  joules.grade = Grade::measured;
  EXPECT_TRUE(of(record, "energy-grade").empty());
}

TEST(RunChecks, CannotLookAtTables) {
  EXPECT_EQ(why_skipped(clean_study(1), "timelines"), "only a run folder holds raw requests and windows");
}

TEST(RunAudit, KnowsTheItemsOfEachTaskAndPairsTheirScores) {
  auto record = small_run();
  const auto add = [&](const std::string& id, const std::string& precision, const std::string& task,
                       int items, double f1) {
    record.variants.push_back({id,
                               "m",
                               "SmolLM2",
                               "135M",
                               "none",
                               precision,
                               task,
                               {"serve:v1", "score:v1"},
                               "import:m",
                               "serve:v1",
                               "score:v1",
                               ""});
    for (int i = 0; i < items; ++i)
      record.scores[id].push_back(
          {"i" + std::to_string(i), "a", {"a"}, true, 1.0, i % 2 == 0 ? 0.4 : f1, 1.0});
  };
  record.scores["v1"].clear();
  record.variants.clear();
  add("rag16", "fp16", "rag", 10, 0.5);
  add("rag4", "int4", "rag", 10, 0.6);
  add("summ16", "fp16", "summ", 40, 0.5);
  const auto subject = subject_of(record, "run");
  ASSERT_EQ(subject.study.quality.size(), 3U);
  EXPECT_EQ(subject.study.quality[0].items, 10.0);
  EXPECT_EQ(subject.study.quality[2].items, 40.0) << "the last task's count is not that of all";
  EXPECT_FALSE(subject.study.context.quality_items) << "there is no one count";
  EXPECT_FALSE(subject.study.quality[0].paired_error);
  // Differences of 0 and 0.1 in turn: deviation 0.0527 over 10 items.
  EXPECT_NEAR(*subject.study.quality[1].paired_error, 0.052704628 / std::sqrt(10.0), 1e-8);
  EXPECT_TRUE(of(record, "sample-size").empty()) << "0.05 shows against 0.033, paired; unpaired it would not";
  record.scores["rag4"][0].item = "another";
  EXPECT_EQ(of(record, "sample-size").size(), 1U) << "other items cannot be paired";
}

}  // namespace
}  // namespace edgeeval::audit
