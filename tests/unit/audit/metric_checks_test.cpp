// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

TEST(Cancelling, FindsPowerAboveAndBelowTheLine) {
  auto study = clean_study(1);
  EXPECT_TRUE(findings_of(study, "cancelling").empty()) << "the load is in the window: nothing cancels";
  for (auto& row : study.serving) row.energy_j = *row.power_mean_w * *row.inference_time_s;
  const auto findings = findings_of(study, "cancelling");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence.size(), 72U);
  study.serving[5].energy_j = *study.serving[5].energy_j * 2.0;
  EXPECT_TRUE(findings_of(study, "cancelling").empty()) << "a metric that cancels does so in every row";
}

TEST(Flag, ThatEveryVariantRaisesIsFound) {
  auto study = clean_study(2);
  for (auto& row : study.serving) row.load_time_s = *row.inference_time_s * 10.0;
  for (auto& row : study.serving) row.energy_j = *row.power_mean_w * *row.inference_time_s;
  const auto findings = findings_of(study, "flag");
  const auto tax = std::find_if(findings.begin(), findings.end(), [](const Finding& f) {
    return f.title.find("serverless_prohibitive") != std::string::npos;
  });
  ASSERT_NE(tax, findings.end());
  EXPECT_EQ(tax->title.find("all of 72 variants raise"), 0U) << tax->title;
}

TEST(Flag, ThatDividesTheVariantsIsClean) {
  auto study = clean_study(3);
  for (std::size_t i = 0; i < study.serving.size(); ++i) {
    auto& row = study.serving[i];
    row.load_time_s = *row.inference_time_s * (i % 2 == 0 ? 10.0 : 0.01);
    row.energy_j = *row.power_mean_w * *row.inference_time_s;
  }
  for (const auto& finding : findings_of(study, "flag"))
    EXPECT_EQ(finding.title.find("serverless_prohibitive"), std::string::npos) << finding.title;
}

TEST(CostTerms, NamesWhatIsLeftOut) {
  auto study = clean_study(4);
  EXPECT_TRUE(findings_of(study, "cost-terms").empty());
  study.context.cost_terms = {"electricity of adaptation", "electricity of serving"};
  const auto findings = findings_of(study, "cost-terms");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].title.find("leaves out 10 terms"), std::string::npos) << findings[0].title;
  EXPECT_EQ(findings[0].evidence[0].place.file, "merging.csv");
  study.context.cost_terms.clear();
  EXPECT_EQ(why_skipped(study, "cost-terms"), "the context gives no cost_terms");
}

TEST(ApiPrice, ThatDiffersIsAnErrorWithBothBreakEvens) {
  auto study = clean_study(5);
  EXPECT_TRUE(findings_of(study, "api-price").empty());
  study.context.api_prices_usd = {0.005, 0.00125};
  const auto findings = findings_of(study, "api-price");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_NE(findings[0].title.find("(4 times)"), std::string::npos) << findings[0].title;
  EXPECT_EQ(findings[0].evidence.size(), 73U) << "the context and 72 variants";
}

}  // namespace
}  // namespace edgeeval::audit
