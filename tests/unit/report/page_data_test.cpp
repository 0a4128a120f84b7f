// SPDX-License-Identifier: Apache-2.0
#include "report/page_data.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/json.hpp"
#include "decision/decision.hpp"
#include "report/html_document.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

/// The sample run with the prompt tokens that a decision needs.
StudyReport decided() {
  auto record = sample_run();
  for (auto& [variant, requests] : record.requests) {
    for (auto& request : requests) request.prompt_tokens = 400;
  }
  return make_report(std::move(record));
}

Json data_of(const StudyReport& report) {
  auto parsed = parse_json(page_data(report), "page data");
  EXPECT_TRUE(parsed);
  return parsed ? std::move(*parsed) : Json{};
}

TEST(ScriptSafe, LetsNothingEndAScriptOrALine) {
  EXPECT_EQ(script_safe("</script><!--&"), "\\u003c/script\\u003e\\u003c!--\\u0026");
  EXPECT_EQ(script_safe("a\xe2\x80\xa8g\xe2\x80\xa9h"), "a\\u2028g\\u2029h");
  EXPECT_EQ(script_safe("\xe2\x80\xa6 \xe2\x80"), "\xe2\x80\xa6 \xe2\x80")
      << "other characters stay, whole or torn";
}

TEST(PageData, HoldsTheTableOfInputsOnce) {
  const auto data = data_of(decided());
  const auto table = economics::input_table();
  ASSERT_EQ(data["inputs"].size(), table.size());
  for (std::size_t i = 0; i < table.size(); ++i) EXPECT_EQ(data["inputs"][i]["key"], table[i].key);
  EXPECT_EQ(data["inputs"][0]["scale"], "log");
  EXPECT_EQ(data["inputs"][0]["owner"], "scenario");
}

TEST(PageData, GivesEveryVariantItsFiguresWithGradeAndSource) {
  const auto data = data_of(decided());
  ASSERT_EQ(data["variants"].size(), 5U);
  const auto& energy = data["variants"][0]["figures"]["j_per_request"];
  EXPECT_EQ(energy[0], 100.0);
  EXPECT_EQ(energy[1], 50.0);
  EXPECT_EQ(energy[2], 200.0);
  EXPECT_EQ(data["grades"][energy[3].get<std::size_t>()], "modelled");
  EXPECT_NE(data["sources"][energy[4].get<std::size_t>()].get<std::string>().find("cpu-model"),
            std::string::npos);
  EXPECT_EQ(energy[5], "J");
}

TEST(PageData, NumbersDecidedVariantsByIdAsTheyWereDrawn) {
  const auto report = decided();
  ASSERT_NE(report.decision, nullptr);
  const auto data = data_of(report);
  const auto& variants = data["decision"]["variants"];
  std::size_t expected = 0;
  for (const char* id : {"base", "lora-fp16", "lora-int4", "lora-int8", "qlora"})
    EXPECT_EQ(variants[id]["number"], expected++) << id;
  EXPECT_EQ(variants["base"]["inputs"]["capacity_per_s"][0], 0.4) << "4 requests in 10 s";
  EXPECT_FALSE(data["decision"]["shared"].contains("capacity_per_s")) << "it belongs to a variant";
  EXPECT_TRUE(data["decision"]["shared"].contains("pue"));
}

TEST(PageData, SaysWhichInputIsACopyOfWhich) {
  EXPECT_EQ(data_of(decided())["decision"]["follows"],
            (Json{{"api_cached_usd_per_mtok", "api_input_usd_per_mtok"}}));
}

TEST(PageData, HoldsNothingThatTurnsTheOrderOfLetters) {
  auto record = sample_run();
  record.study = record.variants[0].model = "a\xe2\x80\xae\xc2\x9b\x7f";
  const auto data = data_of(make_report(std::move(record)));
  EXPECT_EQ(data["study"], "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(data["variants"][0]["model"], data["study"]);
}

TEST(PageData, SaysWhyAVariantIsNotDecidedOn) {
  auto record = sample_run();
  for (auto& [id, requests] : record.requests) {
    for (auto& request : requests) request.prompt_tokens.reset();
  }
  const auto data = data_of(make_report(std::move(record)));
  const auto& variant = data["decision"]["variants"]["base"];
  EXPECT_NE(variant["absent_reason"].get<std::string>().find("input tokens"), std::string::npos);
  EXPECT_FALSE(variant.contains("number"));
}

TEST(HtmlDocument, RunsTheScriptItIsGivenAndNoOther) {
  std::ostringstream out;
  html::document(decided(), {"run()", ".x{}", "sha256-abc"}, out);
  const auto page = out.str();
  EXPECT_NE(page.find("script-src 'sha256-abc'"), std::string::npos);
  EXPECT_NE(page.find("<script>run()</script>"), std::string::npos);
  EXPECT_NE(page.find("data-whatif"), std::string::npos);
}

TEST(HtmlDocument, WithoutAScriptSaysSoAndMayRunNone) {
  std::ostringstream out;
  html::document(decided(), {}, out);
  const auto page = out.str();
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("script-src"), std::string::npos);
  EXPECT_NE(page.find("built without charts and sliders"), std::string::npos);
  EXPECT_NE(page.find("class=\"decision "), std::string::npos) << "the decision is there all the same";
}

}  // namespace
}  // namespace edgeeval
