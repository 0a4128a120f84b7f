// SPDX-License-Identifier: Apache-2.0
#include "task/scoring.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(NormalizedAnswer, LowersDropsPunctuationArticlesAndSpaces) {
  EXPECT_EQ(normalized_answer("  The Amber\tLamp!\n"), "amber lamp");
  EXPECT_EQ(normalized_answer("An apple, a pear & the plum."), "apple pear plum");
  EXPECT_EQ(normalized_answer("$1,200.50"), "120050");
  EXPECT_EQ(normalized_answer("it's o'clock"), "its oclock");
}

TEST(NormalizedAnswer, KeepsWordsThatOnlyBeginLikeAnArticle) {
  EXPECT_EQ(normalized_answer("theatre another ant"), "theatre another ant");
  // Punctuation goes first, as in the reference script: "a-b" becomes one word.
  EXPECT_EQ(normalized_answer("a-b"), "ab");
}

TEST(NormalizedAnswer, LowersBeyondAsciiAndBearsBadUtf8) {
  EXPECT_EQ(normalized_answer("ÉCOLE Ünter"), "école ünter");
  EXPECT_EQ(normalized_answer("\xFF X"), "\xFF x");
}

TEST(NormalizedAnswer, MayLeaveNothing) { EXPECT_EQ(normalized_answer(" The, a! "), ""); }

TEST(ExactMatch, ComparesWhatNormalisationLeaves) {
  EXPECT_EQ(exact_match("The amber lamp.", "amber lamp"), 1.0);
  EXPECT_EQ(exact_match("amber lamps", "amber lamp"), 0.0);
  EXPECT_EQ(exact_match("lamp amber", "amber lamp"), 0.0);
  EXPECT_EQ(exact_match("", "the"), 1.0);
}

TEST(TokenF1, MatchesHandComputedValues) {
  // {cat, sat, on, mat} and {cat, on, red, mat}: 3 common, P = R = 3/4.
  EXPECT_DOUBLE_EQ(token_f1("the cat sat on mat", "a cat on the red mat"), 0.75);
  // One of three x is common: P = 1/3, R = 1/2, F = 2/5.
  EXPECT_DOUBLE_EQ(token_f1("x x x", "x y"), 0.4);
  // P = 1/5, R = 1.
  EXPECT_DOUBLE_EQ(token_f1("it was amber in colour", "amber"), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(token_f1("lamp amber", "amber lamp"), 1.0);
}

TEST(TokenF1, IsZeroWithoutCommonTokensAlsoWhenBothAreEmpty) {
  EXPECT_EQ(token_f1("red", "blue"), 0.0);
  EXPECT_EQ(token_f1("", "blue"), 0.0);
  EXPECT_EQ(token_f1("the", "a"), 0.0);
}

TEST(RougeL, MatchesTheExamplesOfItsPaper) {
  // Lin 2004, section 3.1: against "police killed the gunman".
  EXPECT_DOUBLE_EQ(rouge_l("police kill the gunman", "police killed the gunman"), 0.75);
  EXPECT_DOUBLE_EQ(rouge_l("the gunman kill police", "police killed the gunman"), 0.5);
}

TEST(RougeL, MatchesHandComputedValues) {
  // LCS "cat on mat" of 5 and 6 tokens: P = 3/5, R = 3/6, F = 6/11. Articles count here.
  EXPECT_DOUBLE_EQ(rouge_l("the cat sat on mat", "a cat on the red mat"), 6.0 / 11.0);
  // Everything but a–z and 0–9 separates: "o", "clock".
  EXPECT_DOUBLE_EQ(rouge_l("O'Clock", "o clock"), 1.0);
  EXPECT_EQ(rouge_l("", ""), 0.0);
}

TEST(ScoreItem, TakesTheBestOfAllAnswersForEachScore) {
  const TaskItem item{"i", "", "", "c", "q", {"blue sea", "the amber lamp"}};
  const auto score = score_item(item, "Amber lamp");
  EXPECT_EQ(score.item, "i");
  EXPECT_EQ(score.prediction, "Amber lamp");
  EXPECT_TRUE(score.answered);
  EXPECT_EQ(score.exact_match, 1.0);
  EXPECT_EQ(score.f1, 1.0);
  EXPECT_DOUBLE_EQ(score.rouge_l, 0.8);
  EXPECT_EQ(score.gold, item.answers);
}

TEST(ScoreItem, CountsNoPredictionAsWrong) {
  const auto score = score_item({"i", "", "", "c", "q", {"x"}}, std::nullopt);
  EXPECT_FALSE(score.answered);
  EXPECT_EQ(score.exact_match, 0.0);
  EXPECT_EQ(score.f1, 0.0);
  EXPECT_EQ(score.rouge_l, 0.0);
}

}  // namespace
}  // namespace edgeeval
