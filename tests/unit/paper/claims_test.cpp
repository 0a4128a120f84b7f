// SPDX-License-Identifier: Apache-2.0
#include "paper/claims.hpp"

#include <gtest/gtest.h>

#include "shipped.hpp"
#include "support/clean_study.hpp"

namespace edgeeval::paper {
namespace {

/// The claim `id` checked on `study`.
Claim claim_of(const PublishedStudy& study, const std::string& id) {
  const auto variants = compute(study, Constants{});
  if (!variants) {
    ADD_FAILURE() << variants.error().message;
    return {};
  }
  for (auto& claim : check_claims(*variants, study.context)) {
    if (claim.id == id) return claim;
  }
  ADD_FAILURE() << "no claim " << id;
  return {};
}

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

/// Sets `change` on every row of a size.
template <class Change>
PublishedStudy changed(PublishedStudy study, const std::string& size, Change change) {
  for (auto& row : study.serving) {
    if (row.key.size == size) change(row);
  }
  return study;
}

TEST(Claims, OfThePaperAreAllSixWithTheirRows) {
  const auto study = shipped_study();
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants);
  const auto claims = check_claims(*variants);
  ASSERT_EQ(claims.size(), 6U);
  for (const auto& claim : claims) {
    EXPECT_FALSE(claim.statement.empty());
    EXPECT_FALSE(claim.statistic.empty());
    EXPECT_FALSE(claim.evidence.empty()) << claim.id;
    EXPECT_TRUE(begins(claim.verdict, "holds") || begins(claim.verdict, "does not hold")) << claim.verdict;
  }
}

TEST(Claims, FindBreakEvenToBeAMeanAndNotAMedian) {
  const auto claim = claim_of(shipped_study(), "break_even_14");
  EXPECT_NE(claim.value.find("mean 13.84, median 11.8"), std::string::npos) << claim.value;
  EXPECT_TRUE(begins(claim.verdict, "holds only as the mean")) << claim.verdict;
  EXPECT_EQ(claim.evidence.size(), 6U);
}

TEST(Claims, BreakEvenFailsOnOtherFigures) {
  EXPECT_EQ(claim_of(clean_study(1), "break_even_14").verdict, "does not hold");
}

TEST(Claims, FindTheIntelligenceRatioToBeOneOfMeans) {
  const auto claim = claim_of(shipped_study(), "ipw_3x");
  EXPECT_TRUE(begins(claim.value, "3.24")) << claim.value;
  EXPECT_TRUE(begins(claim.verdict, "holds only as a ratio of means")) << claim.verdict;
}

TEST(Claims, IntelligenceHoldsWhereEveryCellDoesAndFailsWhereNoneDoes) {
  auto study = clean_study(2);
  for (auto& row : study.quality) row.primary_mean = 0.5;
  auto cheap = changed(study, "1B", [](ServingRow& row) { row.energy_j = 100.0; });
  cheap = changed(cheap, "7B", [](ServingRow& row) { row.energy_j = 1000.0; });
  EXPECT_EQ(claim_of(cheap, "ipw_3x").verdict, "holds");
  const auto dear = changed(cheap, "1B", [](ServingRow& row) { row.energy_j = 2000.0; });
  EXPECT_EQ(claim_of(dear, "ipw_3x").verdict, "does not hold");
}

TEST(Claims, FindTheDensityToBeAMean) {
  const auto claim = claim_of(shipped_study(), "density_6900");
  EXPECT_NE(claim.value.find("mean 69"), std::string::npos) << claim.value;
  EXPECT_TRUE(begins(claim.verdict, "holds only as the mean")) << claim.verdict;
  const auto fast = changed(clean_study(3), "1B", [](ServingRow& row) { row.throughput = 5000.0; });
  EXPECT_EQ(claim_of(fast, "density_6900").verdict, "holds") << "5,000 tok/s over 0.625 GB";
}

TEST(Claims, FindAdaptationEnergyAboveTheStatedBound) {
  const auto claim = claim_of(shipped_study(), "qlora_7x");
  EXPECT_EQ(claim.value, "14.86") << "Qwen; Llama 1B alone reaches 8.51";
  EXPECT_TRUE(begins(claim.verdict, "does not hold as an upper bound")) << claim.verdict;
}

TEST(Claims, AdaptationEnergyHoldsAtSevenAndFailsFarBelow) {
  auto study = clean_study(4);
  for (auto& row : study.adaptation) row.energy_j = row.key.method == "QLoRA" ? 7000.0 : 1000.0;
  EXPECT_EQ(claim_of(study, "qlora_7x").verdict, "holds");
  for (auto& row : study.adaptation) row.energy_j = 1000.0;
  EXPECT_EQ(claim_of(study, "qlora_7x").verdict, "does not hold: no ratio comes near it");
}

TEST(Claims, FindFidelityInFewerThanHalfOfTheCells) {
  const auto claim = claim_of(shipped_study(), "q_ret_999");
  EXPECT_TRUE(begins(claim.value, "16 of 36")) << claim.value;
  EXPECT_TRUE(begins(claim.verdict, "does not hold: 20 cells")) << claim.verdict;
  auto perfect = clean_study(5);
  for (auto& row : perfect.quality) row.primary_mean = 0.8;
  EXPECT_EQ(claim_of(perfect, "q_ret_999").verdict, "holds");
}

TEST(Claims, FindTheColdStartTaxEverywhere) {
  const auto claim = claim_of(shipped_study(), "c_tax_7b");
  EXPECT_EQ(claim.value, "72 of 72");
  EXPECT_TRUE(begins(claim.verdict, "holds only as for every size")) << claim.verdict;
}

TEST(Claims, ColdStartHoldsWhereSizesDiffer) {
  auto study = clean_study(6);
  for (auto& row : study.serving) {
    row.power_mean_w = 100.0;
    row.energy_j = 1e5;  // 500 J a request
    row.load_time_s = row.key.size == "7B" ? 1000.0 : 1.0;
  }
  EXPECT_EQ(claim_of(study, "c_tax_7b").verdict, "holds");
  study.serving[0].load_time_s = 1000.0;
  EXPECT_EQ(claim_of(study, "c_tax_7b").verdict, "holds only beside smaller models that carry it too");
  for (auto& row : study.serving) row.load_time_s = 1.0;
  EXPECT_TRUE(begins(claim_of(study, "c_tax_7b").verdict, "does not hold: 0 of 24"));
}

TEST(Claims, OfOtherStudiesAreLeftOutWhereTheirRowsAre) {
  auto study = clean_study(7);
  const auto small = [](const auto& row) { return row.key.size == "1B"; };
  std::erase_if(study.serving, small);
  std::erase_if(study.adaptation, small);
  std::erase_if(study.merging, small);
  std::erase_if(study.quality, small);
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants);
  for (const auto& claim : check_claims(*variants)) {
    EXPECT_NE(claim.id, "break_even_14");
    EXPECT_NE(claim.id, "density_6900");
  }
  EXPECT_TRUE(check_claims({}).empty());
}

