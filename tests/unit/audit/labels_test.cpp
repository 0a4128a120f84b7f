// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

TEST(Labels, ThatDisagreeBetweenTablesAreFoundWithAllTheirRows) {
  auto study = clean_study(1);
  EXPECT_TRUE(findings_of(study, "labels").empty());
  for (auto& row : study.quality) {
    if (row.key.precision == "MERGED") row.precision_label = "INT4";
  }
  const auto findings = findings_of(study, "labels");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].title.find("18 variants"), std::string::npos) << findings[0].title;
  EXPECT_EQ(findings[0].evidence.size(), 54U) << "each in three tables";
}

TEST(Labels, NeedAColumnOfTheirOwn) {
  auto study = clean_study(2);
  for (auto& row : study.serving) row.precision_label.clear();
  for (auto& row : study.merging) row.precision_label.clear();
  for (auto& row : study.quality) row.precision_label.clear();
  EXPECT_NE(why_skipped(study, "labels"), "");
}

TEST(Complete, FindsVariantsThatLackInATable) {
  auto study = clean_study(3);
  EXPECT_TRUE(findings_of(study, "complete").empty());
  study.quality.erase(study.quality.begin());
  study.serving.pop_back();
  const auto findings = findings_of(study, "complete");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].evidence.size(), 2U);
  EXPECT_NE(why_skipped(study, "flag"), "") << "metrics cannot be computed, and it says so";
}

/// What "complete" says of each missing row.
std::vector<std::string> missing_of(const PublishedStudy& study) {
  std::vector<std::string> texts;
  for (const auto& finding : findings_of(study, "complete")) {
    for (const auto& row : finding.evidence) texts.push_back(row.what + ": " + row.text);
  }
  return texts;
}

TEST(Complete, FindsARowThatLacksInAnyTable) {
  using Texts = std::vector<std::string>;
  auto study = clean_study(4);
  study.merging.erase(study.merging.begin());
  EXPECT_EQ(missing_of(study),
            Texts{"Llama-1B LoRA FP16 rag: no merging row, which serving.csv:2 and quality.csv:2 call for"});
  study = clean_study(4);
  study.adaptation.erase(study.adaptation.begin());
  ASSERT_EQ(missing_of(study).size(), 1U) << "one adaptation, though three variants rest on it";
  study = clean_study(4);
  const auto last = [](auto& rows) { rows.pop_back(); };
  last(study.serving);
  last(study.merging);
  last(study.quality);
  ASSERT_EQ(missing_of(study).size(), 1U) << "adapted, and nothing made of it";
  EXPECT_NE(missing_of(study)[0].find("no serving row, which adaptation.csv:"), std::string::npos)
      << missing_of(study)[0];
  study = clean_study(4);
  study.quality.clear();
  last(study.serving);
  EXPECT_EQ(missing_of(study).size(), 1U) << "it looks without a quality table too";
}

}  // namespace
}  // namespace edgeeval::audit
