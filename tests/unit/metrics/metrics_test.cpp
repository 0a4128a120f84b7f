// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <edgeeval/metrics.hpp>
#include <set>

#include "catalog/decision_metrics.hpp"
#include "catalog/metric_registry.hpp"
#include "catalog/serving_metrics.hpp"
#include "metrics/variant_facts.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

MetricRow row_of(const RunRecord& record, const std::string& variant, const std::string& mode,
                 const std::string& metric) {
  for (auto& row : compute_metrics(record)) {
    if (row.variant == variant && row.mode == mode && row.metric == metric) return row;
  }
  ADD_FAILURE() << "no row " << variant << " " << mode << " " << metric;
  return {};
}

double value_of(const std::string& variant, const std::string& mode, const std::string& metric) {
  const auto row = row_of(sample_run(), variant, mode, metric);
  if (row.value) return row.value->value;
  ADD_FAILURE() << metric << ": " << row.absent_reason;
  return 0.0;
}

TEST(Metrics, BreakEvenIsTheElectricityOfAdaptationOverTheSaving) {
  // 3.6e5 J = 0.1 kWh = 0.012 USD; 100 J cost 3.3333e-6 USD.
  EXPECT_NEAR(value_of("lora-int4", "paper", "n_break"), 0.012 / (0.00125 - 100.0 / 3.6e6 * 0.12), 1e-9);
  EXPECT_NEAR(value_of("qlora", "paper", "n_break"), 0.024 / (0.00125 - 100.0 / 3.6e6 * 0.12), 1e-9);
  const auto base = row_of(sample_run(), "base", "paper", "n_break");
  EXPECT_FALSE(base.value);
  EXPECT_EQ(base.absent_reason, "the base is not adapted");
}

TEST(Metrics, BreakEvenCarriesTheIntervalAndTheWeakestGrade) {
  const auto row = row_of(sample_run(), "lora-fp16", "paper", "n_break");
  ASSERT_TRUE(row.value && row.value->lo && row.value->hi);
  EXPECT_NEAR(*row.value->lo, 0.006 / (0.00125 - 50.0 / 3.6e6 * 0.12), 1e-9);
  EXPECT_NEAR(*row.value->hi, 0.024 / (0.00125 - 200.0 / 3.6e6 * 0.12), 1e-9);
  EXPECT_EQ(row.value->grade, Grade::assumed) << "prices are assumed";
  EXPECT_EQ(row.flag, "roi_within_hour");
}

TEST(Metrics, BreakEvenIsNeverWhereTheApiIsCheaper) {
  auto record = sample_run();
  record.prices["api_usd_per_request"].value = 1e-9;
  const auto row = row_of(record, "lora-fp16", "paper", "n_break");
  EXPECT_FALSE(row.value);
  EXPECT_EQ(row.flag, "never");
}

TEST(Metrics, BreakEvenWithTheWholeMakingCountsImportMergeAndQuantization) {
  EXPECT_NEAR(value_of("lora-int8", "honest", "n_break_making"),
              (3.6e5 + 10.0 + 2000.0) / 3.6e6 * 0.12 / (0.00125 - 100.0 / 3.6e6 * 0.12), 1e-9);
}

TEST(Metrics, IntelligenceIsTheScoreOverJoulesOfARequest) {
  EXPECT_NEAR(value_of("lora-fp16", "paper", "ipw"), 0.875 / 100.0, 1e-12);
  EXPECT_NEAR(value_of("lora-fp16", "honest", "ipj"), 0.875 / 100.0, 1e-12);
  EXPECT_NEAR(value_of("lora-fp16", "honest", "ipw_power"), 0.875 / 40.0, 1e-12) << "400 J over 10 s";
  EXPECT_NEAR(value_of("lora-fp16", "honest", "answers_per_kwh"), 3.6e6 * 0.75 / 100.0, 1e-9);
}

