// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

TEST(PowerLimit, IsCleanWithinTheBoards) { EXPECT_TRUE(findings_of(clean_study(1), "power-limit").empty()); }

TEST(PowerLimit, OfTheBoardsThatAreReadIsAnErrorOfItsOwn) {
  auto study = clean_study(2);
  study.context.boards_read = 1.0;
  std::size_t over = 0;
  for (const auto& row : study.serving) over += *row.power_mean_w > 70.0 ? 1 : 0;
  const auto findings = findings_of(study, "power-limit");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].evidence.size(), over);
}

TEST(PowerLimit, OfAllBoardsIsAnErrorForMeansAndAWarningForPeaks) {
  auto study = clean_study(3);
  study.serving[0].power_mean_w = 150.0;
  study.serving[0].power_peak_w = 160.0;
  study.adaptation[0].power_mean_w = 75.0;
  const auto findings = findings_of(study, "power-limit");
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].evidence.size(), 2U) << "one served, one adapted";
  EXPECT_EQ(findings[1].severity, Severity::warning);
}

TEST(PowerLimit, SaysThatItNeedsTheLimit) {
  auto study = clean_study(4);
  study.context.board_power_limit_w.reset();
  EXPECT_EQ(why_skipped(study, "power-limit"), "the context gives no board_power_limit_w");
}

TEST(Memory, FindsWeightsThatDoNotFit) {
  auto study = clean_study(5);
  EXPECT_TRUE(findings_of(study, "memory").empty());
  study.context.board_memory_gb = 6.0;
  const auto findings = findings_of(study, "memory");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 6U) << "7B FP16 alone is over 12 GB: two families, three tasks";
}

TEST(WindowResolution, FindsWindowsOfAFewSensorPeriods) {
  auto study = clean_study(6);
  EXPECT_TRUE(findings_of(study, "window-resolution").empty());
  study.serving[3].inference_time_s = 2.0;
  const auto findings = findings_of(study, "window-resolution");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 1U);
  EXPECT_NE(findings[0].evidence[0].text.find("10.0 %"), std::string::npos);
}

TEST(Roofline, FindsTokensFasterThanMemory) {
  auto study = clean_study(7);
  EXPECT_TRUE(findings_of(study, "roofline").empty());
  study.serving[8].itl_mean_ms = 0.1;
  EXPECT_EQ(findings_of(study, "roofline").size(), 1U);
}

TEST(Roofline, FindsThroughputThatNoBatchReaches) {
  auto study = clean_study(8);
  for (auto& row : study.serving) row.itl_mean_ms.reset();
  EXPECT_TRUE(findings_of(study, "roofline").empty());
  study.serving[0].throughput = 1e8;
  EXPECT_EQ(findings_of(study, "roofline").size(), 1U);
}

}  // namespace
}  // namespace edgeeval::audit