TEST(Claims, SayWhereBreakEvenIsNeverReached) {
  auto study = shipped_study();
  Constants cheap;
  cheap.api_usd_per_request = 1e-12;
  const auto variants = compute(study, cheap);
  ASSERT_TRUE(variants);
  const auto claims = check_claims(*variants, study.context);
  ASSERT_EQ(claims.size(), 6U) << "no claim vanishes";
  EXPECT_EQ(claims[0].verdict, "does not hold: never in 6 of 6 cells");
  for (auto& row : study.serving) {
    if (row.key == CellKey{"Llama", "1B", "LoRA", "INT4", "rag"}) row.energy_j = 1e9;
  }
  EXPECT_EQ(claim_of(study, "break_even_14").verdict, "does not hold: never in 1 of 6 cells");
}

TEST(Claims, OfTheColdStartStateTheRequestsOfTheTables) {
  auto study = shipped_study();
  EXPECT_NE(claim_of(study, "c_tax_7b").verdict.find("power cancels and C_tax is 100 · t_load"),
            std::string::npos);
  for (auto& row : study.serving) row.samples = 1000.0;
  EXPECT_NE(claim_of(study, "c_tax_7b").verdict.find("C_tax is 1000 · t_load"), std::string::npos)
      << claim_of(study, "c_tax_7b").verdict;
  for (auto& row : study.serving) row.power_mean_w = *row.power_mean_w * 1.5;
  EXPECT_EQ(claim_of(study, "c_tax_7b").verdict.find("cancels"), std::string::npos)
      << "power does not cancel here";
}

TEST(Claims, SayThatTheSampleIsTooSmallOnlyWhereItIs) {
  auto study = shipped_study();
  const auto words = "cannot resolve 0.1 %";
  EXPECT_NE(claim_of(study, "q_ret_999").verdict.find("200 items cannot resolve 0.1 %"), std::string::npos)
      << claim_of(study, "q_ret_999").verdict;
  study.context.quality_items = 1e9;
  EXPECT_EQ(claim_of(study, "q_ret_999").verdict.find(words), std::string::npos);
  study.context.quality_items.reset();
  EXPECT_EQ(claim_of(study, "q_ret_999").verdict.find(words), std::string::npos)
      << "nothing is known of the sample";
}

}  // namespace
}  // namespace edgeeval::paper
