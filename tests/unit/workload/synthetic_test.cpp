// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "workload/prompts.hpp"
#include "workload/words.hpp"

namespace edgeeval {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// A vocabulary in which a word has a token for each `letters` of its letters begun, behind a template of 13
/// tokens (the size that tt-inference-server #4179 found).
CountTokens by_letters(std::size_t letters, std::int64_t in_template = 13) {
  return [=](const Prompt& prompt) -> std::optional<std::int64_t> {
    std::int64_t tokens = in_template;
    for (const auto& word : words_of(prompt.text))
      tokens += static_cast<std::int64_t>((word.size() + letters - 1) / letters);
    return tokens;
  };
}

SyntheticPrompts wanted(std::size_t count, std::uint32_t tokens, std::uint64_t seed = 1) {
  SyntheticPrompts w;
  w.count = count;
  w.tokens = tokens;
  w.seed = seed;
  return w;
}

TEST(Words, AreManyAndDiffer) {
  const auto words = common_words();
  EXPECT_GE(words.size(), 300U);
  EXPECT_EQ(std::set<std::string_view>(words.begin(), words.end()).size(), words.size());
  for (const auto word : words)
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), std::string_view::npos) << word;
}

TEST(MakePrompts, HasTheServersLengthExactly) {
  for (const std::size_t letters : {1U, 2U, 3U, 4U, 7U, 100U}) {
    for (const std::uint32_t tokens : {32U, 100U, 256U, 4096U}) {
      const auto counter = by_letters(letters);
      const auto made = make_prompts(wanted(20, tokens), counter);
      EXPECT_TRUE(made.exact) << letters << " " << tokens << ": " << made.note;
      EXPECT_EQ(made.note, "");
      ASSERT_EQ(made.prompts.size(), 20U);
      for (const auto& prompt : made.prompts) {
        EXPECT_EQ(counter(prompt), tokens) << letters << ": " << prompt.text;
        EXPECT_EQ(prompt.prompt_tokens, tokens);
      }
    }
  }
}

TEST(MakePrompts, AsksTheServerSeldom) {
  std::size_t asked = 0;
  const auto counter = by_letters(4);
  const auto made = make_prompts(wanted(50, 512), [&](const Prompt& prompt) {
    ++asked;
    return counter(prompt);
  });
  EXPECT_TRUE(made.exact);
  EXPECT_LE(asked, 2U + 50U * 6U);
}

TEST(MakePrompts, DifferFromTheirFirstWordOn) {
  // More than there are words, so that first words are numbered.
  const auto made = make_prompts(wanted(2000, 20), {});
  std::set<std::string> first;
  for (const auto& prompt : made.prompts) first.insert(words_of(prompt.text).front());
  EXPECT_EQ(first.size(), 2000U);
}

TEST(MakePrompts, DependOnTheSeedOnly) {
  const auto text = [](std::uint64_t seed) {
    return make_prompts(wanted(3, 64, seed), by_letters(4)).prompts[2].text;
  };
  EXPECT_EQ(text(5), text(5));
  EXPECT_NE(text(5), text(6));
  // A longer set begins like a shorter one.
  EXPECT_EQ(make_prompts(wanted(9, 64, 5), by_letters(4)).prompts[2].text, text(5));
}

TEST(MakePrompts, SaysThatLengthsAreGuessedWhereTheServerCannotCount) {
  for (const CountTokens& counter :
       {CountTokens{}, CountTokens{[](const Prompt&) { return std::optional<std::int64_t>{}; }}}) {
    const auto made = make_prompts(wanted(4, 400), counter);
    EXPECT_FALSE(made.exact);
    EXPECT_NE(made.note.find("could not count 4 of 4 prompts: they have about 0.75 words"), std::string::npos)
        << made.note;
    for (const auto& prompt : made.prompts) EXPECT_EQ(words_of(prompt.text).size(), 300U);
  }
}

TEST(MakePrompts, SaysWhatItMissedBelowTheTemplatesSize) {
  const auto made = make_prompts(wanted(5, 10), by_letters(100));
  EXPECT_FALSE(made.exact);
  EXPECT_EQ(made.note, "5 of 5 prompts are not of the length asked for, at worst 4 tokens too long");
  for (const auto& prompt : made.prompts) EXPECT_EQ(words_of(prompt.text).size(), 1U);
}

TEST(MakePrompts, KeepsTheNearestWhereNoLengthFits) {
  // Only even counts: an odd length cannot be met.
  const auto counter = [](const Prompt& prompt) -> std::optional<std::int64_t> {
    return 2 * static_cast<std::int64_t>(words_of(prompt.text).size());
  };
  const auto made = make_prompts(wanted(3, 101), counter);
  EXPECT_FALSE(made.exact);
  for (const auto& prompt : made.prompts) EXPECT_EQ(std::abs(*counter(prompt) - 101), 1);
  EXPECT_NE(made.note.find("3 of 3 prompts are not of the length asked for, at worst 1 tokens"),
            std::string::npos);
}

