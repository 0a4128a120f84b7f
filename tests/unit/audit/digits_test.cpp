// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "audit/support.hpp"
#include "planted.hpp"

namespace edgeeval::audit {
namespace {

TEST(DecimalResolution, IsTheLastDecimalUsed) {
  EXPECT_DOUBLE_EQ(decimal_resolution(5.0), 1.0);
  EXPECT_DOUBLE_EQ(decimal_resolution(12.5), 0.1);
  EXPECT_DOUBLE_EQ(decimal_resolution(1210.51), 0.01);
  EXPECT_DOUBLE_EQ(decimal_resolution(0.1 + 0.2), 0.1);
  EXPECT_EQ(decimal_resolution(1.0 / 3.0), 0.0);
}

TEST(ExactTokens, FindsTheSameLengthInEveryRow) {
  auto study = clean_study(1);
  EXPECT_TRUE(findings_of(study, "exact-tokens").empty());
  for (auto& row : study.serving) {
    if (row.key.task == "summ") row.tokens = 200.0 * *row.samples;
  }
  const auto findings = findings_of(study, "exact-tokens");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 24U);
  EXPECT_NE(findings[0].title.find("200 a request in summ"), std::string::npos) << findings[0].title;
}

TEST(RoundValues, FindsAColumnOfTens) {
  auto study = clean_study(2);
  EXPECT_TRUE(findings_of(study, "round-values").empty());
  for (auto& row : study.adaptation) row.time_s = std::round(*row.time_s / 100.0) * 100.0;
  const auto findings = findings_of(study, "round-values");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].title.find("adaptation time"), std::string::npos);
}

TEST(LastDigits, FindsFiguresRoundedToFives) {
  auto study = clean_study(3);
  EXPECT_TRUE(findings_of(study, "last-digits").empty());
  for (auto& row : study.serving) row.load_time_s = std::round(*row.load_time_s * 20.0) / 20.0;
  const auto findings = findings_of(study, "last-digits");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].title.find("load time are uneven"), std::string::npos) << findings[0].title;
}

TEST(LastDigits, FindsFiguresMoreEvenThanChance) {
  auto study = clean_study(4);
  // Each digit as often as any other, to the row: 70 of 72 rows in seven rounds of ten digits.
  for (std::size_t i = 0; i < study.serving.size(); ++i) {
    auto& row = study.serving[i];
    row.ttft_mean_ms = std::floor(*row.ttft_mean_ms * 10.0) / 10.0 + 0.01 * static_cast<double>(i % 10);
  }
  const auto findings = findings_of(study, "last-digits");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].title.find("too even"), std::string::npos) << findings[0].title;
}

TEST(Repeats, FindsCopiedRows) {
  auto study = clean_study(5);
  EXPECT_TRUE(findings_of(study, "repeats").empty());
  for (std::size_t i = 0; i + 1 < study.adaptation.size(); i += 2)
    study.adaptation[i + 1].energy_j = study.adaptation[i].energy_j;
  const auto findings = findings_of(study, "repeats");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 36U);
}

TEST(Digits, AreNotLookedAtInFullPrecision) {
  auto study = clean_study(6);
  study.merging.clear();
  study.adaptation.clear();
  for (auto& row : study.serving) {
    for (auto* value : {&row.load_time_s, &row.inference_time_s, &row.throughput, &row.ttft_mean_ms,
                        &row.ttft_median_ms, &row.itl_mean_ms, &row.itl_median_ms, &row.energy_j,
                        &row.power_mean_w, &row.power_peak_w})
      *value = **value * 1.0000001234567;
  }
  EXPECT_NE(why_skipped(study, "last-digits"), "");
  EXPECT_NE(why_skipped(study, "repeats"), "");
}

}  // namespace
}  // namespace edgeeval::audit
