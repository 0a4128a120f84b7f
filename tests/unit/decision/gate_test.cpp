// SPDX-License-Identifier: Apache-2.0
#include "decision/gate.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "results_of.hpp"
#include "support/sample_run.hpp"
#include "support/saved_run.hpp"

namespace edgeeval {
namespace {

GatePolicy policy_of(const std::string& rule) {
  auto policy = parse_policy("rules:\n  - {" + rule + "}\n", "p.yaml");
  EXPECT_TRUE(policy) << policy.error().message;
  return *policy;
}

/// The one check of a policy of one rule.
GateCheck check(const std::string& rule, const ResultSet& run, const ResultSet* baseline = nullptr) {
  const auto report = evaluate(policy_of(rule), run, baseline);
  EXPECT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->checks.size(), 1U);
  EXPECT_EQ(blocked(*report), blocks(report->checks.front()));
  return report->checks.front();
}

/// The sample run with 100 items of F1 `score` for lora-int4.
ResultSet scoring(double score) {
  auto record = sample_run();
  set_scores(record, "lora-int4", 100, [=](int) { return score; });
  return results_of(record);
}

/// The row of a variant's metric, to be changed.
MetricRow& row_of(ResultSet& results, const std::string& variant, const std::string& metric) {
  for (auto& row : results.rows) {
    if (row.variant == variant && row.metric == metric) return row;
  }
  throw std::logic_error("no such row");
}

TEST(Gate, HoldsAFigureToOneOfTheSameMode) {
  const auto baseline = results_of(sample_run(), "main");
  auto run = baseline;
  row_of(run, "lora-int4", "token_f1").mode = "new";
  const char* rule = "metric: token_f1, variant: lora-int4, margin: 2";
  EXPECT_EQ(check(rule, baseline, &baseline).outcome, GateOutcome::pass);
  const auto unlike = check(rule, run, &baseline);
  EXPECT_EQ(unlike.outcome, GateOutcome::absent) << unlike.reason;
  EXPECT_EQ(unlike.reason, "absent in the baseline: no such row");
  EXPECT_TRUE(blocks(unlike));
  EXPECT_EQ(check(rule, run, &run).outcome, GateOutcome::pass) << "both have the mode, though no table does";
}

TEST(Gate, HoldsTheBadEndOfAnIntervalToALimit) {
  // Token F1 of lora-int4: four items 1, 1, 0.5, 0.5, so 0.75 in [0.5, 1].
  const auto run = results_of(sample_run());
  const auto pass = check("metric: token_f1, variant: lora-int4, limit: 0.5", run);
  EXPECT_EQ(pass.outcome, GateOutcome::pass);
  EXPECT_FALSE(blocks(pass));
  EXPECT_EQ(pass.variant, "lora-int4");
  EXPECT_DOUBLE_EQ(pass.value->value, 0.75);
  const auto undecided = check("metric: token_f1, variant: lora-int4, limit: 0.6", run);
  EXPECT_EQ(undecided.outcome, GateOutcome::undecided) << "0.75 is above it, and 0.5 is not";
  EXPECT_TRUE(blocks(undecided)) << "undecided is not a pass";
  const auto failed = check("metric: token_f1, variant: lora-int4, limit: 1.01", run);
  EXPECT_EQ(failed.outcome, GateOutcome::fail);
  EXPECT_TRUE(blocks(failed));
  const auto value = check("metric: token_f1, variant: lora-int4, limit: 0.6, bound: value", run);
  EXPECT_EQ(value.outcome, GateOutcome::pass);
}

TEST(Gate, KnowsWhichWayIsBetter) {
  // 100 J in [50, 200] modelled.
  const auto run = results_of(sample_run());
  EXPECT_EQ(check("metric: j_per_request, variant: base, limit: 200", run).outcome, GateOutcome::pass);
  EXPECT_EQ(check("metric: j_per_request, variant: base, limit: 199", run).outcome, GateOutcome::undecided);
  EXPECT_EQ(check("metric: j_per_request, variant: base, limit: 49", run).outcome, GateOutcome::fail);
  EXPECT_EQ(check("metric: j_per_request, variant: base, limit: 50, direction: higher", run).outcome,
            GateOutcome::pass);
}

TEST(Gate, BlocksOnARegressionBeyondTheMargin) {
  const auto before = scoring(0.80);
  const char* rule = "metric: token_f1, variant: lora-int4, margin: 0.02";
  const auto same = scoring(0.79);
  EXPECT_EQ(check(rule, same, &before).outcome, GateOutcome::pass);
  const auto worse = scoring(0.77);
  const auto failed = check(rule, worse, &before);
  EXPECT_EQ(failed.outcome, GateOutcome::fail);
  EXPECT_TRUE(blocks(failed));
  EXPECT_NEAR(failed.difference->value.value, -0.03, 1e-12);
  EXPECT_EQ(failed.difference->pairs, 100U);
  EXPECT_NEAR(failed.baseline->value, 0.80, 1e-12);
  const auto better = scoring(0.99);
  EXPECT_EQ(check(rule, better, &before).outcome, GateOutcome::pass) << "better is not worse";
  EXPECT_EQ(check("metric: token_f1, variant: lora-int4, margin: 5 %", worse, &before).outcome,
            GateOutcome::pass)
      << "5 % of 0.8 are 0.04";
}

TEST(Gate, BlocksWhereTheItemsCannotDecide) {
  auto record = sample_run();
  set_scores(record, "lora-int4", 40, [](int i) { return i % 2 == 0 ? 1.0 : 0.0; });
  const auto before = results_of(record);
  set_scores(record, "lora-int4", 40, [](int i) { return i % 4 < 2 ? 1.0 : 0.0; });
  const auto after = results_of(record);
  const auto found = check("metric: token_f1, variant: lora-int4, margin: 0.02", after, &before);
  EXPECT_EQ(found.outcome, GateOutcome::undecided) << "the same mean, by other items";
  EXPECT_DOUBLE_EQ(found.difference->value.value, 0.0);
  EXPECT_TRUE(blocks(found));
}

TEST(Gate, BlocksOnWhatIsAbsent) {
  const auto run = results_of(sample_run());
  const auto absent = check("metric: n_break, variant: base, limit: 100", run);
  EXPECT_EQ(absent.outcome, GateOutcome::absent);
  EXPECT_EQ(absent.reason, "the base is not adapted");
  EXPECT_TRUE(blocks(absent));
  const auto nobody = check("metric: token_f1, variant: \"lora-int44\", limit: 0.1", run);
  EXPECT_EQ(nobody.outcome, GateOutcome::absent);
  EXPECT_NE(nobody.reason.find("did you mean \"lora-int4\"?"), std::string::npos) << nobody.reason;
  EXPECT_TRUE(blocks(nobody));
  auto fewer = sample_run();
  std::erase_if(fewer.variants, [](const VariantInfo& v) { return v.id == "base"; });
  const auto baseline = results_of(fewer);
  const auto lost = check("metric: token_f1, variant: base, margin: 0.02", run, &baseline);
  EXPECT_EQ(lost.outcome, GateOutcome::absent);
  EXPECT_TRUE(blocks(lost));
}

TEST(Gate, BlocksOnAnUnknownMetricWhateverTheTier) {
  const auto run = results_of(sample_run());
  for (const char* tier : {"hard", "soft", "monitor"}) {
    const auto found = check(std::string("metric: tokn_f1, limit: 0.1, tier: ") + tier, run);
    EXPECT_EQ(found.outcome, GateOutcome::unknown);
    EXPECT_NE(found.reason.find("did you mean \"token_f1\"?"), std::string::npos) << found.reason;
    EXPECT_TRUE(blocks(found)) << tier;
  }
  EXPECT_EQ(check("metric: token_f1, mode: paper, limit: 0.1", run).outcome, GateOutcome::unknown);
}

TEST(Gate, BlocksOnWhatIsNoNumberOrContradictsItself) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const char* rule = "metric: token_f1, variant: base, limit: 0.0";
  for (const double value : {nan, infinite, -infinite}) {
    auto run = results_of(sample_run());
    row_of(run, "base", "token_f1").value->value = value;
    const auto found = check(rule, run);
    EXPECT_EQ(found.outcome, GateOutcome::invalid) << value;
    EXPECT_TRUE(blocks(found));
  }
  auto bound = results_of(sample_run());
  row_of(bound, "base", "token_f1").value->lo = nan;
  EXPECT_EQ(check(rule, bound).outcome, GateOutcome::invalid);
  auto beside = results_of(sample_run());
  row_of(beside, "base", "token_f1").value->lo = 0.9;
  EXPECT_EQ(check(rule, beside).outcome, GateOutcome::invalid) << "0.25 is not in [0.9, 0.5]";
  const auto run = results_of(sample_run());
  EXPECT_EQ(check("metric: token_f1, variant: base, margin: 1", run, &beside).outcome, GateOutcome::invalid)
      << "of the baseline too";
}

