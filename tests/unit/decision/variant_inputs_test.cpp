// SPDX-License-Identifier: Apache-2.0
#include "decision/variant_inputs.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/measured_run.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

using economics::Shape;

VariantDecision filled(const RunRecord& record, const std::string& id, const CostScenario& scenario) {
  const auto rows = compute_metrics(record);
  const Figures figures(rows);
  VariantDecision decision;
  for (const auto& variant : record.variants) {
    if (variant.id == id) fill_inputs(record, variant, figures, scenario, gain_groups(record), decision);
  }
  return decision;
}

VariantDecision filled(const RunRecord& record, const std::string& id) {
  return filled(record, id, *scenario_for(record));
}

const economics::Uncertain& input(const VariantDecision& decision, const char* key) {
  return decision.inputs[place_of(key)];
}

TEST(Inputs, OfAVariantAreWhatItsRecordSays) {
  const auto decision = filled(sample_run(), "lora-int4");
  EXPECT_EQ(decision.absent_reason, "");
  EXPECT_DOUBLE_EQ(input(decision, "capacity_per_s").value, 0.4) << "4 requests in 10 s";
  EXPECT_DOUBLE_EQ(input(decision, "busy_w").value, 40.0);
  EXPECT_DOUBLE_EQ(input(decision, "busy_w").lo, 20.0);
  EXPECT_DOUBLE_EQ(input(decision, "busy_w").hi, 80.0);
  EXPECT_EQ(input(decision, "busy_w").shape, Shape::split_lognormal);
  EXPECT_DOUBLE_EQ(input(decision, "idle_w").value, 12.0);
  EXPECT_DOUBLE_EQ(input(decision, "off_w").value, 10.0);
  EXPECT_DOUBLE_EQ(input(decision, "cold_start_j").value, 50.0);
  EXPECT_DOUBLE_EQ(input(decision, "input_tokens").value, 200.0);
  EXPECT_DOUBLE_EQ(input(decision, "output_tokens").value, 50.0);
  EXPECT_EQ(input(decision, "output_tokens").shape, Shape::fixed) << "all answers are equally long";
  EXPECT_DOUBLE_EQ(input(decision, "adapt_s").value, 108.0) << "import 1, adapt 100, merge 5, quantize 2";
  EXPECT_DOUBLE_EQ(input(decision, "adapt_j").value, 362010.0);
  EXPECT_DOUBLE_EQ(input(decision, "quality").value, 0.75);
  EXPECT_LT(input(decision, "quality").lo, 0.75);
  EXPECT_TRUE(decision.missing_stages.empty());
  EXPECT_EQ(decision.grade, Grade::modelled);
  EXPECT_EQ(decision.origins[place_of("busy_w")].grade, Grade::modelled);
  EXPECT_EQ(decision.origins[place_of("pue")].grade, Grade::assumed);
  EXPECT_NE(decision.origins[place_of("capacity_per_s")].note.find("tested concurrency"), std::string::npos);
}

TEST(Inputs, OfOneDeviceMoveTogether) {
  const auto decision = filled(sample_run(), "lora-int4");
  for (const char* key : {"busy_w", "idle_w", "cold_start_j", "adapt_j"})
    EXPECT_EQ(input(decision, key).correlation, 1U) << key;
  for (const char* key : {"quality", "capacity_per_s", "pue"})
    EXPECT_EQ(input(decision, key).correlation, 0U) << key;
}

TEST(Inputs, OfAnotherDeviceMoveOnTheirOwn) {
  auto record = sample_run();
  for (auto& window : record.stages.at("serve:qlora").windows) window.energy[0].source = "another";
  const auto groups = gain_groups(record);
  EXPECT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups.at("another"), 1U) << "in the order of names, whatever that of variants";
  EXPECT_EQ(input(filled(record, "qlora"), "busy_w").correlation, 1U);
  EXPECT_EQ(input(filled(record, "base"), "busy_w").correlation, 2U);
}

TEST(Inputs, ThatTheUserSetStandInPlaceOfWhatWasMeasured) {
  auto scenario = *scenario_for(sample_run());
  ASSERT_TRUE(set_assumption(scenario, "busy_w=55", ""));
  const auto decision = filled(sample_run(), "base", scenario);
  EXPECT_EQ(input(decision, "busy_w").value, 55.0);
  EXPECT_EQ(decision.origins[place_of("busy_w")].sources.front(), "the command line");
}

TEST(Inputs, ThatNothingCanStandInForMakeAVariantAbsent) {
  auto record = sample_run();
  auto& windows = record.stages.at("serve:base").windows;
  std::erase_if(windows, [](const WindowRecord& window) { return window.name == "resident"; });
  EXPECT_EQ(filled(record, "base").absent_reason,
            "power with the engine idle: stage serve:base has no window resident");
  EXPECT_EQ(filled(record, "lora-fp16").absent_reason, "");
  for (auto& request : record.requests.at("lora-fp16")) request.prompt_tokens.reset();
  EXPECT_EQ(filled(record, "lora-fp16").absent_reason, "input tokens: the server gave no counts");
}

TEST(Inputs, OfADeviceStandInAndSaySo) {
  auto record = sample_run();
  record.settings.emplace_back("device", "t4x2");
  auto& windows = record.stages.at("serve:base").windows;
  std::erase_if(windows, [](const WindowRecord& window) { return window.name == "resident"; });
  const auto decision = filled(record, "base");
  EXPECT_EQ(decision.absent_reason, "");
  EXPECT_EQ(input(decision, "idle_w").value, 56.0);
  const auto& origin = decision.origins[place_of("idle_w")];
  EXPECT_EQ(origin.grade, Grade::assumed);
  EXPECT_TRUE(origin.note.starts_with("stands in")) << origin.note;
  EXPECT_EQ(decision.grade, Grade::modelled) << "what is assumed does not count among what was seen";
}

TEST(Inputs, OfABareMachineThatWasNotLeftIdleAreBetweenNothingAndTheIdleEngine) {
  auto record = sample_run();
  record.idle.clear();
  const auto decision = filled(record, "base");
  EXPECT_EQ(decision.absent_reason, "");
  EXPECT_EQ(input(decision, "off_w").lo, 0.0);
  EXPECT_EQ(input(decision, "off_w").hi, 12.0);
  EXPECT_EQ(input(decision, "off_w").shape, Shape::uniform);
}

TEST(Inputs, NameStagesWhoseCostIsNotIn) {
  auto record = sample_run();
  record.stages.at("quantize:m.int4").windows.clear();
  record.stages.at("merge:m.lora").outcome = StageOutcome::failed;
  const auto decision = filled(record, "lora-int4");
  EXPECT_EQ(decision.missing_stages, (std::vector<std::string>{"merge: the stage is not finished",
                                                               "quantize: no energy source was read"}));
  EXPECT_DOUBLE_EQ(input(decision, "adapt_j").value, 360010.0);
  EXPECT_DOUBLE_EQ(input(decision, "adapt_s").value, 103.0) << "quantize's 2 s are known all the same";
}

TEST(Inputs, OfAMachineWithoutAPriceAreNotReckonedAsFree) {
  auto scenario = *scenario_for(sample_run());
  scenario.assumptions.erase("rent_usd_per_h");
  EXPECT_TRUE(filled(sample_run(), "base", scenario).absent_reason.starts_with("no rent is known"));
  ASSERT_TRUE(set_assumption(scenario, "owned=1", ""));
  EXPECT_TRUE(filled(sample_run(), "base", scenario).absent_reason.starts_with("no price is known"));
}

}  // namespace
}  // namespace edgeeval
