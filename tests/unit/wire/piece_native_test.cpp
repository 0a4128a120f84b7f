// SPDX-License-Identifier: Apache-2.0
// Servers' own routes: llama-server, Ollama, SGLang, TGI, LM Studio.
#include <gtest/gtest.h>

#include "unit/wire/reading.hpp"

namespace edgeeval {
namespace {

Reading llama() { return Reading(dialect_at(ServerKind::llama_server, RouteKind::llama_completion)); }
Reading ollama() { return Reading(dialect_at(ServerKind::ollama, RouteKind::ollama_chat)); }
Reading sglang() { return Reading(dialect_at(ServerKind::sglang, RouteKind::sglang_generate)); }
Reading tgi() { return Reading(dialect_at(ServerKind::tgi, RouteKind::tgi_generate)); }
Reading lm_studio() { return Reading(dialect_at(ServerKind::lm_studio, RouteKind::lm_studio_chat)); }

TEST(LlamaCompletion, CountsItsListOfTokensOrItsCounter) {
  auto read = llama();
  auto piece =
      read(R"({"content":" a b","tokens":[7,8],"stop":false,"tokens_predicted":2,"tokens_evaluated":5})");
  EXPECT_EQ(piece.kind, EventClass::content);
  EXPECT_EQ(piece.tokens, 2);
  EXPECT_EQ(piece.source, TokenSource::native);
  // Without return_tokens the list is empty.
  piece = read(R"({"content":" c","tokens":[],"stop":false,"tokens_predicted":3,"tokens_evaluated":5})");
  EXPECT_EQ(piece.tokens, 1);
  EXPECT_EQ(read.state.prompt_tokens, 5);
  EXPECT_EQ(read.state.counted_tokens, 3);
}

TEST(LlamaCompletion, EndsWithAStopAndItsReason) {
  auto read = llama();
  const auto piece = read(
      R"({"content":"","tokens":[],"stop":true,"stop_type":"limit","tokens_predicted":3,"tokens_evaluated":5,)"
      R"("timings":{"prompt_n":5,"prompt_ms":20,"predicted_n":3,"predicted_ms":60}})");
  EXPECT_EQ(piece.kind, EventClass::finish);
  EXPECT_TRUE(piece.finish() && piece.usage());
  EXPECT_EQ(read.state.finish_reason, "limit");
  EXPECT_EQ(read.state.completion_tokens, 3);
  EXPECT_EQ(read.state.completion_source, TokenSource::native);
  EXPECT_DOUBLE_EQ(read.state.server.value().predicted_ms.value(), 60.0);
}

TEST(LlamaCompletion, TokensWithoutTextAreKept) {
  auto read = llama();
  auto piece = read(R"({"content":"","tokens":[9],"stop":false,"tokens_predicted":1})");
  EXPECT_EQ(piece.kind, EventClass::empty);
  EXPECT_EQ(piece.tokens, 1);
  piece = read(R"({"content":"é","tokens":[10],"stop":false,"tokens_predicted":2})");
  EXPECT_EQ(piece.tokens, 1);
}

TEST(Ollama, TextThinkingAndTheEnd) {
  auto read = ollama();
  auto piece =
      read(R"({"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false})");
  EXPECT_EQ(piece.kind, EventClass::reasoning);
  EXPECT_EQ(piece.text, "hm");
  EXPECT_FALSE(piece.known()) << "Ollama promises no token an event";
  piece = read(R"({"model":"m","message":{"role":"assistant","content":"Hi"},"done":false})");
  EXPECT_EQ(piece.kind, EventClass::content);
  piece = read(R"({"model":"m","message":{"role":"assistant","content":""},"done":false})");
  EXPECT_EQ(piece.kind, EventClass::empty);
  piece = read(
      R"({"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",)"
      R"("total_duration":80000000,"load_duration":1500000,"prompt_eval_count":5,"prompt_eval_duration":20000000,)"
      R"("eval_count":2,"eval_duration":60000000})");
  EXPECT_EQ(piece.kind, EventClass::done);
  EXPECT_TRUE(piece.finish() && piece.usage());
  EXPECT_TRUE(read.state.done);
  EXPECT_EQ(read.state.finish_reason, "stop");
  EXPECT_EQ(read.state.prompt_tokens, 5);
  EXPECT_EQ(read.state.completion_tokens, 2);
  EXPECT_EQ(read.state.completion_source, TokenSource::native);
  ServerTimings told;
  told.total_ms = 80.0;
  told.load_ms = 1.5;
  told.prompt_ms = 20.0;
  told.predicted_ms = 60.0;
  told.prompt_tokens = 5;
  told.predicted_tokens = 2;
  EXPECT_EQ(read.state.server, told);
}

TEST(Ollama, ToolCallsAreTokens) {
  const auto piece = ollama()(
      R"({"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"look","arguments":{"q":1}}}]},)"
      R"("done":false})");
  EXPECT_EQ(piece.kind, EventClass::tool);
  EXPECT_EQ(piece.text, "look");
}

