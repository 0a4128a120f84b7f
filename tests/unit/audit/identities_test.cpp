// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

TEST(ServingEnergy, OverTheStatedWindowIsClean) { EXPECT_TRUE(findings_of(clean_study(1), "serving-energy").empty()); }

TEST(ServingEnergy, OverTheInferenceAloneIsAnErrorWhereTheWindowHoldsTheLoad) {
  auto study = clean_study(2);
  for (auto& row : study.serving) row.energy_j = *row.power_mean_w * *row.inference_time_s;
  const auto findings = findings_of(study, "serving-energy");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].evidence.size(), study.serving.size());
  EXPECT_NE(findings[0].title.find("inference time in 72 of 72 rows"), std::string::npos) << findings[0].title;
}

TEST(ServingEnergy, OverTheInferenceAloneIsCleanWhereTheWindowIsThat) {
  auto study = clean_study(3);
  study.context.window_holds_load = false;
  for (auto& row : study.serving) row.energy_j = *row.power_mean_w * *row.inference_time_s;
  EXPECT_TRUE(findings_of(study, "serving-energy").empty());
}

TEST(ServingEnergy, OneRowThatFitsNoWindowIsNamed) {
  auto study = clean_study(4);
  study.serving[7].energy_j = *study.serving[7].energy_j * 1.2;
  const auto findings = findings_of(study, "serving-energy");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  ASSERT_EQ(findings[0].evidence.size(), 1U);
  EXPECT_EQ(findings[0].evidence[0].place.line, study.serving[7].place.line);
}

TEST(ServingEnergy, ThreePercentIsAWarning) {
  auto study = clean_study(5);
  study.serving[0].energy_j = *study.serving[0].energy_j * 1.03;
  const auto findings = findings_of(study, "serving-energy");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
}

TEST(StageEnergy, IsCleanUntilARowDeviates) {
  auto study = clean_study(6);
  EXPECT_TRUE(findings_of(study, "stage-energy").empty());
  study.adaptation[3].time_s = *study.adaptation[3].time_s / 2.0;
  study.merging[5].power_mean_w = *study.merging[5].power_mean_w * 1.1;
  const auto findings = findings_of(study, "stage-energy");
  ASSERT_EQ(findings.size(), 1U);
  ASSERT_EQ(findings[0].evidence.size(), 2U);
  EXPECT_EQ(findings[0].evidence[0].place.file, "adaptation.csv") << "the larger deviation comes first";
}

TEST(BoardSum, FindsATotalThatItsBoardsDoNotMakeUp) {
  auto study = clean_study(7);
  EXPECT_TRUE(findings_of(study, "board-sum").empty());
  study.merging[0].energy_j = *study.merging[0].energy_j * 1.3;
  EXPECT_EQ(findings_of(study, "board-sum").size(), 1U);
}

TEST(Throughput, FindsTokensThatDoNotFitTheTime) {
  auto study = clean_study(8);
  EXPECT_TRUE(findings_of(study, "throughput").empty());
  study.serving[70].throughput = *study.serving[70].throughput * 0.5;
  EXPECT_EQ(findings_of(study, "throughput").size(), 1U);
}

TEST(MeanInRange, FindsAMeanAboveItsPeak) {
  auto study = clean_study(9);
  EXPECT_TRUE(findings_of(study, "mean-in-range").empty());
  study.serving[1].power_peak_w = *study.serving[1].power_mean_w - 5.0;
  study.merging[1].board0_peak_w = 1.0;
  study.merging[1].board1_peak_w = 1.0;
  const auto findings = findings_of(study, "mean-in-range");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 2U);
}

TEST(Identities, SayWhatIsMissingWhenTheyCannotLook) {
  auto study = clean_study(10);
  for (auto& row : study.merging) row.board0_energy_j.reset();
  EXPECT_EQ(why_skipped(study, "board-sum"), "no row gives the energy of each board");
}

}  // namespace
}  // namespace edgeeval::audit
