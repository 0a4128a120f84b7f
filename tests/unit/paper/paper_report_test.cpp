// SPDX-License-Identifier: Apache-2.0
#include "paper/paper_report.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "shipped.hpp"

namespace edgeeval::paper {
namespace {

class PaperReportTest : public testing::Test {
 protected:
  PaperReportTest() {
    auto variants = compute(study_, Constants{});
    EXPECT_TRUE(variants);
    auto rows = metric_rows(*variants, study_.context, Constants{});
    auto claims = check_claims(*variants);
    report_ = {study_.context, Constants{}, std::move(*variants), std::move(rows), std::move(claims)};
  }
  PublishedStudy study_ = shipped_study();
  PaperReport report_;
};

TEST_F(PaperReportTest, ShowsEveryVariantAndClaimOnTheConsole) {
  const auto text = console_text(report_);
  EXPECT_NE(text.find("Llama-1B   LoRA   INT4      rag       2.457    0.3182      6768.8    149.8    101.3"),
            std::string::npos)
      << text;
  for (const auto& claim : report_.claims) {
    EXPECT_NE(text.find(claim.statement), std::string::npos);
    EXPECT_NE(text.find(claim.verdict), std::string::npos);
  }
}

TEST_F(PaperReportTest, ShowsTheRowsBehindEachClaimInMarkdown) {
  const auto text = markdown_text(report_);
  EXPECT_NE(text.find("- Llama-1B LoRA INT4 rag (serving.csv:"), std::string::npos);
  EXPECT_NE(text.find("| Llama-1B | LoRA | INT4 | rag | 2.457 |"), std::string::npos);
}

TEST_F(PaperReportTest, IsJsonWithAllRows) {
  const auto json = parse_json(json_text(report_), "test");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["metrics"].size(), 324U);
  EXPECT_EQ((*json)["claims"].size(), 6U);
  EXPECT_EQ((*json)["api_usd_per_request"], 0.00125);
}

TEST_F(PaperReportTest, EscapesTheTitleOfOthersTables) {
  report_.context.title = "a | <b>";
  EXPECT_NE(markdown_text(report_).find("# a \\| &lt;b>"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval::paper
