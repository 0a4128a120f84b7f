// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/decision_metrics.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

/// A scenario without spread: a rented machine at 0.36 USD/h, 8640 requests a day, an API at 1 and 2
/// USD/Mtok.
CostScenario plain_scenario(const RunRecord& record, std::initializer_list<const char*> more = {}) {
  auto scenario = *scenario_for(record);
  scenario.draws = 200;
  for (const char* text : {"rent_usd_per_h=0.36", "demand_per_day=8640", "api_input_usd_per_mtok=1",
                           "api_output_usd_per_mtok=2", "api_retry_share=0", "api_tokenizer_ratio=1",
                           "api_decay_per_year=0", "retrains_per_year=0", "adapt_waste=0", "horizon_years=1"})
    EXPECT_TRUE(set_assumption(scenario, text, "")) << text;
  for (const char* text : more) EXPECT_TRUE(set_assumption(scenario, text, "")) << text;
  return scenario;
}

StudyDecision decided(const RunRecord& record, const CostScenario& scenario) {
  return decide_study(record, compute_metrics(record), scenario);
}

TEST(Decision, IsWhatAHandReckons) {
  const auto record = sample_run();
  const auto study = decided(record, plain_scenario(record));
  ASSERT_EQ(study.variants.size(), record.variants.size());
  const auto& variant = *decision_of(study, "lora-int4");
  // λ = 0.1/s of μ = 0.4/s, F = 1e-4 USD/s: a request costs 1e-3 USD; the API's 200·1e-6 + 50·2e-6 = 3e-4
  // USD.
  EXPECT_NEAR(*variant.spread.local_usd.median, 1e-3, 1e-15);
  EXPECT_NEAR(*variant.spread.local_usd.hi, 1e-3, 1e-15);
  EXPECT_NEAR(*variant.spread.api_usd.median, 3e-4, 1e-15);
  EXPECT_NEAR(*variant.spread.demand_floor_per_s.median, 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(*variant.spread.utilisation_floor.median, 5.0 / 6.0, 1e-12);
  EXPECT_EQ(variant.spread.local_cheaper, 0.0);
  EXPECT_EQ(variant.decision, economics::Decision::api);
  EXPECT_FALSE(variant.spread.break_even_requests.median);
}

TEST(Decision, TellsWhereTheApisFallingPriceMakesItTheCheaperAgain) {
  const auto record = sample_run();
  // 200 input and 50 output tokens at 20 USD/Mtok: 5e-3 USD, falling by 90 % a year; 1 USD spent before.
  const auto study =
      decided(record, plain_scenario(record, {"api_input_usd_per_mtok=20", "api_output_usd_per_mtok=20",
                                              "api_decay_per_year=0.9", "horizon_years=5", "setup_usd=1"}));
  const auto& variant = *decision_of(study, "lora-int4");
  const auto& spread = variant.spread;
  EXPECT_EQ(spread.pays_within, 1.0);
  EXPECT_EQ(spread.reversed_within, 1.0);
  EXPECT_EQ(spread.local_cheaper, 0.0);
  ASSERT_TRUE(spread.reversal_s.median);
  EXPECT_GT(*spread.reversal_s.median, *spread.break_even_s.median);
  EXPECT_NEAR(*spread.reversal_requests.median, 0.1 * *spread.reversal_s.median, 1e-6);
  EXPECT_TRUE(tells_reversal(variant));
  EXPECT_NE(
      study.verdict.find("in 0 % of draws (in 100 % it pays back, but the API's falling price makes the API "
                         "the cheaper again before then); "),
      std::string::npos)
      << study.verdict;
  const auto rows = decision_rows(record, study);
  const auto row = std::find_if(rows.begin(), rows.end(), [](const MetricRow& r) {
    return r.variant == "lora-int4" && r.metric == "reversal_requests";
  });
  ASSERT_NE(row, rows.end());
  ASSERT_TRUE(row->value);
  EXPECT_EQ(row->value->unit, "requests");
  EXPECT_EQ(row->value->value, *spread.reversal_requests.median);
  const auto steady = decided(record, plain_scenario(record, {"demand_per_day=34560"}));
  EXPECT_FALSE(tells_reversal(*decision_of(steady, "lora-int4")));
  EXPECT_EQ(steady.verdict.find("cheaper again"), std::string::npos) << steady.verdict;
}

TEST(Decision, WordsAReversalWithItsOpenEndsWhereItIsNotRare) {
  VariantDecision variant;
  const auto text = [&](double pays, economics::Band band) {
    variant.spread.break_even_s.defined = pays;
    variant.spread.reversal_s = variant.spread.reversal_requests = band;
    return reversal_text(variant);
  };
  EXPECT_EQ(text(1.0, {120.0, 340.0, 5600.0, 1.0}), "340 [120, 5600]");
  EXPECT_EQ(text(1.0, {120.0, {}, {}, 0.3}), "∞ [120, ∞]") << "in most draws that pay there is none";
  EXPECT_EQ(text(1.0, {{}, {}, {}, 0.0}), "–");
  EXPECT_EQ(text(0.06, {120.0, 340.0, 5600.0, 1.0}), "340 [120, 5600]");
  EXPECT_EQ(text(0.04, {120.0, 340.0, 5600.0, 1.0}), "–") << "a few draws say little";
}

// The cached price is a copy: with all tokens cached the API's cost has the very spread of the input price,
// and with half of them too.
TEST(Decision, DrawsACopiedPriceAsWhatItCopies) {
  const auto record = sample_run();
  const auto api_cost = [&](const char* share) {
    return decision_of(decided(record, plain_scenario(record, {"api_input_usd_per_mtok=1..3",
                                                               "api_output_usd_per_mtok=0", share})),
                       "base")
        ->spread.api_usd;
  };
  const auto none = api_cost("api_cache_share=0");
  const auto half = api_cost("api_cache_share=0.5");
  ASSERT_TRUE(none.lo && half.lo);
  EXPECT_NEAR(*half.lo, *none.lo, 1e-15);
  EXPECT_NEAR(*half.hi, *none.hi, 1e-15);
  EXPECT_GT(*none.hi, 2.0 * *none.lo);
}

TEST(Decision, IsLocalWhereItPaysAndNeverWhereNothingCould) {
  const auto record = sample_run();
  // Above the floor of 1/3 of a request a second one machine can serve 0.4.
  const auto local = decided(record, plain_scenario(record, {"demand_per_day=34560"}));
  EXPECT_EQ(decision_of(local, "base")->decision, economics::Decision::local);
  EXPECT_EQ(advice(*decision_of(local, "base")), "rent the machine and serve it");
  const auto never =
      decided(record, plain_scenario(record, {"api_output_usd_per_mtok=0", "api_input_usd_per_mtok=0.1"}));
  EXPECT_EQ(decision_of(never, "base")->decision, economics::Decision::never);
}

TEST(Decision, RowsTellScenariosOfOneNameApart) {
  const auto record = sample_run();
  const auto scenario_in = [&](const CostScenario& scenario) {
    const auto rows = decision_rows(record, decided(record, scenario));
    const auto row =
        std::find_if(rows.begin(), rows.end(), [](const MetricRow& r) { return r.value.has_value(); });
    EXPECT_NE(row, rows.end());
    const auto& sources = row->value->sources;
    return *std::find_if(sources.begin(), sources.end(),
                         [](const std::string& source) { return source.starts_with("scenario default ("); });
  };
  const auto one = scenario_in(plain_scenario(record));
  EXPECT_EQ(scenario_in(plain_scenario(record)), one);
  EXPECT_NE(scenario_in(plain_scenario(record, {"pue=1.3"})), one);
}

TEST(Decision, DoesNotDependOnTheOrderOfVariants) {
  auto record = sample_run();
  auto scenario = *scenario_for(record);
  scenario.draws = 500;
  const auto straight = decided(record, scenario);
  std::reverse(record.variants.begin(), record.variants.end());
  const auto turned = decided(record, scenario);
  for (const auto& variant : straight.variants) {
    const auto& other = *decision_of(turned, variant.variant);
    EXPECT_EQ(variant.decision, other.decision);
    EXPECT_EQ(variant.spread.local_cheaper, other.spread.local_cheaper);
    EXPECT_EQ(*variant.spread.local_usd.median, *other.spread.local_usd.median);
    EXPECT_EQ(*variant.spread.carbon_g.hi, *other.spread.carbon_g.hi);
  }
  EXPECT_EQ(straight.verdict, turned.verdict);
}

TEST(Decision, IsTheSameAgainAndDiffersWithTheSeed) {
  const auto record = sample_run();
  auto scenario = *scenario_for(record);
  scenario.draws = 300;
  const auto first = decided(record, scenario);
  EXPECT_EQ(*first.variants[0].spread.local_usd.hi,
            *decided(record, scenario).variants[0].spread.local_usd.hi);
  scenario.seed = 2;
  EXPECT_NE(*first.variants[0].spread.local_usd.hi,
            *decided(record, scenario).variants[0].spread.local_usd.hi);
}

TEST(Decision, SaysInOneSentenceATaskWhatToDo) {
  const auto record = sample_run();
  const auto study = decided(record, plain_scenario(record));
  EXPECT_TRUE(study.verdict.starts_with("On rag, m ")) << study.verdict;
  EXPECT_NE(study.verdict.find("call the API"), std::string::npos) << study.verdict;
  EXPECT_NE(study.verdict.find(
                "it pays from 28800 [28800, 28800] requests a day, 83 % of what its machines can serve"),
            std::string::npos)
      << study.verdict;
  EXPECT_NE(study.boundary.find("\"vcpu\""), std::string::npos) << study.boundary;
}

TEST(Decision, OnNothingReckonableGivesTheReason) {
  auto record = sample_run();
  for (auto& [id, stage] : record.stages) stage.windows.clear();
  const auto study = decided(record, *scenario_for(record));
  for (const auto& variant : study.variants) EXPECT_FALSE(variant.absent_reason.empty());
  EXPECT_NE(study.verdict.find("no variant can be reckoned"), std::string::npos) << study.verdict;
  for (const auto& row : decision_rows(record, study)) {
    EXPECT_FALSE(row.value);
    EXPECT_FALSE(row.absent_reason.empty());
  }
}

TEST(Decision, WarnsWhereBoardsDrawMoreThanTheDeviceCan) {
  auto record = sample_run();
  for (auto& [id, stage] : record.stages) {
    for (auto& window : stage.windows) window.energy[0].boundary = window.energy[0].domain = "board";
  }
  // 40 W while serving: within a T4's 70 W, and above its limit once that is 30 W.
  auto scenario = plain_scenario(record, {"device=t4"});
  EXPECT_TRUE(decided(record, scenario).scenario.warnings.empty());
  scenario.device_tdp_w = 30.0;
  const auto warned = decided(record, scenario).scenario.warnings;
  ASSERT_EQ(warned.size(), 1U);
  EXPECT_EQ(warned.front(), "the boards drew 40 W, and device t4 has a limit of 30 W: is it the right one?");
}

TEST(BestVariant, SavesMostAmongThoseNotShownToBeWorse) {
  auto record = sample_run();
  // "base" would be cheapest, and its score is surely worse than LoRA's.
  for (auto& request : record.requests.at("base")) request.completion_tokens = 51;
  for (auto& score : record.scores.at("base")) score.f1 = 0.0;
  const auto study = decided(record, plain_scenario(record));
  const auto best = best_variant(record, study, "rag");
  ASSERT_TRUE(best);
  EXPECT_NE(study.variants[*best].variant, "base");
  EXPECT_FALSE(best_variant(record, study, "chat"));
}

TEST(DecisionRows, HaveTheIdsAndUnitsOfTheMetricTable) {
  const auto record = sample_run();
  const auto rows = decision_rows(record, decided(record, plain_scenario(record)));
  const auto& table = decision_metrics();
  ASSERT_EQ(rows.size(), record.variants.size() * table.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& definition = table[i % table.size()];
    EXPECT_EQ(rows[i].metric, definition.id);
    EXPECT_EQ(rows[i].mode, definition.mode);
    EXPECT_NE(rows[i].value.has_value(), !rows[i].absent_reason.empty()) << rows[i].metric;
    if (!rows[i].value) continue;
    EXPECT_EQ(rows[i].value->unit, definition.unit) << rows[i].metric;
    EXPECT_EQ(rows[i].value->grade, Grade::assumed);
    EXPECT_EQ(rows[i].flag, "api");
  }
  EXPECT_NEAR(rows[0].value->value, 28800.0, 1e-9);
}

}  // namespace
}  // namespace edgeeval
