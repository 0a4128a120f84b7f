// SPDX-License-Identifier: Apache-2.0
#include "report/whatif_report.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"
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

TEST(WhatIf, NamesTheChangesAndTheLevers) {
  const auto text = whatif_text(sample_run(), sample_whatif("qlora"));
  EXPECT_TRUE(
      text.starts_with("What if rent_usd_per_h=0.36, demand_per_day=8640 (scenario default, 200 draws"))
      << text;
  EXPECT_NE(text.find("Levers of qlora"), std::string::npos) << text;
  EXPECT_EQ(text.find("lora-int4"), std::string::npos) << "one variant was asked for";
}

TEST(WhatIf, IsJsonWithBothDecisions) {
  const auto json = parse_json(whatif_json(sample_whatif()), "whatif");
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
