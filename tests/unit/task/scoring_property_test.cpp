// SPDX-License-Identifier: Apache-2.0
// What holds of the scores whatever the texts.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "task/scoring.hpp"

namespace edgeeval {
namespace {

/// Texts of a few words, so that tokens meet.
rc::Gen<std::string> word_texts() {
  const auto pieces = rc::gen::elementOf(
      std::vector<std::string>{"the", "a", "cat", "Cat", "sat", "mat", "é", " ", " ", " ", ".", "-", "\t", "7"});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(pieces),
                                  [](const std::vector<std::string>& some) {
                                    std::string text;
                                    for (const auto& piece : some) text += piece;
                                    return text;
                                  });
}

/// Such texts, and now and then any bytes.
rc::Gen<std::string> texts() {
  return rc::gen::oneOf(word_texts(), word_texts(), rc::gen::arbitrary<std::string>());
}

using Score = double (*)(std::string_view, std::string_view);
constexpr Score kScores[] = {exact_match, token_f1, rouge_l};

TEST(ScoreProperty, EveryScoreIsBetweenZeroAndOne) {
  EXPECT_TRUE(rc::check([] {
    const auto prediction = *texts();
    const auto gold = *texts();
    for (const auto score : kScores) {
      const double value = score(prediction, gold);
      RC_ASSERT(value >= 0.0);
      RC_ASSERT(value <= 1.0);
    }
  }));
}

TEST(ScoreProperty, EveryScoreIsSymmetric) {
  EXPECT_TRUE(rc::check([] {
    const auto prediction = *texts();
    const auto gold = *texts();
    for (const auto score : kScores)
      RC_ASSERT(std::abs(score(prediction, gold) - score(gold, prediction)) < 1e-12);
  }));
}

TEST(ScoreProperty, IdenticalTextsScoreOneUnlessNothingIsLeftOfThem) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *texts();
    RC_ASSERT(exact_match(text, text) == 1.0);
    RC_ASSERT(token_f1(text, text) == (normalized_answer(text).empty() ? 0.0 : 1.0));
    const bool has_token = std::any_of(text.begin(), text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    RC_ASSERT(rouge_l(text, text) == (has_token ? 1.0 : 0.0));
  }));
}

TEST(ScoreProperty, NormalisingTwiceChangesNothing) {
  EXPECT_TRUE(rc::check([] {
    const auto once = normalized_answer(*word_texts());
    RC_ASSERT(normalized_answer(once) == once);
  }));
}

TEST(ScoreProperty, AnExactMatchHasTheWholeF1) {
  EXPECT_TRUE(rc::check([] {
    const auto prediction = *texts();
    const auto gold = *texts();
    if (exact_match(prediction, gold) == 1.0 && !normalized_answer(gold).empty())
      RC_ASSERT(token_f1(prediction, gold) == 1.0);
  }));
}

}  // namespace
}  // namespace edgeeval