TEST(Metrics, DensityIsThroughputOverGigabytes) {
  EXPECT_NEAR(value_of("lora-int4", "observed", "output_tok_per_s"), 20.0, 1e-12);
  EXPECT_NEAR(value_of("lora-int4", "paper", "rho_sys"), 20.0 / 0.05, 1e-9);
  EXPECT_NEAR(value_of("lora-int4", "honest", "rho_resident"), 20.0 / 0.1, 1e-9);
}

TEST(Metrics, ColdStartTaxIsAsPublishedAndAsMeasured) {
  // 2 s · 40 W / 100 J; the measured one takes the energy of the start window.
  EXPECT_NEAR(value_of("base", "paper", "c_tax"), 0.8, 1e-12);
  EXPECT_NEAR(value_of("base", "honest", "c_tax_measured"), 0.5, 1e-12);
  EXPECT_FALSE(row_of(sample_run(), "base", "paper", "c_tax").value->lo) << "the energy cancels";
}

TEST(Metrics, RetentionComparesWithFp16OfTheSameAdaptation) {
  EXPECT_NEAR(value_of("lora-int8", "paper", "q_ret"), 100.0, 1e-12);
  EXPECT_NEAR(value_of("lora-int4", "paper", "q_ret"), 100.0 * 0.75 / 0.875, 1e-9);
  EXPECT_EQ(row_of(sample_run(), "lora-int8", "paper", "q_ret").flag, "fidelity_kept");
  EXPECT_EQ(row_of(sample_run(), "lora-int4", "paper", "q_ret").flag, "");
  EXPECT_FALSE(row_of(sample_run(), "lora-fp16", "paper", "q_ret").value);
  EXPECT_FALSE(row_of(sample_run(), "qlora", "paper", "q_ret").value)
      << "the paper has no FP16 row for QLoRA";
  const auto paired = row_of(sample_run(), "lora-int4", "honest", "q_ret_paired");
  ASSERT_TRUE(paired.value && paired.value->lo && paired.value->hi);
  EXPECT_LE(*paired.value->lo, paired.value->value);
  EXPECT_GE(*paired.value->hi, paired.value->value);
}

TEST(Metrics, LatenciesAreQuantilesOfTheClientsStamps) {
  EXPECT_NEAR(value_of("base", "observed", "ttft_p50"), 0.5, 1e-12);
  EXPECT_NEAR(value_of("base", "observed", "e2e_p50"), 2.46, 1e-12);
  EXPECT_NEAR(value_of("base", "observed", "tpot_p50"), 1.96 / 49.0, 1e-12);
}

TEST(Metrics, OfAFailedStageAreAbsentAndSayWhich) {
  auto record = sample_run();
  record.stages["serve:lora-int4"].outcome = StageOutcome::failed;
  record.requests.erase("lora-int4");
  const auto row = row_of(record, "lora-int4", "observed", "j_per_request");
  EXPECT_FALSE(row.value);
  EXPECT_EQ(row.absent_reason, "stage serve:lora-int4 failed");
  EXPECT_TRUE(row_of(record, "lora-int8", "observed", "j_per_request").value) << "the others keep theirs";
}

TEST(Metrics, WithoutEnergyAreAbsentAndNotZero) {
  auto record = sample_run();
  for (auto& window : record.stages["serve:base"].windows) window.energy.clear();
  const auto row = row_of(record, "base", "paper", "ipw");
  EXPECT_FALSE(row.value);
  EXPECT_NE(row.absent_reason.find("no energy source"), std::string::npos) << row.absent_reason;
  EXPECT_TRUE(row_of(record, "base", "observed", "token_f1").value);
}

TEST(Metrics, OfFailedRequestsCountOnlyWhatWasAnswered) {
  auto record = sample_run();
  record.requests["base"][0].ok = false;
  EXPECT_NEAR(row_of(record, "base", "observed", "j_per_request").value->value, 400.0 / 3.0, 1e-9);
}