TEST(Gate, BlocksWhereAStageOfTheVariantFailed) {
  auto record = sample_run();
  record.stages["serve:base"].outcome = StageOutcome::failed;
  record.stages["serve:base"].error = Error{ErrorCode::engine_failed, "it ended"};
  auto run = results_of(record);
  const auto found = check("metric: token_f1, variant: base, limit: 0.0", run);
  EXPECT_EQ(found.outcome, GateOutcome::invalid) << "though its scores are there";
  EXPECT_EQ(found.reason, "stage serve:base failed: it ended");
  EXPECT_EQ(check("metric: token_f1, variant: lora-int4, limit: 0.0", run).outcome, GateOutcome::pass);
}

TEST(Gate, BlocksWhereRunAndBaselineAreNotComparable) {
  auto record = sample_run();
  record.settings = {{"load.concurrency", "4"}};
  const auto before = results_of(record);
  record.settings = {{"load.concurrency", "8"}};
  const auto after = results_of(record);
  const auto found = check("metric: model_bytes, variant: base, margin: 1 %", after, &before);
  EXPECT_EQ(found.outcome, GateOutcome::not_comparable);
  EXPECT_NE(found.reason.find("load.concurrency: 4 against 8"), std::string::npos) << found.reason;
  auto policy = policy_of("metric: model_bytes, variant: base, margin: 1 %");
  policy.despite = {Concern::workload};
  const auto report = evaluate(policy, after, &before);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->checks.front().outcome, GateOutcome::pass);
}

