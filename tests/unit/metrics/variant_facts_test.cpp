// SPDX-License-Identifier: Apache-2.0
#include "metrics/variant_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

/// Facts of one variant of `record`, which must outlive them.
VariantFacts facts_of(const RunRecord& record, const std::string& id) {
  for (const auto& variant : record.variants) {
    if (variant.id == id) return gather(record, variant);
  }
  ADD_FAILURE() << "no variant " << id;
  return {};
}

TEST(VariantFacts, ComeFromTheStagesOfTheVariant) {
  const auto record = sample_run();
  const auto facts = facts_of(record, "lora-int4");
  EXPECT_EQ(facts.adapt_energy->value, 3.6e5);
  EXPECT_EQ(facts.making_energy->value, 3.6e5 + 10.0 + 2000.0);
  EXPECT_EQ(facts.making_energy->lo, (3.6e5 + 10.0 + 2000.0) / 2.0);
  EXPECT_EQ(facts.load_energy->value, 400.0);
  EXPECT_EQ(facts.load_time->value, 10.0);
  EXPECT_EQ(facts.mean_power->value, 40.0);
  EXPECT_EQ(facts.requests->value, 4.0);
  EXPECT_EQ(facts.output_tokens->value, 200.0);
  EXPECT_EQ(facts.f1.size(), 4U);
  EXPECT_EQ(facts.reference_f1.size(), 4U);
  EXPECT_EQ(facts.ttft_s.size(), 4U);
}

TEST(VariantFacts, OfTheBaseSayWhatItHasNot) {
  const auto record = sample_run();
  const auto facts = facts_of(record, "base");
  ASSERT_FALSE(facts.adapt_energy);
  EXPECT_EQ(facts.adapt_energy.error(), "the base is not adapted");
  EXPECT_TRUE(facts.reference_f1.empty());
  EXPECT_EQ(facts.making_energy->value, 10.0) << "its import alone";
}

TEST(VariantFacts, NameTheStageThatDidNotRunAndTheFactThatIsMissing) {
  auto record = sample_run();
  record.stages.erase("adapt:m.lora");
  record.stages["serve:lora-int8"].facts.erase("model_bytes");
  record.prices.clear();
  const auto facts = facts_of(record, "lora-int8");
  EXPECT_EQ(facts.model_bytes.error(), "stage serve:lora-int8 recorded no model_bytes");
  EXPECT_EQ(facts.api_price.error(), "the record has no price api_usd_per_request");
  EXPECT_EQ(facts.adapt_energy.error(), "stage adapt:m.lora has not run");
}

TEST(VariantFacts, TakeNoCountsFromRequestsThatFailed) {
  auto record = sample_run();
  for (auto& request : record.requests["base"]) request.ok = false;
  const auto facts = facts_of(record, "base");
  EXPECT_EQ(facts.requests.error(), "no request was answered");
  EXPECT_TRUE(facts.ttft_s.empty());
}

TEST(VariantFacts, FallBackOnWhatAPublishedStageStates) {
  auto record = sample_run();
  record.requests.clear();
  record.scores.clear();
  auto& serve = record.stages["serve:base"];
  serve.facts["output_tokens"] = {600.0, "tok", {}, {}, Grade::published, {"t.csv:2"}};
  serve.facts["output_tok_per_s"] = {61.0, "tok/s", {}, {}, Grade::published, {"t.csv:2"}};
  serve.facts["mean_power"] = {41.0, "W", {}, {}, Grade::published, {"t.csv:2"}};
  serve.facts["load_duration"] = {9.0, "s", {}, {}, Grade::published, {"t.csv:2"}};
  auto& score = record.stages["score:base"];
  score.facts["primary_score"] = {7.5, "1", {}, {}, Grade::published, {"q.csv:2"}};
  score.facts["score_scale"] = {10.0, "1", {}, {}, Grade::published, {"q.csv:2"}};
  const auto facts = facts_of(record, "base");
  EXPECT_EQ(facts.throughput->value, 61.0);
  EXPECT_EQ(facts.mean_power->value, 41.0);
  EXPECT_EQ(facts.load_time->value, 9.0);
  EXPECT_EQ(facts.load_time->grade, Grade::published);
  EXPECT_EQ(facts.primary_score->value, 0.75);
}

TEST(GatherScores, PairsAreJoinedByItem) {
  auto record = sample_run();
  std::reverse(record.scores["lora-int8"].begin(), record.scores["lora-int8"].end());
  record.scores["lora-int8"].pop_back();
  const auto facts = gather(record, record.variants[2]);
  ASSERT_EQ(facts.info->id, "lora-int8");
  EXPECT_EQ(facts.paired_f1, (std::vector<double>{0.5, 1.0, 1.0}));
  EXPECT_EQ(facts.reference_f1, facts.paired_f1) << "INT8 answers each item as FP16 does";
}

TEST(VariantFacts, GiveASumOfPublishedEnergiesNoIntervalOfItsOwn) {
  auto record = sample_run();
  for (auto& [id, stage] : record.stages) {
    for (auto& window : stage.windows) {
      for (auto& entry : window.energy) {
        entry.joules.lo.reset();
        entry.joules.hi.reset();
      }
    }
  }
  const auto exact = facts_of(record, "lora-int8").making_energy;
  ASSERT_TRUE(exact);
  EXPECT_FALSE(exact->lo);
  EXPECT_FALSE(exact->hi);
  record.stages["adapt:m.lora"].windows[0].energy[0].joules.lo = 1.0;
  const auto open = facts_of(record, "lora-int8").making_energy;
  ASSERT_TRUE(open && open->lo);
  EXPECT_LT(*open->lo, open->value);
  EXPECT_FALSE(open->hi) << "what is open above keeps the sum open";
}

}  // namespace
}  // namespace edgeeval