TEST(Metrics, AreOneRowEachForEveryVariantInTableOrder) {
  const auto record = sample_run();
  const auto rows = compute_metrics(record);
  auto table = metric_table();
  table.resize(table.size() - decision_metrics().size());
  ASSERT_EQ(rows.size(), record.variants.size() * table.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].metric, table[i % table.size()].id);
    EXPECT_NE(rows[i].value.has_value(), !rows[i].absent_reason.empty()) << rows[i].metric;
    if (!rows[i].value) continue;
    EXPECT_EQ(rows[i].value->unit, table[i % table.size()].unit) << rows[i].metric;
    EXPECT_FALSE(rows[i].value->sources.empty()) << rows[i].metric;
  }
}

TEST(MetricTable, NamesEachMetricOnceWithUnitFormulaAndSource) {
  std::set<std::pair<std::string, std::string>> ids;
  for (const auto& metric : metric_table()) {
    EXPECT_TRUE(ids.insert({metric.mode, metric.id}).second) << metric.id;
    EXPECT_FALSE(metric.title.empty() || metric.unit.empty() || metric.formula.empty() ||
                 metric.source.empty())
        << metric.id;
    EXPECT_TRUE(metric.mode == "paper" || metric.mode == "honest" || metric.mode == "observed")
        << metric.mode;
  }
}

TEST(TokenTime, IsOfTheTokensAfterTheFirstEvent) {
  RequestTimeline request;
  request.first_token_s = 1.0;
  request.last_token_s = 3.0;
  EXPECT_FALSE(token_time_of(request)) << "no count";
  request.completion_tokens = 11;
  EXPECT_DOUBLE_EQ(token_time_of(request).value(), 0.2) << "older records: one token in the first event";
  request.shown_tokens = 9;
  request.first_tokens = 4;
  EXPECT_DOUBLE_EQ(token_time_of(request).value(), 0.4) << "five tokens came after the first event";
  request.first_tokens = 9;
  EXPECT_FALSE(token_time_of(request)) << "all came at once";
}

TEST(TokenTime, IsTheSameForAStudyAndForALoad) {
  for (const char* id : {"tpot_p50", "ttft_p50", "ttft_p95", "e2e_p50"}) {
    const std::string_view serving = std::string_view(id).starts_with("tpot")   ? "tpot"
                                     : std::string_view(id).starts_with("ttft") ? "ttft_service"
                                                                                : "e2e_service";
    const auto* own = find_metric(id);
    const auto* theirs = find_serving_metric(serving);
    ASSERT_TRUE(own != nullptr && theirs != nullptr) << id;
    EXPECT_TRUE(own->formula.ends_with(theirs->definition)) << own->formula;
  }
}

TEST(Registry, HoldsStudiesAndLoadsEachIdOnce) {
  std::set<std::string> ids;
  for (const auto& metric : metric_registry()) {
    EXPECT_TRUE(ids.insert(metric.id).second) << metric.id;
    EXPECT_EQ(find_metric(metric.id), &metric);
  }
  EXPECT_EQ(ids.size(), metric_table().size() + serving_metrics().size());
  ASSERT_NE(find_metric("itl_delivered"), nullptr);
  EXPECT_EQ(find_metric("itl_delivered")->mode, kServingMode);
  EXPECT_EQ(find_metric("itl_delivered")->unit, "s");
  EXPECT_EQ(find_metric("output_rate")->direction, Direction::higher_is_better);
  EXPECT_EQ(find_metric("nothing"), nullptr);
}

TEST(Retention, IsOfTheItemsThatBothSidesHave) {
  auto record = sample_run();
  auto& scores = record.scores["lora-int4"];
  std::reverse(scores.begin(), scores.end());
  const auto turned = row_of(record, "lora-int4", "honest", "q_ret_paired");
  const auto straight = row_of(sample_run(), "lora-int4", "honest", "q_ret_paired");
  ASSERT_TRUE(turned.value && straight.value);
  EXPECT_DOUBLE_EQ(turned.value->value, straight.value->value);
  EXPECT_EQ(*turned.value->hi, 100.0) << "no item is better in INT4";
  for (auto& score : scores) score.item += "-other";
  EXPECT_EQ(row_of(record, "lora-int4", "honest", "q_ret_paired").absent_reason,
            "no item was scored for both this and the FP16 variant");
}

}  // namespace
}  // namespace edgeeval
