// SPDX-License-Identifier: Apache-2.0
// OpenAI's routes: which event carries what, and how many tokens (cases of research, loadgen.md section 3).
#include <gtest/gtest.h>

#include "unit/wire/reading.hpp"

namespace edgeeval {
namespace {

Reading chat() { return Reading(dialect_at(ServerKind::vllm, RouteKind::chat)); }
Reading text() { return Reading(dialect_at(ServerKind::vllm, RouteKind::completions)); }

std::string usage(int prompt, int completion) {
  return ",\"usage\":{\"prompt_tokens\":" + std::to_string(prompt) +
         ",\"completion_tokens\":" + std::to_string(completion) +
         ",\"total_tokens\":" + std::to_string(prompt + completion) + "}";
}

TEST(OpenAi, ARoleAloneIsNoFirstToken) {
  for (const char* content : {"null", "\"\""}) {
    auto read = chat();
    const auto piece = read(delta(R"("role":"assistant","content":)" + std::string(content)));
    EXPECT_EQ(piece.kind, EventClass::role);
    EXPECT_FALSE(piece.known());
    EXPECT_EQ(read.state.uncounted_events, 0);
  }
}

TEST(OpenAi, ARoleBesideTextIsContent) {
  auto read = chat();
  const auto piece = read(delta(R"("role":"assistant","content":"Hi")"));
  EXPECT_EQ(piece.kind, EventClass::content);
  EXPECT_EQ(piece.text, "Hi");
}

TEST(OpenAi, ReasoningCountsUnderBothItsNames) {
  auto read = chat();
  for (const char* name : {"reasoning", "reasoning_content"}) {
    const auto piece = read(delta("\"content\":null,\"" + std::string(name) + "\":\"hm\""));
    EXPECT_EQ(piece.kind, EventClass::reasoning) << name;
    EXPECT_EQ(piece.text, "hm");
  }
  EXPECT_EQ(read(delta(R"("content":"so","reasoning":"hm")")).kind, EventClass::content);
}

TEST(OpenAi, SglangsNullsAreNoRoleAndNoText) {
  auto read = chat();
  EXPECT_EQ(read(delta(R"("role":null,"content":" a","reasoning_content":null,"tool_calls":null)")).kind,
            EventClass::content);
  EXPECT_EQ(read(delta(R"("role":null,"content":null,"reasoning_content":null,"tool_calls":null)")).kind,
            EventClass::empty);
}

TEST(OpenAi, EmptyTextIsEmpty) {
  auto read = chat();
  EXPECT_EQ(read(delta(R"("content":"")")).kind, EventClass::empty);
  EXPECT_EQ(read(delta("")).kind, EventClass::empty);
  EXPECT_EQ(text()(R"({"choices":[{"text":"","finish_reason":null}]})").kind, EventClass::empty);
}

TEST(OpenAi, AToolCallIsTokensFromItsNameOn) {
  auto read = chat();
  auto piece = read(delta(
      R"("tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":""}}])"));
  EXPECT_EQ(piece.kind, EventClass::tool);
  EXPECT_EQ(piece.text, "look");
  piece = read(delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"q\":"}}])"));
  EXPECT_EQ(piece.kind, EventClass::tool);
  EXPECT_EQ(piece.text, "{\"q\":");
  EXPECT_EQ(read(delta(R"("tool_calls":[])")).kind, EventClass::other);
  EXPECT_EQ(read(delta(R"("function_call":{"name":"f","arguments":"x"})")).text, "x");
}

TEST(OpenAi, TextWithAReasonToFinishIsContentWithAFlag) {
  auto read = chat();
  const auto piece = read(chunk(R"("delta":{"content":" end"},"finish_reason":"stop")"));
  EXPECT_EQ(piece.kind, EventClass::content);
  EXPECT_TRUE(piece.finish());
  EXPECT_EQ(read.state.finish_reason, "stop");
  EXPECT_TRUE(read.state.finished);
}