TEST(Gate, ComparesWithAVariantOfTheRunItself) {
  const auto run = results_of(sample_run());
  const auto report = evaluate(
      policy_of("metric: model_bytes, variant: \"lora-*\", margin: 0, baseline: lora-int8"), run, nullptr);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->checks.size(), 2U) << "not with itself";
  EXPECT_EQ(report->checks[0].variant, "lora-fp16");
  EXPECT_EQ(report->checks[0].outcome, GateOutcome::fail) << "200 MB against 100";
  EXPECT_EQ(report->checks[1].variant, "lora-int4");
  EXPECT_EQ(report->checks[1].outcome, GateOutcome::pass) << "50 MB against 100";
}

TEST(Gate, NeedsTheBaselineThatARuleSpeaksOf) {
  const auto report = evaluate(policy_of("metric: token_f1, margin: 1 %"), results_of(sample_run()), nullptr);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::usage);
  EXPECT_EQ(report.error().where, "p.yaml:2:5");
}

TEST(Gate, SoftRulesAndMonitorsDoNotBlock) {
  const auto run = results_of(sample_run());
  for (const char* tier : {"soft", "monitor"}) {
    const auto report =
        evaluate(policy_of(std::string("metric: token_f1, limit: 2, tier: ") + tier), run, nullptr);
    ASSERT_TRUE(report);
    ASSERT_EQ(report->checks.size(), 5U) << "every variant";
    for (const auto& one : report->checks) EXPECT_EQ(one.outcome, GateOutcome::fail);
    EXPECT_FALSE(blocked(*report));
    ASSERT_EQ(report->warnings.size(), 1U);
    EXPECT_NE(report->warnings[0].find("no hard rule"), std::string::npos);
  }
}

TEST(Gate, SaysThatAFigureWithoutAnIntervalDecidesNothing) {
  const auto run = results_of(sample_run());
  const auto found = check("metric: output_tok_per_s, variant: base, limit: 10", run);
  EXPECT_EQ(found.outcome, GateOutcome::undecided) << "20 tok/s, once";
  EXPECT_NE(found.reason.find("bound: value"), std::string::npos);
  EXPECT_EQ(check("metric: output_tok_per_s, variant: base, limit: 10, bound: value", run).outcome,
            GateOutcome::pass);
  EXPECT_EQ(check("metric: model_bytes, variant: base, limit: 2e8", run).outcome, GateOutcome::pass)
      << "a file's size needs no interval";
}

TEST(GateOutcome, HasAWordEach) {
  EXPECT_EQ(to_string(GateOutcome::pass), "pass");
  EXPECT_EQ(to_string(GateOutcome::not_comparable), "not_comparable");
  EXPECT_EQ(to_string(Tier::soft), "soft");
}

}  // namespace
}  // namespace edgeeval