TEST(MakePrompts, EndsWithACounterThatTellsNonsense) {
  for (const std::int64_t answer :
       {std::int64_t{0}, std::int64_t{7}, std::int64_t{1} << 40U, std::int64_t{-5}}) {
    std::size_t asked = 0;
    const auto made = make_prompts(wanted(2, 64), [&](const Prompt&) {
      ++asked;
      return std::optional<std::int64_t>(answer);
    });
    EXPECT_FALSE(made.exact);
    EXPECT_LE(asked, 2U + 2U * 48U);
    for (const auto& prompt : made.prompts) EXPECT_FALSE(prompt.text.empty());
  }
}

TEST(MakePrompts, TakesMeasuredWordsOnlyWhereTheyAreGiven) {
  const std::vector<std::string_view> measured{"the", "sun", "sea", "sky"};
  auto wish = wanted(40, 30);
  wish.words = measured;
  const auto made = make_prompts(wish, by_letters(100));
  EXPECT_TRUE(made.exact) << made.note;
  std::set<std::string> texts;
  for (const auto& prompt : made.prompts) {
    const auto words = words_of(prompt.text);
    EXPECT_EQ(words.size(), 30U - 13U);
    EXPECT_EQ(words.front(), "the") << "whose length at a beginning is known";
    for (const auto& word : words)
      EXPECT_NE(std::find(measured.begin(), measured.end(), word), measured.end()) << word;
    texts.insert(prompt.text);
  }
  EXPECT_EQ(texts.size(), 40U);
}

TEST(PromptsDigest, TellsSetsApart) {
  Prompt one, two;
  one.text = "ab";
  two.system = "a";
  two.text = "b";
  EXPECT_EQ(prompts_digest({one}), prompts_digest({one}));
  EXPECT_NE(prompts_digest({one}), prompts_digest({two}));
  EXPECT_NE(prompts_digest({one, two}), prompts_digest({two, one}));
}

std::size_t shared_words(const Prompt& a, const Prompt& b) {
  const auto left = words_of(a.text), right = words_of(b.text);
  std::size_t shared = 0;
  while (shared < std::min(left.size(), right.size()) && left[shared] == right[shared]) ++shared;
  return shared;
}

Prompt of_blocks(std::uint32_t tokens, std::vector<std::uint64_t> blocks) {
  Prompt prompt;
  prompt.prompt_tokens = tokens;
  prompt.blocks = std::move(blocks);
  return prompt;
}

TEST(FillInWords, KeepsPrefixesThatATraceShares) {
  const std::vector<Prompt> trace{of_blocks(1800, {1, 2, 3, 4}), of_blocks(1700, {1, 2, 9, 8}),
                                  of_blocks(900, {7, 2}), of_blocks(1800, {1, 2, 3, 4})};
  const auto counter = by_letters(4);
  const auto filled = fill_in_words(trace, 5, counter);
  EXPECT_TRUE(filled.exact) << filled.note;
  ASSERT_EQ(filled.prompts.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(counter(filled.prompts[i]), trace[i].prompt_tokens) << i;
  EXPECT_EQ(filled.prompts[0].text, filled.prompts[3].text) << "equal blocks and lengths, equal words";
  // Blocks 1 and 2 are 1,024 tokens in the mean; this vocabulary has 1.35 tokens a word or so.
  Prompt shared;
  const auto words = words_of(filled.prompts[0].text);
  for (std::size_t i = 0; i < shared_words(filled.prompts[0], filled.prompts[1]); ++i)
    shared.text += words[i] + " ";
  EXPECT_NEAR(static_cast<double>(*counter(shared)), 1024.0, 60.0);
  EXPECT_LE(shared_words(filled.prompts[0], filled.prompts[2]), 3U);
}

TEST(FillInWords, GivesPromptsWithoutBlocksNothingInCommon) {
  const auto filled = fill_in_words({of_blocks(60, {}), of_blocks(60, {})}, 5, by_letters(4));
  EXPECT_EQ(shared_words(filled.prompts[0], filled.prompts[1]), 0U);
  EXPECT_TRUE(filled.exact);
}

TEST(FillInWords, LeavesPromptsThatHaveWords) {
  Prompt words;
  words.text = "keep me";
  words.prompt_tokens = 50;
  Prompt no_length;
  Prompt messages;
  messages.messages = {{"user", "hello"}};
  messages.prompt_tokens = 9;
  const auto filled = fill_in_words({words, no_length, messages}, 1, by_letters(4));
  EXPECT_EQ(filled.prompts[0].text, "keep me");
  EXPECT_EQ(filled.prompts[1].text, "");
  EXPECT_EQ(filled.prompts[2].text, "");
}

TEST(FillInWords, WithoutACounterHasTheExpectedNumberOfWords) {
  const auto filled = fill_in_words({of_blocks(1000, {1, 2}), of_blocks(1000, {1, 3})}, 1, {});
  EXPECT_FALSE(filled.exact);
  EXPECT_EQ(words_of(filled.prompts[0].text).size(), 750U);
  const auto shared = shared_words(filled.prompts[0], filled.prompts[1]);
  EXPECT_GE(shared, 384U);
  EXPECT_LE(shared, 387U);
}

}  // namespace
}  // namespace edgeeval
