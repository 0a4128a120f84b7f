// SPDX-License-Identifier: Apache-2.0
#include "bench/reply_lengths.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

std::vector<Prompt> prompts_with(const std::vector<std::string>& replies) {
  std::vector<Prompt> prompts;
  for (const auto& reply : replies) {
    Prompt prompt;
    prompt.text = "ask";
    prompt.reply = reply;
    prompts.push_back(prompt);
  }
  return prompts;
}

/// As many tokens as letters.
std::optional<std::int64_t> letters(const std::string& text) {
  return static_cast<std::int64_t>(text.size());
}

TEST(ReplyLengths, AreCountedByTheServer) {
  auto prompts = prompts_with({"one two", "three", ""});
  const auto lengths = take_reply_lengths(prompts, {0, 1, 2}, std::nullopt, letters);
  EXPECT_EQ(prompts[0].max_tokens, 7U);
  EXPECT_EQ(prompts[1].max_tokens, 5U);
  EXPECT_FALSE(prompts[2].max_tokens.has_value()) << "nothing was answered";
  EXPECT_EQ(prompts[0].reply, "");
  EXPECT_EQ(lengths.counted, 2U);
  EXPECT_EQ(lengths.estimated, 0U);
  EXPECT_EQ(lengths.note, "");
}

TEST(ReplyLengths, AreEstimatedFromWordsAndMarkedSoWithoutATokenizer) {
  auto prompts = prompts_with({"one two three", "one two three four five six"});
  const auto lengths = take_reply_lengths(prompts, {0, 1}, std::nullopt,
                                          [](const std::string&) { return std::optional<std::int64_t>(); });
  EXPECT_EQ(prompts[0].max_tokens, 4U) << "0.75 words a token";
  EXPECT_EQ(prompts[1].max_tokens, 8U);
  EXPECT_EQ(lengths.estimated, 2U);
  EXPECT_NE(lengths.note.find("2 prompts are estimated from the words"), std::string::npos) << lengths.note;
}

TEST(ReplyLengths, OfThoseThatAreNotAskedFollowTheMeanOfThoseThatAre) {
  auto prompts = prompts_with({"aaaa bbbb", "one two three"});
  const auto lengths = take_reply_lengths(prompts, {0}, std::nullopt, letters);
  EXPECT_EQ(prompts[0].max_tokens, 9U);
  EXPECT_EQ(prompts[1].max_tokens, 14U) << "4.5 tokens a word, rounded";
  EXPECT_EQ(lengths.note, "") << "they are not asked";
}

TEST(ReplyLengths, AreBoundedByTheUsersLimit) {
  auto prompts = prompts_with({"one two three"});
  static_cast<void>(take_reply_lengths(prompts, {0}, 5, letters));
  EXPECT_EQ(prompts[0].max_tokens, 5U);
}

}  // namespace
}  // namespace edgeeval