TEST(Ollama, GenerateHasItsTextAtTheTop) {
  Reading read(dialect_at(ServerKind::ollama, RouteKind::ollama_generate));
  EXPECT_EQ(read(R"({"model":"m","response":"Hi","done":false})").text, "Hi");
  EXPECT_EQ(read(R"({"model":"m","response":"","thinking":"hm","done":false})").kind, EventClass::reasoning);
  EXPECT_EQ(read(R"({"model":"m","response":"!","done":true,"done_reason":"length"})").kind,
            EventClass::content);
  EXPECT_TRUE(read.state.done && read.state.finished);
}

TEST(Ollama, AnErrorLineIsAnError) {
  auto read = ollama();
  const auto piece = read(R"({"error":"an error was encountered while running the model"})");
  EXPECT_EQ(piece.kind, EventClass::error);
  EXPECT_EQ(piece.failure, FailureClass::error_event);
  EXPECT_EQ(piece.message, "an error was encountered while running the model");
}

std::string sglang_event(std::string_view text, std::string_view ids, int tokens,
                         std::string_view reason = "null") {
  return R"({"text":")" + std::string(text) + R"(","output_ids":)" + std::string(ids) +
         R"(,"meta_info":{"id":"1","finish_reason":)" + std::string(reason) +
         R"(,"prompt_tokens":5,"completion_tokens":)" + std::to_string(tokens) + R"(,"cached_tokens":4,)" +
         R"("e2e_latency":0.08}})";
}

TEST(Sglang, TheTextSoFarGivesTheNewText) {
  auto read = sglang();
  auto piece = read(sglang_event(" the", "[1]", 1));
  EXPECT_EQ(piece.text, " the");
  EXPECT_EQ(piece.tokens, 1);
  piece = read(sglang_event(" the café costs", "[1,2,3]", 3));
  EXPECT_EQ(piece.text, " café costs");
  EXPECT_EQ(piece.tokens, 2);
  EXPECT_EQ(piece.source, TokenSource::native);
  piece = read(sglang_event(" the café costs", "[1,2,3,4]", 4, R"({"type":"length","length":4})"));
  EXPECT_EQ(piece.kind, EventClass::finish);
  EXPECT_EQ(piece.tokens, 1) << "an end-of-sequence token without text";
  EXPECT_EQ(read.state.finish_reason, "length");
  EXPECT_EQ(read.state.prompt_tokens, 5);
  EXPECT_EQ(read.state.cached_tokens, 4);
  EXPECT_EQ(read.state.completion_tokens, 4);
  EXPECT_DOUBLE_EQ(read.state.server.value().total_ms.value(), 80.0);
}

TEST(Sglang, IncrementsAreTakenAsTheyAre) {
  auto read = sglang();
  EXPECT_EQ(read(sglang_event(" the", "[1]", 1)).text, " the");
  EXPECT_EQ(read(sglang_event(" café costs", "[2,3]", 3)).text, " café costs");
}

TEST(Sglang, ATextThatChangedItsEndIsCutAtACharacter) {
  auto read = sglang();
  read(sglang_event("ab", "[1]", 1));
  // "a" and then "é" (two bytes) at byte 1: byte 2 is within it.
  EXPECT_EQ(read(sglang_event("aé", "[1,2]", 2)).text, "é");
  EXPECT_EQ(read(sglang_event("a", "[1,2,3]", 3)).text, "");
}

