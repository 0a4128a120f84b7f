// SPDX-License-Identifier: Apache-2.0
#include "mock/asked.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace edgeeval::mock {
namespace {

TEST(Words, AreWhatStandsBetweenWhiteSpace) {
  EXPECT_EQ(count_words(""), 0U);
  EXPECT_EQ(count_words(" \t\n"), 0U);
  EXPECT_EQ(count_words("one"), 1U);
  EXPECT_EQ(count_words("  one\ttwo\nthree-and-a-half  "), 3U);
}

TEST(WordsProperty, JoinedWordsCountAsMany) {
  rc::check([](const std::vector<bool>& shape) {
    std::string text;
    for (const bool space : shape) text += space ? "  word" : " w";
    RC_ASSERT(count_words(text) == shape.size());
  });
}

TEST(Asked, AddsUpAllMessagesAndTheirParts) {
  const auto asked = read_asked(Wire::chat,
                                R"({"messages":[{"role":"system","content":"be short"},
        {"role":"user","content":[{"type":"text","text":"one two"},{"type":"text","text":"three"}]}],
        "stream":true,"max_completion_tokens":7,"max_tokens":9,
        "stream_options":{"include_usage":true,"continuous_usage_stats":true}})",
                                false);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->prompt_tokens, 5U);
  EXPECT_TRUE(asked->stream);
  EXPECT_EQ(asked->max_tokens, 7U);
  EXPECT_EQ(asked->include_usage, true);
  EXPECT_TRUE(asked->continuous_usage);
}

TEST(Asked, KnowsEachFormsOwnFields) {
  EXPECT_EQ(read_asked(Wire::completions, R"({"prompt":[1,2,3,4]})", false)->prompt_tokens, 4U);
  EXPECT_EQ(
      read_asked(Wire::sglang_generate, R"({"text":"a b","sampling_params":{"max_new_tokens":5}})", false)
          ->max_tokens,
      5U);
  EXPECT_EQ(read_asked(Wire::tgi_generate, R"({"inputs":"a b c","parameters":{"max_new_tokens":6}})", false)
                ->prompt_tokens,
            3U);
  const auto ollama = read_asked(Wire::ollama_chat, R"({"messages":[],"options":{"num_predict":4}})", false);
  EXPECT_TRUE(ollama->stream);
  EXPECT_EQ(ollama->max_tokens, 4U);
  EXPECT_EQ(read_asked(Wire::llama_completion, R"({"prompt":"x","n_predict":-1})", false)->max_tokens,
            std::nullopt);
}

TEST(Asked, EqualPromptsHaveEqualHashesAndOthersOthers) {
  const auto hash = [](const char* body) { return read_asked(Wire::completions, body, false)->prompt_hash; };
  EXPECT_EQ(hash(R"({"prompt":"a b","seed":1})"), hash(R"({"prompt":"a b","seed":2})"));
  EXPECT_NE(hash(R"({"prompt":"a b"})"), hash(R"({"prompt":"a c"})"));
}

TEST(Asked, WhatCannotBeReadIsRefused) {
  EXPECT_FALSE(read_asked(Wire::chat, "not json", false));
  EXPECT_FALSE(read_asked(Wire::chat, "[]", false));
  EXPECT_FALSE(read_asked(Wire::chat, R"({"prompt":"x"})", false));
}

TEST(Asked, NestingThatWouldUseUpTheStackIsRefused) {
  constexpr std::size_t kDeep = 1'000'000;
  const auto deep = std::string(kDeep, '[') + std::string(kDeep, ']');
  EXPECT_FALSE(read_asked(Wire::chat, R"({"messages":)" + deep + "}", false));
  EXPECT_FALSE(read_asked(Wire::chat, R"({"messages":[],"stream_options":)" + deep + "}", false));
  // Brackets within a text are no nesting.
  EXPECT_TRUE(
      read_asked(Wire::chat, R"({"messages":[{"content":"\"[)" + std::string(kDeep, '[') + R"("}]})", false));
}

TEST(Asked, StrictServersNameTheFieldTheyDoNotKnow) {
  const char* body = R"({"messages":[],"ignore_eos":true})";
  EXPECT_TRUE(read_asked(Wire::chat, body, false));
  const auto refused = read_asked(Wire::chat, body, true);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("ignore_eos"), std::string::npos);
}

TEST(Asked, AStrictTensorRtLlmTakesWhatItsProtocolNames) {
  const char* body = R"({"messages":[],"ignore_eos":true,"min_tokens":4})";
  EXPECT_TRUE(read_asked(Wire::chat, body, true, Dialect::tensorrt_llm).value().ignore_eos);
  EXPECT_FALSE(read_asked(Wire::chat, body, true));
  EXPECT_FALSE(
      read_asked(Wire::chat, R"({"messages":[],"return_token_ids":true})", true, Dialect::tensorrt_llm));
}

TEST(AskedProperty, NoBytesAreTooStrange) {
  rc::check([](const std::string& bytes) {
    for (const auto wire : {Wire::chat, Wire::ollama_generate, Wire::tgi_generate})
      static_cast<void>(read_asked(wire, bytes, true));
  });
}

}  // namespace
}  // namespace edgeeval::mock
