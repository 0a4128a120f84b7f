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
      {{"Llama", "1B", "LoRA", "INT4", "rag"}, 2.4567494156745266, 0.31821966329396156, 6768.832, 149.7617374370264,
       101.34831460674157},
      {{"Llama", "1B", "QLoRA", "MERGED", "chat"}, 34.094135230910425, 0.430342346971546, 7685.072,
       284.34555848159806, {}},
      {{"Qwen", "7B", "LoRA", "INT8", "summ"}, 17.56082709416446, 0.04798689138576779, 184.94571428571427,
       166.6822871650821, 99.62616822429906},
      {{"Qwen", "3B", "LoRA", "FP16", "chat"}, 12.857145177601199, 0.10107419457907503, 242.67333333333332,
       262.66879075481626, {}},
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
  study.serving[0].key.size = "13B";
  study.adaptation[0].key.size = "13B";
  study.quality[0].key.size = "13B";
  const auto unknown = compute(study, Constants{});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("nominal size"), std::string::npos);
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

}  // namespace
}  // namespace edgeeval::paper
