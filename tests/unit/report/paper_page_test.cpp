// SPDX-License-Identifier: Apache-2.0
#include "report/paper_page.hpp"

#include <gtest/gtest.h>

#include "unit/paper/shipped.hpp"

namespace edgeeval {
namespace {

TEST(PaperPage, ShowsClaimsWithTheirRowsAndAllVariantsAndLoadsNothing) {
  auto study = shipped_study();
  study.context.title = "<b>a study</b>";
  auto variants = paper::compute(study, paper::Constants{});
  ASSERT_TRUE(variants);
  auto rows = paper::metric_rows(*variants, study.context, paper::Constants{});
  auto claims = paper::check_claims(*variants);
  const paper::PaperReport report{study.context, paper::Constants{}, std::move(*variants), std::move(rows),
                                  std::move(claims)};
  const auto page = paper_page(report);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_NE(page.find("<summary>6 rows behind it</summary><ul><li>Llama-1B"), std::string::npos);
  EXPECT_NE(page.find("roi_within_hour, serverless_prohibitive, fidelity_kept"), std::string::npos);
  std::size_t variants_shown = 0;
  for (std::size_t at = 0; (at = page.find("<th scope=\"row\">", at)) != std::string::npos; ++at) ++variants_shown;
  EXPECT_EQ(variants_shown, 72U);
  for (const char* loads : {"://", "src=", "<link", "@import"}) EXPECT_EQ(page.find(loads), std::string::npos) << loads;
}

}  // namespace
}  // namespace edgeeval
