// SPDX-License-Identifier: Apache-2.0
#include "wire/piece.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "unit/wire/reading.hpp"

namespace edgeeval {
namespace {

Reading chat() { return Reading(dialect_at(ServerKind::openai_chat, RouteKind::chat)); }

TEST(Piece, CommentsAndEmptyDataArePings) {
  auto read = chat();
  Frame frame;
  frame.comment = true;
  frame.data = "ping";
  EXPECT_EQ(read.read(frame).kind, EventClass::ping);
  EXPECT_EQ(read("").kind, EventClass::ping);
  EXPECT_EQ(read(" ").kind, EventClass::ping);
}

TEST(Piece, DoneIsTheEndAndWhatComesAfterIsTold) {
  auto read = chat();
  EXPECT_EQ(read("[DONE]").kind, EventClass::done);
  EXPECT_TRUE(read.state.done);
  EXPECT_FALSE(read.state.after_done);
  Frame comment;
  comment.comment = true;
  read.read(comment);
  EXPECT_FALSE(read.state.after_done);
  read(delta(R"("content":"more")"));
  EXPECT_TRUE(read.state.after_done);
}

TEST(Piece, ErrorsAreReadInEachServersShape) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"error":{"message":"it broke","type":"x","param":null,"code":500}})", "it broke"},
      {R"({"error":{"code":500,"message":"it broke","type":"internal_server_error"}})", "it broke"},
      {R"({"error":"it broke","error_type":"generation"})", "it broke"},
      {R"({"error":"it broke"})", "it broke"},
      {R"({"object":"error","message":"it broke","type":"x","param":null,"code":500})", "it broke"},
      {R"({"error":{"error":{"message":"it broke"}}})", "it broke"},
      {R"({"error":{"code":7}})", "the server tells an error without words"},
      {R"({"error":"\n"})", "the server tells an error without words"},
      {R"({"error":{"message":"key sk-abc123456 is bad\nreally"}})", "key sk-*** is bad really"},
  };
  for (const auto& [data, words] : rows) {
    auto read = chat();
    const auto piece = read(data);
    EXPECT_EQ(piece.kind, EventClass::error) << data;
    EXPECT_EQ(piece.failure, FailureClass::error_event) << data;
    EXPECT_EQ(piece.message, words) << data;
  }
  EXPECT_EQ(chat()(R"({"message":"named"})", "error").message, "named");
}

TEST(Piece, NoErrorIsNoError) {
  EXPECT_EQ(chat()(delta(R"("content":"x")", R"(,"error":null)")).kind, EventClass::content);
  EXPECT_EQ(chat()(delta(R"("content":"x")", R"(,"error":false)")).kind, EventClass::content);
}

TEST(Piece, WhatIsNoJsonIsBadJsonWithItsBeginning) {
  for (const char* data : {"{this is not JSON}", "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"brok",
                           "{} {}", "{\"a\":01}", "{\"a\":\"\\q\"}", "]", "[1,2]", "7"}) {
    auto read = chat();
    const auto piece = read(data);
    EXPECT_EQ(piece.failure, FailureClass::bad_json) << data;
    EXPECT_EQ(piece.kind, EventClass::other);
    EXPECT_FALSE(piece.message.empty());
  }
  EXPECT_EQ(chat()("{this is not JSON}").message, "an event is not JSON: {this is not JSON}");
}

TEST(Piece, TextThatIsNotUtf8OrHasANulIsBadText) {
  EXPECT_EQ(chat()("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xC3\x28\xFF\"}}]}").failure,
            FailureClass::bad_text);
  EXPECT_EQ(chat()(std::string_view("{\"a\":\"\0\"}", 9)).failure, FailureClass::bad_text);
  EXPECT_EQ(chat()("{\"a\":\"\xED\xA0\x80\"}").failure, FailureClass::bad_text) << "a surrogate";
  EXPECT_EQ(chat()("not JSON and not \xFF text").failure, FailureClass::bad_text);
  EXPECT_EQ(chat()(delta("\"content\":\"caf\xC3\xA9\"")).failure, FailureClass::none);
}

TEST(Piece, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(chat()(nested(60)).failure, FailureClass::none);
  EXPECT_EQ(chat()(nested(65)).failure, FailureClass::too_deep);
  EXPECT_EQ(chat()(nested(100'000)).failure, FailureClass::too_deep);
  EXPECT_EQ(chat()(std::string(1'000'000, '[')).failure, FailureClass::too_deep);
}

TEST(Piece, AReaderGoesOnAfterWhatItCouldNotRead) {
  auto read = chat();
  EXPECT_EQ(read(std::string(100'000, '[')).failure, FailureClass::too_deep);
  EXPECT_EQ(read("{broken").failure, FailureClass::bad_json);
  EXPECT_EQ(read(delta(R"("content":"fine")")).text, "fine");
  const std::string big(900'000, 'x');
  EXPECT_EQ(read(delta("\"content\":\"" + big + "\"")).text.size(), big.size());
  EXPECT_EQ(read(delta(R"("content":"small")")).text, "small");
}

TEST(Piece, TextIsUnescaped) {
  EXPECT_EQ(chat()(delta(R"("content":"a\"b\\\n\u00e9\ud83d\ude42")")).text, "a\"b\\\né🙂");
}

TEST(Piece, HugeCountsAreKeptWithinTheirField) {
  auto read = chat();
  const auto piece =
      read(delta(R"("content":"x")", R"(,"usage":{"prompt_tokens":1,"completion_tokens":1000000})"));
  EXPECT_EQ(piece.tokens, 65535);
  EXPECT_EQ(read.state.completion_tokens, 1'000'000);
  auto odd = chat();
  odd(delta(R"("content":"x")", R"(,"usage":{"prompt_tokens":-5,"completion_tokens":1e300})"));
  EXPECT_FALSE(odd.state.prompt_tokens || odd.state.completion_tokens);
}

TEST(ReplyState, IsAsNewAfterClear) {
  ReplyState state;
  state.completion_tokens = 3;
  state.finish_reason = "stop";
  state.done = state.after_done = state.total_told = true;
  state.since_cumulative = 4;
  state.server.emplace();
  state.clear();
  EXPECT_FALSE(state.completion_tokens || state.server);
  EXPECT_TRUE(state.finish_reason.empty());
  EXPECT_FALSE(state.done || state.after_done || state.total_told);
  EXPECT_EQ(state.since_cumulative, 0);
}

TEST(PieceProperty, CountsOfContinuousUsageAddUp) {
  rc::check([](const std::vector<std::uint8_t>& bundles) {
    auto read = chat();
    int sum = 0;
    std::int64_t counted = 0;
    for (const auto bundle : bundles) {
      sum += 1 + bundle % 5;
      const auto piece =
          read(delta(R"("content":"x")",
                     R"(,"usage":{"prompt_tokens":2,"completion_tokens":)" + std::to_string(sum) + "}"));
      RC_ASSERT(piece.known());
      counted += piece.tokens;
    }
    RC_ASSERT(counted == sum);
    RC_ASSERT(read.state.counted_tokens == sum);
  });
}

}  // namespace
}  // namespace edgeeval