TEST(Tgi, OneTokenAnEventByProtocol) {
  auto read = tgi();
  auto piece = read(
      R"({"index":1,"token":{"id":7,"text":" a","logprob":-0.5,"special":false},"generated_text":null,"details":null})");
  EXPECT_EQ(piece.kind, EventClass::content);
  EXPECT_EQ(piece.tokens, 1);
  EXPECT_EQ(piece.source, TokenSource::one_an_event);
  EXPECT_EQ(read.state.completion_tokens, 1);
  piece =
      read(R"({"index":2,"token":{"id":2,"text":"</s>","logprob":-0.1,"special":true},"generated_text":" a",)"
           R"("details":{"finish_reason":"eos_token","generated_tokens":2,"seed":null,"input_length":5}})");
  EXPECT_EQ(piece.kind, EventClass::finish) << "the end's token is no text";
  EXPECT_EQ(piece.tokens, 1);
  EXPECT_EQ(piece.text, "");
  EXPECT_EQ(read.state.finish_reason, "eos_token");
  EXPECT_EQ(read.state.completion_tokens, 2);
  EXPECT_EQ(read.state.completion_source, TokenSource::native);
  EXPECT_EQ(read.state.prompt_tokens, 5);
}

TEST(LmStudio, NamedEventsHaveTheirClasses) {
  struct Row {
    const char* event;
    const char* data;
    EventClass kind;
  };
  const Row rows[] = {
      {"chat.start", R"({"type":"chat.start","model_instance_id":"m"})", EventClass::progress},
      {"model_load.start", R"({"type":"model_load.start"})", EventClass::progress},
      {"model_load.progress", R"({"type":"model_load.progress","progress":0.5})", EventClass::progress},
      {"model_load.end", R"({"type":"model_load.end","load_time_seconds":1.5})", EventClass::progress},
      {"prompt_processing.progress", R"({"progress":1})", EventClass::progress},
      {"reasoning.start", R"({"type":"reasoning.start"})", EventClass::role},
      {"reasoning.delta", R"({"type":"reasoning.delta","content":"hm"})", EventClass::reasoning},
      {"reasoning.end", R"({"type":"reasoning.end"})", EventClass::empty},
      {"tool_call.start", R"({"type":"tool_call.start","tool":"look"})", EventClass::tool},
      {"tool_call.arguments", R"({"tool":"look","arguments":{"q":1}})", EventClass::tool},
      {"tool_call.success", R"({"tool":"look","output":"much"})", EventClass::other},
      {"message.start", R"({"type":"message.start"})", EventClass::role},
      {"message.delta", R"({"type":"message.delta","content":"Hi"})", EventClass::content},
      {"message.delta", R"({"type":"message.delta","content":""})", EventClass::empty},
      {"message.end", R"({"type":"message.end"})", EventClass::empty},
      {"", R"({"type":"message.delta","content":"by type"})", EventClass::content},
      {"new.event", R"({"type":"new.event"})", EventClass::other},
  };
  auto read = lm_studio();
  for (const auto& row : rows) EXPECT_EQ(read(row.data, row.event).kind, row.kind) << row.event;
  EXPECT_DOUBLE_EQ(read.state.server.value().load_ms.value(), 1500.0);
}

TEST(LmStudio, TheEndOfTheChatHasItsStats) {
  auto read = lm_studio();
  const auto piece = read(
      R"({"type":"chat.end","result":{"output":[{"type":"message","content":"Hi"}],"stats":{"input_tokens":5,)"
      R"("total_output_tokens":3,"reasoning_output_tokens":1,"tokens_per_second":50,)"
      R"("time_to_first_token_seconds":0.02,"model_load_time_seconds":2.5}}})",
      "chat.end");
  EXPECT_EQ(piece.kind, EventClass::done);
  EXPECT_TRUE(piece.usage());
  EXPECT_TRUE(read.state.done);
  EXPECT_EQ(read.state.prompt_tokens, 5);
  EXPECT_EQ(read.state.completion_tokens, 3);
  EXPECT_EQ(read.state.completion_source, TokenSource::native);
  EXPECT_EQ(read.state.reasoning_tokens, 1);
  EXPECT_DOUBLE_EQ(read.state.server.value().first_token_ms.value(), 20.0);
  EXPECT_DOUBLE_EQ(read.state.server.value().load_ms.value(), 2500.0);
}

}  // namespace
}  // namespace edgeeval