TEST(OpenAi, AReasonToFinishAloneIsFinish) {
  auto read = chat();
  const auto piece = read(chunk(R"("delta":{},"finish_reason":"length")"));
  EXPECT_EQ(piece.kind, EventClass::finish);
  EXPECT_TRUE(piece.finish());
  EXPECT_FALSE(piece.known());
  EXPECT_EQ(chat()(chunk(R"("delta":{"content":""},"finish_reason":"stop")")).kind, EventClass::finish);
}

TEST(OpenAi, TokenIdsAreTheBestCount) {
  auto read = chat();
  const auto piece =
      read(chunk(R"("delta":{"content":" a b"},"finish_reason":null,"token_ids":[7,8])", usage(5, 3)));
  EXPECT_EQ(piece.tokens, 2);
  EXPECT_EQ(piece.source, TokenSource::token_ids);
  EXPECT_TRUE(piece.known() && piece.usage());
}

TEST(OpenAi, SourcesOfEventsAreCountedWhateverTellsTheWhole) {
  auto read = chat();
  read(delta(R"("role":"assistant","content":"")"));
  read(chunk(R"("delta":{"content":" a b"},"finish_reason":null,"token_ids":[7,8])", usage(5, 2)));
  read(delta(R"("content":" c")", usage(5, 3)));
  read(delta(R"("content":" d")"));
  read("{\"choices\":[]" + usage(5, 4) + "}");
  EventSources expected{};
  expected[static_cast<std::size_t>(TokenSource::token_ids)] = 1;
  expected[static_cast<std::size_t>(TokenSource::usage_difference)] = 1;
  expected[static_cast<std::size_t>(TokenSource::unknown)] = 1;
  EXPECT_EQ(read.state.event_sources, expected);
  EXPECT_EQ(read.state.completion_source, TokenSource::usage);
  read.state.clear();
  EXPECT_EQ(read.state.event_sources, EventSources{});
}

TEST(OpenAi, TokensWithoutTextAreKept) {
  // A special token that is not shown, or a part of a character.
  auto read = chat();
  auto piece = read(chunk(R"("delta":{"content":""},"finish_reason":null,"token_ids":[1])"));
  EXPECT_EQ(piece.kind, EventClass::empty);
  EXPECT_EQ(piece.tokens, 1);
  EXPECT_TRUE(piece.known());
  piece = read(chunk(R"("delta":{"content":"x"},"finish_reason":null,"token_ids":[2])"));
  EXPECT_EQ(piece.tokens, 1);
  EXPECT_EQ(read.state.completion_tokens, 2);
  EXPECT_EQ(read.state.completion_source, TokenSource::token_ids);
}

TEST(OpenAi, BundlesAreToldByTheDifferenceOfUsage) {
  auto read = chat();
  EXPECT_FALSE(read(delta(R"("role":"assistant","content":"")", usage(5, 0))).known());
  auto piece = read(delta(R"("content":" a b c d")", usage(5, 4)));
  EXPECT_EQ(piece.tokens, 4);
  EXPECT_EQ(piece.source, TokenSource::usage_difference);
  piece = read(delta(R"("content":" e")", usage(5, 5)));
  EXPECT_EQ(piece.tokens, 1);
  piece = read(delta(R"("content":" f g")", usage(5, 7)));
  EXPECT_EQ(piece.tokens, 2);
  piece = read("{\"choices\":[]" + usage(5, 7) + "}");
  EXPECT_EQ(piece.kind, EventClass::usage);
  EXPECT_FALSE(piece.known());
  EXPECT_EQ(read.state.counted_tokens, 7);
  EXPECT_EQ(read.state.uncounted_events, 0);
  EXPECT_EQ(read.state.completion_tokens, 7);
  EXPECT_EQ(read.state.completion_source, TokenSource::usage);
}

