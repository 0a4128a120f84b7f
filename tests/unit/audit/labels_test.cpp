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

}  // namespace
}  // namespace edgeeval::audit
