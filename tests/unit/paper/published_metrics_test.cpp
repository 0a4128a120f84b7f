// SPDX-License-Identifier: Apache-2.0
#include "paper/published_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "shipped.hpp"
#include "support/clean_study.hpp"

namespace edgeeval::paper {
namespace {

struct Expected {
  CellKey key;
  double n_break, ipw, rho_sys, c_tax;
  std::optional<double> q_ret;
};

/// Worked out in Python from the tables as published, in the published order of operations.
std::vector<Expected> expected() {
  return {
      {{"Llama", "1B", "LoRA", "INT4", "rag"},
       2.4567494156745266,
       0.31821966329396156,
       6768.832,
       149.7617374370264,
       101.34831460674157},
      {{"Llama", "1B", "QLoRA", "MERGED", "chat"},
       34.094135230910425,
       0.430342346971546,
       7685.072,
       284.34555848159806,
       {}},
      {{"Qwen", "7B", "LoRA", "INT8", "summ"},
       17.56082709416446,
       0.04798689138576779,
       184.94571428571427,
       166.6822871650821,
       99.62616822429906},
      {{"Qwen", "3B", "LoRA", "FP16", "chat"},
       12.857145177601199,
       0.10107419457907503,
       242.67333333333332,
       262.66879075481626,
       {}},
  };
}

void expect_close(double value, double reference) {
  EXPECT_LE(std::abs(value / reference - 1.0), 1e-12) << value << " against " << reference;
}

TEST(PublishedMetrics, AgreeWithAnIndependentSumOfTheShippedTables) {
  const auto study = shipped_study();
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants) << variants.error().message;
  ASSERT_EQ(variants->size(), 72U);
  std::size_t seen = 0;
  for (const auto& reference : expected()) {
    for (const auto& variant : *variants) {
      if (variant.serving->key != reference.key) continue;
      ++seen;
      expect_close(*variant.n_break, reference.n_break);
      expect_close(variant.ipw, reference.ipw);
      expect_close(variant.rho_sys, reference.rho_sys);
      expect_close(variant.c_tax, reference.c_tax);
      ASSERT_EQ(variant.q_ret.has_value(), reference.q_ret.has_value());
      if (reference.q_ret) expect_close(*variant.q_ret, *reference.q_ret);
    }
  }
  EXPECT_EQ(seen, expected().size());
}

TEST(PublishedMetrics, Are324RowsWithQRetForLoraInt8AndInt4Alone) {
  const auto study = shipped_study();
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants);
  const auto rows = metric_rows(*variants, study.context, Constants{});
  EXPECT_EQ(rows.size(), 324U);
  std::set<std::pair<std::string, std::string>> keys;
  for (const auto& row : rows) {
    EXPECT_TRUE(keys.insert({row.variant, row.metric}).second) << row.variant << " " << row.metric;
    EXPECT_EQ(row.mode, "paper");
    ASSERT_TRUE(row.value);
    EXPECT_EQ(row.value->grade, Grade::published);
    if (row.metric != "q_ret") continue;
    EXPECT_EQ(row.method, "LoRA");
    EXPECT_TRUE(row.precision == "INT8" || row.precision == "INT4") << row.precision;
  }
}

TEST(PublishedMetrics, RaiseThePublishedFlags) {
  const auto study = shipped_study();
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants);
  std::map<std::string, int> flags;
  for (const auto& row : metric_rows(*variants, study.context, Constants{})) {
    if (!row.flag.empty()) ++flags[row.flag];
    if (row.metric == "n_break") {
      EXPECT_EQ(row.flag == "roi_within_hour", row.value->value < 20.0);
    }
    if (row.metric == "c_tax") {
      EXPECT_EQ(row.flag == "serverless_prohibitive", row.value->value > 100.0);
    }
    if (row.metric == "q_ret") {
      EXPECT_EQ(row.flag == "fidelity_kept", row.value->value >= 99.9);
    }
  }
  // Counts of the published tables: all 72 exceed C_tax 100, 16 of 36 keep 99.9 %.
  EXPECT_EQ(flags["serverless_prohibitive"], 72);
  EXPECT_EQ(flags["fidelity_kept"], 16);
}

TEST(PublishedMetrics, FollowAnotherApiPrice) {
  const auto study = shipped_study();
  Constants dear;
  dear.api_usd_per_request = 0.005;
  const auto cheap_rows = compute(study, Constants{});
  const auto dear_rows = compute(study, dear);
  ASSERT_TRUE(cheap_rows && dear_rows);
  for (std::size_t i = 0; i < cheap_rows->size(); ++i)
    EXPECT_NEAR(*(*cheap_rows)[i].n_break / *(*dear_rows)[i].n_break, 4.0, 0.01);
}

TEST(PublishedMetrics, SayNeverInPlaceOfANumber) {
  auto study = clean_study(1);
  study.serving[0].energy_j = 1e9;
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants);
  const auto rows = metric_rows(*variants, study.context, Constants{});
  EXPECT_EQ(rows[0].metric, "n_break");
  EXPECT_EQ(rows[0].flag, "never");
  EXPECT_FALSE(rows[0].value);
  EXPECT_FALSE(rows[0].absent_reason.empty());
}

