// SPDX-License-Identifier: Apache-2.0
#include "report/honest_paper.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/json.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

/// The sample run as a 1B and an 8B model: 100 s of LoRA and 100 requests' worth of figures by hand.
RunRecord two_sizes() {
  auto record = sample_run();
  for (auto& variant : record.variants) variant.size = variant.id == "base" ? "8B" : "1B";
  return record;
}

CostScenario plain(const RunRecord& record) {
  auto scenario = *scenario_for(record);
  scenario.draws = 200;
  for (const char* text : {"rent_usd_per_h=0.36", "demand_per_day=8640"})
    EXPECT_TRUE(set_assumption(scenario, text, ""));
  return scenario;
}

TEST(HonestPaper, HoldsEachVariantAgainstAnApiOfItsSize) {
  const auto record = two_sizes();
  const auto paper = honest_paper(record, plain(record));
  ASSERT_TRUE(paper) << paper.error().message;
  ASSERT_EQ(paper->variants.size(), record.variants.size());
  for (const auto& variant : paper->variants)
    EXPECT_EQ(variant.api, variant.info.id == "base" ? "llama-3.1-8b" : "llama-3.2-1b") << variant.info.id;
}

TEST(HonestPaper, ReckonsTheStepsThatAHandCan) {
  const auto record = two_sizes();
  const auto paper = honest_paper(record, plain(record));
  ASSERT_TRUE(paper);
  const auto& variant = *std::find_if(paper->variants.begin(), paper->variants.end(),
                                      [](const HonestVariant& v) { return v.info.id == "lora-int4"; });
  // Making it takes 108 s at 1e-4 USD/s. Fully used a request costs 1e-4 ÷ 0.4/s = 0.00025 of the API's
  // 0.00125 USD.
  ASSERT_TRUE(variant.full_use);
  EXPECT_NEAR(*variant.full_use, 0.0108 / 0.001, 1e-5);
  // At 0.1 requests a second it costs 0.001 USD.
  ASSERT_TRUE(variant.always_on);
  EXPECT_NEAR(*variant.always_on, 0.0108 / 0.00025, 1e-6);
  ASSERT_TRUE(variant.paper);
  EXPECT_NEAR(*variant.paper, 0.012 / (0.00125 - 100.0 / 3.6e6 * 0.12), 1e-6);
}

TEST(HonestPaper, NamesTheSourceOfEveryPrice) {
  const auto record = two_sizes();
  const auto paper = honest_paper(record, plain(record));
  ASSERT_TRUE(paper);
  for (const auto& price : paper->prices)
    EXPECT_FALSE(price.source.empty() || price.value.empty()) << price.key;
  const auto of = [&](const char* key) {
    return std::count_if(paper->prices.begin(), paper->prices.end(),
                         [&](const auto& p) { return p.key == key; });
  };
  EXPECT_EQ(of("api_input_usd_per_mtok of llama-3.2-1b"), 1);
  EXPECT_EQ(of("api_input_usd_per_mtok of llama-3.1-8b"), 1);
  EXPECT_EQ(of("rent_usd_per_h"), 1);
}

TEST(HonestPaper, ComesInFourFormats) {
  const auto record = two_sizes();
  const auto paper = honest_paper(record, plain(record));
  ASSERT_TRUE(paper);
  EXPECT_NE(honest_console(*paper).find("rent, full use"), std::string::npos);
  EXPECT_NE(honest_markdown(*paper).find("## Prices and other assumptions"), std::string::npos);
  const auto json = parse_json(honest_json(*paper), "honest");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("variants").size(), 5U);
  const auto csv = honest_csv(*paper);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 6);
  const auto commas = [&](std::size_t from) {
    return std::count(csv.begin() + static_cast<std::ptrdiff_t>(from),
                      csv.begin() + static_cast<std::ptrdiff_t>(csv.find('\n', from)), ',');
  };
  EXPECT_EQ(commas(0), commas(csv.find('\n') + 1)) << "as many fields as the header has";
}

}  // namespace
}  // namespace edgeeval
