// SPDX-License-Identifier: Apache-2.0
#include "load/chat.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace edgeeval {
namespace {

TEST(ChatBody, AsksForAGreedyStreamedAnswerThatPaysForItsPrompt) {
  const auto body = Json::parse(chat_body({"i", {{"system", "s"}, {"user", "a \"b\"\n"}}, 24}));
  EXPECT_EQ(body.at("messages").at(1).at("content"), "a \"b\"\n");
  EXPECT_EQ(body.at("max_tokens"), 24);
  EXPECT_EQ(body.at("temperature"), 0);
  EXPECT_EQ(body.at("stream"), true);
  EXPECT_EQ(body.at("stream_options").at("include_usage"), true);
  EXPECT_EQ(body.at("cache_prompt"), false);
}

TEST(ReadPiece, KnowsTheEndMark) {
  const auto piece = read_piece("[DONE]");
  EXPECT_TRUE(piece.done);
  EXPECT_EQ(piece.error, "");
}

TEST(ReadPiece, TakesNoTextFromARoleOrAnEmptyOrNullContent) {
  for (const char* delta : {R"({"role":"assistant"})", R"({"role":"assistant","content":null})",
                            R"({"content":""})", R"({})"}) {
    const auto piece =
        read_piece(std::string(R"({"choices":[{"index":0,"delta":)") + delta + R"(,"finish_reason":null}]})");
    EXPECT_EQ(piece.text, "") << delta;
    EXPECT_EQ(piece.error, "") << delta;
    EXPECT_EQ(piece.finish_reason, "") << delta;
    EXPECT_FALSE(piece.done);
  }
}

TEST(ReadPiece, TakesContentAsItStands) {
  EXPECT_EQ(read_piece(R"({"choices":[{"delta":{"content":" é\n"}}]})").text, " é\n");
}

TEST(ReadPiece, TakesTheFinishReason) {
  EXPECT_EQ(read_piece(R"({"choices":[{"delta":{},"finish_reason":"length"}]})").finish_reason, "length");
}

TEST(ReadPiece, TakesUsageWithCachedTokens) {
  const auto piece = read_piece(
      R"({"choices":[],"usage":{"prompt_tokens":40,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":3}}})");
  EXPECT_EQ(piece.token_source, "usage");
  EXPECT_EQ(piece.prompt_tokens, 40);
  EXPECT_EQ(piece.completion_tokens, 7);
  EXPECT_EQ(piece.cached_tokens, 3);
}

TEST(ReadPiece, TakesTimingsWhereUsageIsMissingAndAddsWhatCameFromTheCache) {
  const auto piece = read_piece(
      R"({"choices":[{"delta":{}}],"usage":null,"timings":{"cache_n":3,"prompt_n":37,"predicted_n":7}})");
  EXPECT_EQ(piece.token_source, "timings");
  EXPECT_EQ(piece.prompt_tokens, 40);
  EXPECT_EQ(piece.cached_tokens, 3);
  EXPECT_EQ(piece.completion_tokens, 7);
}

TEST(ReadPiece, LeavesCountsOutThatAreNoWholeNumbers) {
  const auto piece =
      read_piece(R"({"choices":[],"usage":{"prompt_tokens":"many","completion_tokens":7.5}})");
  EXPECT_EQ(piece.prompt_tokens, std::nullopt);
  EXPECT_EQ(piece.completion_tokens, std::nullopt);
}

TEST(ReadPiece, TellsTheServersError) {
  EXPECT_EQ(read_piece(R"({"error":{"code":500,"message":"out of slots"}})").error, "out of slots");
  EXPECT_EQ(read_piece(R"({"error":"bad"})").error, R"("bad")");
}

TEST(ReadPiece, CallsWhatItCannotReadAnError) {
  for (const char* garbage : {"", "{", "7", "[1]", "null", "\xFF\xFE", "[DONE] "})
    EXPECT_NE(read_piece(garbage).error, "") << garbage;
}

TEST(ReadPiece, BearsShapesThatNoServerShouldSend) {
  for (const char* odd : {R"({"choices":7})", R"({"choices":[null]})", R"({"choices":[{"delta":"x"}]})",
                          R"({"choices":[{"delta":{"content":[1]}}]})", R"({"choices":[],"timings":{}})"}) {
    const auto piece = read_piece(odd);
    EXPECT_EQ(piece.text, "") << odd;
    EXPECT_EQ(piece.completion_tokens, std::nullopt) << odd;
  }
}

}  // namespace
}  // namespace edgeeval
