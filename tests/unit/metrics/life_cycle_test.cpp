// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <edgeeval/metrics.hpp>

#include "metrics/net_energy.hpp"
#include "metrics/variant_facts.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

LedgerRow row_of(const RunRecord& record, const std::string& stage, const std::string& phase) {
  for (auto& row : life_cycle(record)) {
    if (row.stage == stage && row.phase == phase) return row;
  }
  ADD_FAILURE() << "no row " << stage << " " << phase;
  return {};
}

VariantFacts facts_of(const RunRecord& record, const std::string& id) {
  for (const auto& variant : record.variants) {
    if (variant.id == id) return gather(record, variant);
  }
  ADD_FAILURE() << "no variant " << id;
  return {};
}

TEST(LifeCycle, HasEachStageOnceWithTheVariantsThatRestOnIt) {
  const auto rows = life_cycle(sample_run());
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(),
                          [](const LedgerRow& row) { return row.stage == "adapt:m.lora"; }),
            1);
  EXPECT_EQ(row_of(sample_run(), "adapt:m.lora", "adapt").variants,
            (std::vector<std::string>{"lora-fp16", "lora-int8", "lora-int4"}));
  EXPECT_EQ(rows.front().phase, "import") << "in the order of the work";
}

TEST(LifeCycle, TellsServingInItsPhasesGrossAndNet) {
  const auto record = measured_run(false);
  const auto cold = row_of(record, "serve:base", "cold_start");
  ASSERT_TRUE(cold.gross && cold.net);
  EXPECT_NEAR(cold.gross->value, 50.0, 1e-9);
  EXPECT_NEAR(cold.net->value, 50.0 - 10.0 * 2.5, 1e-9) << "10 W bare over 2.5 s";
  const auto idle = row_of(record, "serve:base", "idle");
  EXPECT_NEAR(idle.net->value, 2.0, 1e-9) << "12 W resident less 10 W bare for a second";
  const auto serve = row_of(record, "serve:base", "serve");
  EXPECT_NEAR(serve.gross->value, 400.0, 1e-9);
  EXPECT_NEAR(serve.net->value, 300.0, 1e-9);
  EXPECT_EQ(serve.measured_share, 1.0);
  EXPECT_EQ(serve.gross->grade, Grade::computed);
  EXPECT_LT(*serve.net->lo, 300.0);
  EXPECT_GT(*serve.net->hi, 300.0);
}

TEST(LifeCycle, TakesTheMeanOfIdleBeforeAndAfterAndWidensByTheirDrift) {
  auto record = measured_run(false);
  const auto steady = *row_of(record, "serve:base", "serve").net;
  for (auto& entry : record.idle[1].window.energy) {
    for (auto* number : {&entry.joules.value, &*entry.joules.lo, &*entry.joules.hi}) *number *= 1.5;
  }
  const auto drifted = *row_of(record, "serve:base", "serve").net;
  EXPECT_NEAR(drifted.value, 400.0 - 12.5 * 10.0, 1e-9);
  EXPECT_GT(*drifted.hi - *drifted.lo, *steady.hi - *steady.lo + 2.0 * 2.0 * 10.0);
}

TEST(LifeCycle, HasNoNetWithoutABaselineAndSaysWhy) {
  auto record = sample_run();
  record.idle.clear();
  const auto row = row_of(record, "serve:base", "serve");
  EXPECT_TRUE(row.gross);
  EXPECT_FALSE(row.net);
  EXPECT_NE(row.net_absent_reason.find("cpu-model"), std::string::npos) << row.net_absent_reason;
  record.stages["serve:base"].sitting = 2;
  record.idle = sample_run().idle;
  EXPECT_FALSE(row_of(record, "serve:base", "serve").net) << "another sitting's idle is no baseline";
}

TEST(LifeCycle, OfAFailedOrMissingStageSaysSo) {
  auto record = sample_run();
  record.stages["serve:base"].outcome = StageOutcome::failed;
  record.stages.erase("adapt:m.lora");
  EXPECT_EQ(row_of(record, "serve:base", "serve").absent_reason, "stage serve:base failed");
  EXPECT_EQ(row_of(record, "adapt:m.lora", "adapt").absent_reason, "stage adapt:m.lora has not run");
}

TEST(LifeCycle, TakesTheWallAndShowsWhatItsPartsLeaveUnexplained) {
  const auto serve = row_of(measured_run(true), "serve:base", "serve");
  EXPECT_NEAR(serve.gross->value, 500.0, 1e-9);
  EXPECT_EQ(serve.counted, std::vector<std::string>{"shelly"});
  ASSERT_TRUE(serve.unexplained);
  EXPECT_NEAR(serve.unexplained->value, 100.0, 1e-9);
}

