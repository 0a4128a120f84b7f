// SPDX-License-Identifier: Apache-2.0
#include "report/whatif_report.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "decision/decision_words.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

WhatIf sample_whatif(const std::string& variant = "") {
  const auto record = sample_run();
  const auto rows = compute_metrics(record);
  auto scenario = *scenario_for(record);
  scenario.draws = 200;
  auto before = decide_study(record, rows, scenario);
  EXPECT_TRUE(set_assumption(scenario, "rent_usd_per_h=0.36", ""));
  EXPECT_TRUE(set_assumption(scenario, "demand_per_day=8640", ""));
  return {std::move(before),
          decide_study(record, rows, scenario),
          {"rent_usd_per_h=0.36", "demand_per_day=8640"},
          variant};
}

TEST(WhatIf, ShowsBeforeAndAfterOfEachVariant) {
  const auto record = sample_run();
  const auto table = whatif_table(record, sample_whatif());
  ASSERT_EQ(table.rows.size(), 5U);
  for (const auto& row : table.rows) {
    ASSERT_EQ(row.size(), table.header.size());
    EXPECT_NE(row[2].find(" → 0.0010"), std::string::npos) << row[2];
    EXPECT_EQ(row[3].find(" → "), std::string::npos) << "the API's price did not change: " << row[3];
  }
}

TEST(WhatIf, ShowsWhereTheApiIsTheCheaperAgainOnlyWhereItEverIs) {
  const auto record = sample_run();
  const auto rows = compute_metrics(record);
  auto scenario = *scenario_for(record);
  scenario.draws = 200;
  const auto set = [&](std::initializer_list<const char*> texts) {
    for (const char* text : texts) EXPECT_TRUE(set_assumption(scenario, text, "")) << text;
    return decide_study(record, rows, scenario);
  };
  const auto steady = set({"rent_usd_per_h=0.36", "demand_per_day=8640", "api_decay_per_year=0"});
  const auto falling = set(
      {"api_input_usd_per_mtok=20", "api_output_usd_per_mtok=20", "api_decay_per_year=0.9", "setup_usd=1"});
  const auto without = whatif_table(record, {steady, steady, {"x"}, ""});
  EXPECT_EQ(without.header.back(), "break-even requests");
  const auto with = whatif_table(record, {steady, falling, {"x"}, ""});
  ASSERT_EQ(with.header.back(), "API cheaper again, requests [90 %]");
  for (const auto& row : with.rows) {
    ASSERT_EQ(row.size(), with.header.size());
    EXPECT_TRUE(row.back().starts_with("– → ")) << row.back();
    EXPECT_NE(row.back().find(" ["), std::string::npos) << "with its band: " << row.back();
  }
  const auto json = parse_json(whatif_json(record, {steady, falling, {"x"}, ""}), "whatif");
  ASSERT_TRUE(json);
  const auto& after = (*json)["variants"][0]["after"];
  EXPECT_TRUE(after["spread"]["reversal_s"]["median"].is_number());
  EXPECT_TRUE(after["outcome"]["reversal_requests"].is_number());
  EXPECT_TRUE(after["spread"]["reversed_within"].is_number());
}

TEST(WhatIf, NamesTheChangesAndTheLevers) {
  const auto text = whatif_text(sample_run(), sample_whatif("qlora"));
  EXPECT_TRUE(
      text.starts_with("What if rent_usd_per_h=0.36, demand_per_day=8640 (scenario default, 200 draws"))
      << text;
  EXPECT_NE(text.find("Levers of qlora"), std::string::npos) << text;
  EXPECT_EQ(text.find("lora-int4"), std::string::npos) << "one variant was asked for";
}

TEST(WhatIf, GivesTheVerdictOfTheOneVariantThatWasAskedFor) {
  const auto record = sample_run();
  const auto text = whatif_text(record, sample_whatif("qlora"));
  const auto* qlora = variant_of(record, "qlora");
  ASSERT_NE(qlora, nullptr);
  EXPECT_NE(text.find("\nOn rag, " + name_of(*qlora) + ": "), std::string::npos) << text;
  EXPECT_EQ(text.find("\nOn ", text.find("\nOn ") + 1), std::string::npos) << "one sentence, of one variant";
  const auto json = parse_json(whatif_json(record, sample_whatif("qlora")), "whatif");
  ASSERT_TRUE(json);
  for (const char* key : {"verdict_before", "verdict_after"}) {
    const auto verdict = json->at(key).get<std::string>();
    EXPECT_TRUE(verdict.starts_with("On rag, " + name_of(*qlora) + ": ")) << verdict;
  }
}

TEST(WhatIf, AVariantThatCannotBeReckonedSaysWhy) {
  auto record = sample_run();
  const auto rows = compute_metrics(record);
  const auto decision = decide_study(record, rows, *scenario_for(record));
  const auto reckoned = variant_verdict(record, decision, "qlora");
  record.stages.erase(variant_of(record, "qlora")->serve_stage);
  const auto without = decide_study(record, rows, *scenario_for(record));
  const auto verdict = variant_verdict(record, without, "qlora");
  EXPECT_NE(verdict, reckoned);
  EXPECT_NE(verdict.find(" cannot be reckoned: "), std::string::npos) << verdict;
  EXPECT_TRUE(variant_verdict(record, without, "nobody").empty());
}

TEST(WhatIf, WithoutDemandACostIsInfiniteAndNotNever) {
  const auto record = sample_run();
  const auto rows = compute_metrics(record);
  auto scenario = *scenario_for(record);
  scenario.draws = 200;
  ASSERT_TRUE(set_assumption(scenario, "demand_per_day=0", ""));
  const auto decision = decide_study(record, rows, scenario);
  const WhatIf whatif{decision, decision, {"demand_per_day=0"}, "qlora"};
  const auto table = whatif_table(record, whatif);
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0][2], "∞");
  EXPECT_EQ(table.rows[0][5], "never") << "there is no break-even";
  EXPECT_NE(whatif_text(record, whatif).find("a local request costs ∞ USD"), std::string::npos);
}

TEST(WhatIf, IsJsonWithBothDecisions) {
  const auto json = parse_json(whatif_json(sample_run(), sample_whatif()), "whatif");
  ASSERT_TRUE(json);
  ASSERT_EQ(json->at("variants").size(), 5U);
  EXPECT_EQ(json->at("scenario_after").at("inputs").at("rent_usd_per_h").at("value"), 0.36);
  EXPECT_EQ(json->at("scenario_before").at("inputs").at("rent_usd_per_h").at("value"), 0.085);
  EXPECT_EQ(json->at("variants").at(0).at("before").at("variant"), "base");
}

TEST(WhatIf, ListsEveryKeyWithItsSource) {
  const auto scenario = *scenario_for(sample_run());
  const auto json = parse_json(scenario_list_json(scenario), "list");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->size(), economics::kInputs);
  const auto text = scenario_list_text(scenario);
  for (const auto& field : economics::input_table())
    EXPECT_NE(text.find(std::string(field.key) + " = "), std::string::npos) << field.key;
  EXPECT_NE(text.find("device = vm-2cpu"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