TEST(PublishedMetrics, NameTheRowThatLacksACounterpart) {
  auto study = clean_study(2);
  study.quality.erase(study.quality.begin());
  const auto variants = compute(study, Constants{});
  ASSERT_FALSE(variants);
  EXPECT_EQ(variants.error().code, ErrorCode::invalid_table);
  EXPECT_NE(variants.error().message.find("quality row for Llama-1B LoRA FP16 rag"), std::string::npos)
      << variants.error().message;
  EXPECT_EQ(variants.error().where, "serving.csv:2");

  study = clean_study(3);
  study.adaptation.pop_back();
  EXPECT_FALSE(compute(study, Constants{}));

  study = clean_study(4);
  const auto rename = [](auto& rows) {
    for (auto& row : rows) {
      if (row.key.size == "7B") row.key.size = "13B";
    }
  };
  rename(study.serving);
  rename(study.adaptation);
  rename(study.merging);
  rename(study.quality);
  const auto unknown = compute(study, Constants{});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("size \"13B\""), std::string::npos) << unknown.error().message;
}

TEST(PublishedMetrics, RefuseAMissingFigureInPlaceOfInventingOne) {
  auto study = clean_study(5);
  study.serving[3].power_mean_w.reset();
  EXPECT_FALSE(compute(study, Constants{}));
}

TEST(VariantId, IsLowerCaseAndLeavesOutAnEmptyPrecision) {
  EXPECT_EQ(variant_id({"Llama", "1B", "QLoRA", "MERGED", "rag"}), "llama-1b.rag.qlora.merged");
  EXPECT_EQ(variant_id({"Llama", "1B", "LoRA", "", "rag"}), "llama-1b.rag.lora");
}

/// The error of `study`, whose figures cannot be computed with.
Error refused(const PublishedStudy& study) {
  const auto variants = compute(study, Constants{});
  if (!variants) return variants.error();
  ADD_FAILURE() << "it was computed";
  return {};
}

TEST(PublishedMetrics, RefuseADivisorThatIsNotAboveZero) {
  for (const double bad : {0.0, -5.0, std::nan("")}) {
    auto study = clean_study(6);
    study.serving[2].energy_j = bad;
    EXPECT_EQ(refused(study).where, "serving.csv:4");
    EXPECT_NE(refused(study).message.find("energy_j of Llama-1B LoRA INT4 rag cannot be"), std::string::npos);
    study = clean_study(6);
    study.serving[2].samples = bad;
    EXPECT_NE(refused(study).message.find("samples of"), std::string::npos) << "and not \"never\"";
  }
  auto study = clean_study(6);
  study.serving[2].energy_j = 1e-300;
  study.serving[2].samples = 1e300;
  EXPECT_NE(refused(study).message.find("no finite number"), std::string::npos);
}

TEST(PublishedMetrics, HaveNoRetentionOfAScoreOfZeroAndSayWhy) {
  auto study = clean_study(7);
  study.quality[0].primary_mean = 0.0;
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants) << variants.error().message;
  EXPECT_FALSE((*variants)[1].q_ret);
  std::size_t absent = 0;
  for (const auto& row : metric_rows(*variants, study.context, Constants{})) {
    if (row.value) {
      EXPECT_TRUE(std::isfinite(row.value->value)) << row.metric;
      continue;
    }
    ++absent;
    EXPECT_EQ(row.metric, "q_ret");
    EXPECT_EQ(row.absent_reason, "the FP16 score (quality.csv:2) is 0: nothing to keep a share of");
  }
  EXPECT_EQ(absent, 2U) << "INT8 and INT4";
}

TEST(PublishedMetrics, SayWhichSizesThereAre) {
  auto study = clean_study(8);
  for (auto* key : {&study.serving[0].key, &study.quality[0].key, &study.merging[0].key})
    key->precision = "FP8";
  EXPECT_EQ(refused(study).message.find("no nominal size row"), std::string::npos);
  EXPECT_NE(refused(study).hint.find("sizes 1B, 3B, 7B; precisions FP16, INT8, INT4, MERGED"),
            std::string::npos);
}

TEST(PublishedMetrics, RefuseAStudyThatLacksARowItsOtherTablesSpeakOf) {
  auto study = clean_study(9);
  study.serving.erase(study.serving.begin());
  EXPECT_EQ(refused(study).message, "no serving row for Llama-1B LoRA FP16 rag");
  EXPECT_EQ(refused(study).where, "merging.csv:2");
  study = clean_study(9);
  study.merging.erase(study.merging.begin() + 1);
  EXPECT_EQ(refused(study).message, "no merging row for Llama-1B LoRA INT8 rag");
  study.merging.clear();
  EXPECT_TRUE(compute(study, Constants{})) << "a study without a merging table is whole";
}

}  // namespace
}  // namespace edgeeval::paper