TEST(LifeCycle, OfAMixHasTheWeakestGradeAndTheMeasuredShare) {
  const auto serve = row_of(mixed_run(), "serve:base", "serve");
  EXPECT_EQ(serve.gross->grade, Grade::modelled);
  EXPECT_NEAR(serve.measured_share, 0.8, 1e-12);
  const auto lost = row_of(mixed_run(), "serve:qlora", "serve");
  EXPECT_EQ(lost.missing, std::vector<std::string>{"gpu0"});
  EXPECT_NEAR(lost.gross->value, 80.0, 1e-9);
  EXPECT_EQ(lost.measured_share, 0.0);
}

TEST(NetEnergy, KeepsTheGainOfADeviceOnTheDifferenceAlone) {
  auto record = measured_run(false);
  for (auto& idle : record.idle)
    std::erase_if(idle.window.energy, [](const auto& e) { return e.source != "nvml:GPU-a"; });
  WindowRecord window = record.idle[0].window;
  const auto net = net_window(record, 1, window);
  ASSERT_TRUE(net) << net.error();
  EXPECT_NEAR(net->energy[0].joules.value, 0.0, 1e-12);
  EXPECT_LT(*net->energy[0].joules.hi, 0.05 * window.energy[0].joules.value)
      << "a gain of 5 % makes nothing of a difference that is nothing";
}

TEST(NetEnergy, PrefersWhatTheEntryRecordedAsNet) {
  auto record = sample_run();
  auto window = record.idle[0].window;
  window.energy[0].net = Fact{3.0, "J", 2.0, 4.0, Grade::modelled, {"cpu-model"}};
  EXPECT_EQ(net_window(record, 1, window)->energy[0].joules.value, 3.0);
}

TEST(IdlePower, IsWattsOverAllIdleWindowsAndAbsentWithoutAny) {
  auto record = sample_run();
  const auto power = bare_power(record);
  ASSERT_TRUE(power);
  EXPECT_EQ(power->value, 10.0);
  EXPECT_EQ(power->unit, "W");
  EXPECT_EQ(power->lo, 5.0);
  record.idle.clear();
  EXPECT_FALSE(bare_power(record));
}

TEST(VariantFacts, MakeNoEnergyOfASumThatLacksAPart) {
  const auto mixed = mixed_run();
  const auto facts = facts_of(mixed, "qlora");
  ASSERT_FALSE(facts.load_energy);
  EXPECT_EQ(facts.load_energy.error(),
            "the energy of gpu0 in window load is not known, so neither is the sum");
  EXPECT_FALSE(facts.load_net || facts.mean_power || facts.start_over_load);
  EXPECT_TRUE(facts.start_energy) << "other windows keep theirs";
}

TEST(VariantFacts, TellResidencyAndTheShareThatIsMeasured) {
  const auto mixed = mixed_run();
  const auto facts = facts_of(mixed, "base");
  EXPECT_NEAR(facts.resident_power->value, 12.0, 1e-9);
  EXPECT_NEAR(facts.residency_tax->value, 2.0, 1e-9);
  EXPECT_EQ(facts.residency_tax->unit, "W");
  EXPECT_NEAR(facts.measured_share->value, 0.8, 1e-12);
  EXPECT_NEAR(facts.load_net->value, 300.0, 1e-9);
}

TEST(VariantFacts, ColdStartTaxIsFreeOfTheBoardsGain) {
  const auto record = measured_run(false);
  const auto facts = facts_of(record, "base");
  ASSERT_TRUE(facts.start_over_load && facts.start_energy && facts.load_energy);
  EXPECT_NEAR(facts.start_over_load->value, 50.0 / 400.0, 1e-12);
  const double quotient =
      *facts.start_energy->hi / *facts.load_energy->lo - *facts.start_energy->lo / *facts.load_energy->hi;
  EXPECT_LT(*facts.start_over_load->hi - *facts.start_over_load->lo, 0.5 * quotient);
}

TEST(VariantFacts, MakingAddsAGainOfOneBoardOnce) {
  const auto record = measured_run(false);
  const auto facts = facts_of(record, "lora-int4");
  EXPECT_NEAR(facts.making_energy->value, 3.6e5 + 10.0 + 2000.0, 1e-6);
  EXPECT_EQ(facts.making_energy->grade, Grade::computed);
  EXPECT_GT(*facts.making_energy->hi, 1.04 * facts.making_energy->value) << "windows of one board err alike";
}

}  // namespace
}  // namespace edgeeval