TEST(OpenAi, UsageAtTheEndAloneSaysNothingOfTheEventItStandsIn) {
  // Usage on the finish chunk that also has text (llama-cpp-python #1640): 3 tokens came with three events.
  auto read = chat();
  EXPECT_FALSE(read(delta(R"("content":" a")")).known());
  EXPECT_FALSE(read(delta(R"("content":" b")")).known());
  const auto piece = read(chunk(R"("delta":{"content":" c"},"finish_reason":"stop")", usage(5, 3)));
  EXPECT_EQ(piece.kind, EventClass::content);
  EXPECT_FALSE(piece.known());
  EXPECT_EQ(read.state.uncounted_events, 3);
  EXPECT_EQ(read.state.completion_tokens, 3);
  EXPECT_EQ(read.state.completion_source, TokenSource::usage);
}

TEST(OpenAi, UsageOnTheOnlyEventIsItsCount) {
  auto read = chat();
  EXPECT_EQ(read(chunk(R"("delta":{"content":" a"},"finish_reason":"stop")", usage(5, 1))).tokens, 1);
}

TEST(OpenAi, UsageChunkWithEmptyIdAndEmptyChoicesIsUsage) {
  auto read = chat();
  const auto piece = read(
      R"({"id":"","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,)"
      R"("total_tokens":13,"prompt_tokens_details":{"cached_tokens":2},)"
      R"("completion_tokens_details":{"reasoning_tokens":3}}})");
  EXPECT_EQ(piece.kind, EventClass::usage);
  EXPECT_TRUE(piece.usage());
  EXPECT_EQ(read.state.prompt_tokens, 9);
  EXPECT_EQ(read.state.cached_tokens, 2);
  EXPECT_EQ(read.state.completion_tokens, 4);
  EXPECT_EQ(read.state.reasoning_tokens, 3);
}

TEST(OpenAi, UsageOfZerosIsNone) {
  // Ollama's /v1/completions has it on every chunk.
  Reading read(dialect_at(ServerKind::ollama, RouteKind::completions));
  const std::string zeros = R"(,"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}})";
  const auto piece = read(R"({"choices":[{"index":0,"text":" a","finish_reason":null}])" + zeros);
  EXPECT_EQ(piece.kind, EventClass::content);
  EXPECT_FALSE(piece.known());
  EXPECT_FALSE(piece.usage());
  EXPECT_FALSE(read.state.completion_tokens.has_value());
  EXPECT_EQ(read("{\"choices\":[]" + zeros).kind, EventClass::other);
}

TEST(OpenAi, ACountThatFallsIsNotBelieved) {
  auto read = chat();
  EXPECT_EQ(read(delta(R"("content":" a")", usage(5, 4))).tokens, 4);
  EXPECT_FALSE(read(delta(R"("content":" b")", usage(5, 2))).known());
}

TEST(OpenAi, ACountBeyondAnyIsNone) {
  auto read = chat();
  static_cast<void>(
      read(R"({"choices":[],"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":1e300,)"
           R"("total_tokens":18446744073709551615}})"));
  EXPECT_EQ(read.state.prompt_tokens, std::nullopt);
  EXPECT_EQ(read.state.completion_tokens, std::nullopt);
}

TEST(OpenAi, CompletionsHaveTextAndLogprobs) {
  auto read = text();
  const auto piece = read(
      R"({"choices":[{"index":0,"text":" a b","logprobs":{"tokens":[" a"," b"],"token_logprobs":[-1,-2]},)"
      R"("finish_reason":null}]})");
  EXPECT_EQ(piece.kind, EventClass::content);
  EXPECT_EQ(piece.text, " a b");
  EXPECT_EQ(piece.tokens, 2);
  EXPECT_EQ(piece.source, TokenSource::logprobs);
  EXPECT_EQ(read.state.completion_source, TokenSource::logprobs);
}

TEST(OpenAi, ChatLogprobsAreListedUnderContent) {
  const auto piece = chat()(chunk(
      R"("delta":{"content":"x"},"logprobs":{"content":[{"token":"x","logprob":-1}]},"finish_reason":null)"));
  EXPECT_EQ(piece.tokens, 1);
  EXPECT_EQ(piece.source, TokenSource::logprobs);
}

