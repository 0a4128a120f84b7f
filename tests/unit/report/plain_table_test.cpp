// SPDX-License-Identifier: Apache-2.0
#include "report/plain_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace edgeeval {
namespace {

const TextTable kTable{{"name", "figure", "why"}, {{"a", "1.5", "short"}, {"größer", "12.25", ""}}};

TEST(PlainTable, SetsFiguresRightAndWordsLeft) {
  EXPECT_EQ(
      aligned_lines(kTable, 1, 2),
      (std::vector<std::string>{"  name    figure  why", "  a          1.5  short", "  größer   12.25"}));
}

TEST(PlainTable, IsMarkdownWithEscapedCells) {
  const TextTable hostile{{"a", "b"}, {{"<script>|", "x\ny"}}};
  const auto text = markdown_table(hostile, 1);
  EXPECT_EQ(text.find("<script>"), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << "header, rule, one row, a blank line";
  EXPECT_EQ(markdown_table(kTable, 1).substr(0, 23), "| name | figure | why |");
}

TEST(PlainTable, LetsNoControlCharacterThrough) {
  const TextTable hostile{{"a"}, {{"\x1b[2J"}}};
  EXPECT_EQ(aligned_lines(hostile, 0)[1].find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
