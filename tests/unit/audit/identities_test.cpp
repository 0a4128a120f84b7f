// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

TEST(ServingEnergy, OverTheStatedWindowIsClean) {
  EXPECT_TRUE(findings_of(clean_study(1), "serving-energy").empty());
}

TEST(ServingEnergy, OverTheInferenceAloneIsAnErrorWhereTheWindowHoldsTheLoad) {
  auto study = clean_study(2);
  for (auto& row : study.serving) row.energy_j = *row.power_mean_w * *row.inference_time_s;
  const auto findings = findings_of(study, "serving-energy");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].evidence.size(), study.serving.size());
  EXPECT_NE(findings[0].title.find("inference time in 72 of 72 rows"), std::string::npos)
      << findings[0].title;
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

TEST(Ranges, FindFiguresThatCannotBeAndNameTheirRows) {
  auto study = clean_study(21);
  EXPECT_TRUE(findings_of(study, "ranges").empty());
  study.serving[1].energy_j = -*study.serving[1].energy_j;
  study.quality[3].primary_mean = std::nan("");
  const auto findings = findings_of(study, "ranges");
  ASSERT_EQ(findings.size(), 1U);
  ASSERT_EQ(findings[0].evidence.size(), 2U);
  EXPECT_EQ(findings[0].evidence[0].place.line, 3U);
  EXPECT_NE(findings[0].evidence[0].text.find("energy_j is -"), std::string::npos);
  EXPECT_NE(why_skipped(study, "flag").find("serving.csv:3"), std::string::npos)
      << why_skipped(study, "flag");
}

TEST(Rounding, FollowsTheTextAsWrittenAndItsScale) {
  auto study = clean_study(22);
  auto& row = study.merging[0];
  // Times written in whole kiloseconds explain a product that is 30 % off; hundredths of a second do not.
  row.energy_j = 1300.0;
  row.board0_energy_j = row.board1_energy_j = 650.0;
  row.power_mean_w = 1.0;
  row.time_s = 1000.0;
  for (auto& step : row.steps) step = 0.01;
  EXPECT_EQ(findings_of(study, "stage-energy").size(), 1U);
  row.steps[2] = 1000.0;
  EXPECT_TRUE(findings_of(study, "stage-energy").empty());
  // Figures of milliseconds and millijoules are finer than a hundredth of the field's unit.
  auto& serving = study.serving[0];
  serving.inference_time_s = 0.1;
  serving.throughput = 1000.0;
  serving.tokens = 104.0;
  for (auto& step : serving.steps) step = 0.0001;
  EXPECT_EQ(findings_of(study, "throughput").size(), 1U) << "4 % off, and rounding explains 0.05 %";
}

}  // namespace
}  // namespace edgeeval::audit
