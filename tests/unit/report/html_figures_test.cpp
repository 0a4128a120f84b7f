// SPDX-License-Identifier: Apache-2.0
#include "report/html_figures.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "report/html_page.hpp"

namespace edgeeval::html {
namespace {

TEST(Grouped, KeepsThreeDigitsAndSetsThousandsApart) {
  EXPECT_EQ(grouped(224938.0), "225,000");
  EXPECT_EQ(grouped(1084999.0), "1,080,000");
  EXPECT_EQ(grouped(-1061.0), "-1,060");
  EXPECT_EQ(grouped(-999600.0), "-1,000,000");
  EXPECT_EQ(grouped(999.4), "999");
}

TEST(BandWords, SaysWhatIsOpenAndWhatNeverIs) {
  EXPECT_EQ(band_words({1000.0, 2000.0, 3000.0, 1.0}, 10.0), "20,000 [10,000, 30,000]");
  EXPECT_EQ(band_words({1000.0, 2000.0, std::nullopt, 0.9}), "2,000 [1,000, ∞]");
  EXPECT_EQ(band_words({1000.0, std::nullopt, std::nullopt, 0.4}), "never in most draws");
}

TEST(DurationText, TakesTheUnitThatFitsEachEnd) {
  EXPECT_EQ(duration_text({3600.0, 10.0 * 86400.0, 3.0 * 365.25 * 86400.0, 1.0}),
            "10 days [1.0 h, 3.0 years]");
}

TEST(HtmlTable, WritesTheNumberBehindAFigureAndLeavesWordsLeft) {
  HtmlTable table{"", {"name", "figure", "words"}, {"", "how it is made", ""}, {}};
  table.rows.push_back({{"a<b"},
                        {"~1.23", 1.2345678901234567, "a \"source\""},
                        {"a text that is longer than any figure would be"}});
  std::ostringstream out;
  html_table(table, out);
  const auto text = out.str();
  EXPECT_NE(
      text.find(
          "<th scope=\"row\">a&lt;b<td data-v=\"1.2345678901234567\" title=\"a &quot;source&quot;\">~1.23"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("<th scope=\"col\" title=\"how it is made\">figure"), std::string::npos) << text;
  EXPECT_NE(text.find("<td class=\"words\">a text"), std::string::npos) << text;
}

}  // namespace
}  // namespace edgeeval::html