TEST(OpenAi, PromptTokenIdsCountThePrompt) {
  auto read = chat();
  read(delta(R"("role":"assistant","content":"")", R"(,"prompt_token_ids":[1,2,3])"));
  EXPECT_EQ(read.state.prompt_tokens, 3);
}

TEST(OpenAi, LlamaServersTimingsPerTokenCount) {
  Reading read(dialect_at(ServerKind::llama_server, RouteKind::chat));
  const auto timings = [](int predicted) {
    return R"(,"timings":{"cache_n":2,"prompt_n":5,"prompt_ms":20.5,"predicted_n":)" +
           std::to_string(predicted) + R"(,"predicted_ms":60,"draft_n":8,"draft_n_accepted":6})";
  };
  auto piece = read(delta(R"("content":" a b")", timings(2)));
  EXPECT_EQ(piece.tokens, 2);
  EXPECT_EQ(piece.source, TokenSource::native);
  piece = read(delta(R"("content":" c")", timings(3)));
  EXPECT_EQ(piece.tokens, 1);
  EXPECT_TRUE(piece.usage());
  EXPECT_EQ(read.state.completion_tokens, 3);
  EXPECT_EQ(read.state.completion_source, TokenSource::native);
  EXPECT_EQ(read.state.prompt_tokens, 7) << "what the cache had and what was evaluated";
  EXPECT_EQ(read.state.cached_tokens, 2);
  ServerTimings told;
  told.cached_tokens = 2;
  told.prompt_tokens = 5;
  told.prompt_ms = 20.5;
  told.predicted_tokens = 3;
  told.predicted_ms = 60;
  told.draft_tokens = 8;
  told.draft_accepted = 6;
  EXPECT_EQ(read.state.server, told);
}

TEST(OpenAi, TimingsOnTheLastChunkAloneAreTheTotal) {
  Reading read(dialect_at(ServerKind::llama_server, RouteKind::chat));
  EXPECT_FALSE(read(delta(R"("content":" a")")).known());
  const auto piece = read(chunk(R"("delta":{},"finish_reason":"stop")", R"(,"timings":{"predicted_n":1})"));
  EXPECT_EQ(piece.kind, EventClass::finish);
  EXPECT_FALSE(piece.known());
  EXPECT_EQ(read.state.completion_tokens, 1);
}

TEST(OpenAi, ProgressOfThePromptIsProgress) {
  Reading read(dialect_at(ServerKind::llama_server, RouteKind::chat));
  EXPECT_EQ(read(delta(R"("role":"assistant","content":null)",
                       R"(,"prompt_progress":{"total":9,"cache":0,"processed":4,"time_ms":3})"))
                .kind,
            EventClass::progress);
}

TEST(OpenAi, LmStudiosOwnStatsAreTimes) {
  Reading read(dialect_at(ServerKind::lm_studio, RouteKind::chat));
  read(chunk(R"("delta":{},"finish_reason":"stop")",
             R"(,"stats":{"tokens_per_second":50,"time_to_first_token":0.111,"generation_time":0.954})"));
  ASSERT_TRUE(read.state.server);
  EXPECT_DOUBLE_EQ(read.state.server->first_token_ms.value(), 111.0);
  EXPECT_DOUBLE_EQ(read.state.server->predicted_ms.value(), 954.0);
}

TEST(OpenAi, ChunksOfOthersAreOther) {
  EXPECT_EQ(chat()(R"({"choices":[],"prompt_filter_results":[]})").kind, EventClass::other);
  EXPECT_EQ(chat()("{}").kind, EventClass::other);
}

TEST(OpenAi, AWholeMessageInOneEventIsContent) {
  EXPECT_EQ(chat()(chunk(R"("message":{"role":"assistant","content":"all"},"finish_reason":"stop")")).text,
            "all");
}

}  // namespace
}  // namespace edgeeval
