// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

/// All scores of the FP16 rows at `whole`, of the others at `quantized`.
PublishedStudy with_scores(std::uint64_t seed, double whole, double quantized) {
  auto study = clean_study(seed);
  for (auto& row : study.quality) row.primary_mean = row.key.precision == "FP16" ? whole : quantized;
  return study;
}

TEST(ScoreSteps, AreWholeItemsInACleanStudy) {
  auto study = clean_study(1);
  EXPECT_TRUE(findings_of(study, "score-steps").empty());
  study.quality[4].primary_mean = *study.quality[4].primary_mean + 0.3 / 600.0;
  const auto findings = findings_of(study, "score-steps");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 1U);
}

TEST(ScoreSteps, FindAWrongNumberOfItems) {
  auto study = clean_study(2);
  study.context.quality_items = 40.0;
  EXPECT_EQ(findings_of(study, "score-steps").size(), 1U);
}

TEST(ScoreSteps, AreNotLookedAtWhereScoresAreRounded) {
  auto study = with_scores(3, 0.71, 0.7);
  EXPECT_NE(why_skipped(study, "score-steps"), "");
}

TEST(PassSpread, FindsADeviationThatNoPassesHave) {
  auto study = clean_study(4);
  EXPECT_TRUE(findings_of(study, "pass-spread").empty());
  study.quality[9].primary_sd = *study.quality[9].primary_sd + 0.0123456789;
  const auto findings = findings_of(study, "pass-spread");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 1U);
}

TEST(PassSpread, FindsAMedianOutsideThePasses) {
  auto study = clean_study(5);
  study.quality[2].primary_median = *study.quality[2].primary_median + 0.1;
  EXPECT_EQ(findings_of(study, "pass-spread").size(), 1U);
}

TEST(SampleSize, WarnsOfDifferencesThatTheItemsCannotShow) {
  const auto small = findings_of(with_scores(6, 0.70, 0.69), "sample-size");
  ASSERT_EQ(small.size(), 1U);
  // 18 pairs each of INT8 and INT4; 1.96·sqrt(2·0.7·0.3/200) = 8.98 points.
  EXPECT_EQ(small[0].evidence.size(), 36U);
  EXPECT_NE(small[0].title.find("9.0 points"), std::string::npos) << small[0].title;
  EXPECT_TRUE(findings_of(with_scores(7, 0.90, 0.50), "sample-size").empty());
}

TEST(ThresholdResolution, WarnsUntilThereAreEnoughItems) {
  auto study = with_scores(8, 0.7, 0.7);
  EXPECT_EQ(findings_of(study, "threshold-resolution").size(), 1U);
  study.context.quality_items = 1e7;
  EXPECT_TRUE(findings_of(study, "threshold-resolution").empty());
}

TEST(NoiseOnly, WarnsWhereChanceExplainsTheSpread) {
  EXPECT_EQ(findings_of(with_scores(9, 0.70, 0.69), "noise-only").size(), 1U);
  EXPECT_TRUE(findings_of(with_scores(10, 0.90, 0.50), "noise-only").empty());
}

TEST(TwoSamples, NotesAnotherNumberOfRequestsThanItems) {
  auto study = clean_study(11);
  EXPECT_TRUE(findings_of(study, "two-samples").empty());
  study.context.quality_items = 100.0;
  const auto findings = findings_of(study, "two-samples");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
}

}  // namespace
}  // namespace edgeeval::audit
