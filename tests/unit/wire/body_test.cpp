// SPDX-License-Identifier: Apache-2.0
// Bodies of requests, by a parser that is not ours, and by servers that refuse what they do not know.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/json.hpp"
#include "unit/wire/mock_talk.hpp"
#include "unit/wire/reading.hpp"

namespace edgeeval {
namespace {

Json body(const Dialect& dialect, const Asking& asking) {
  std::string text = "left over";
  write_body(dialect, asking, text);
  auto json = Json::parse(text, nullptr, false);
  EXPECT_TRUE(json.is_object()) << text;
  return json;
}

/// An asking with everything in it.
Asking full() {
  Asking asking;
  asking.model = "m";
  asking.salt = "7f3a ";
  asking.system = "Be brief.";
  asking.text = "one two";
  asking.max_tokens = 64;
  asking.ignore_eos = true;
  asking.temperature = 0.7;
  asking.seed = 42;
  return asking;
}

TEST(Body, OpenAiChatHasOnlyTheFieldsOfItsReference) {
  EXPECT_EQ(body(dialect_at(ServerKind::openai_chat, RouteKind::chat), full()),
            Json::parse(R"({"model":"m","messages":[{"role":"system","content":"7f3a Be brief."},
              {"role":"user","content":"one two"}],"max_tokens":64,"temperature":0.7,"seed":42,"stream":true,
              "stream_options":{"include_usage":true}})"));
}

TEST(Body, VllmIsAskedForIdsAndUsageAllAlong) {
  const auto json = body(dialect_at(ServerKind::vllm, RouteKind::chat), full());
  EXPECT_EQ(json["stream_options"], Json::parse(R"({"include_usage":true,"continuous_usage_stats":true})"));
  EXPECT_EQ(json["ignore_eos"], true);
  EXPECT_EQ(json["return_token_ids"], true);
  EXPECT_FALSE(json.contains("min_tokens") || json.contains("cache_prompt"));
}

TEST(Body, LlamaServerIsToldNotToReuseItsCache) {
  auto asking = full();
  for (const auto route : {RouteKind::chat, RouteKind::llama_completion}) {
    const auto dialect = dialect_at(ServerKind::llama_server, route);
    asking.reuse_prompt_cache = false;
    EXPECT_EQ(body(dialect, asking)["cache_prompt"], false);
    EXPECT_EQ(body(dialect, asking)["timings_per_token"], true);
    asking.reuse_prompt_cache = true;
    EXPECT_EQ(body(dialect, asking)["cache_prompt"], true);
  }
}

TEST(Body, LlamaCompletionHasItsOwnWords) {
  EXPECT_EQ(body(dialect_at(ServerKind::llama_server, RouteKind::llama_completion), full()),
            Json::parse(R"({"prompt":"7f3a Be brief.\n\none two","n_predict":64,"temperature":0.7,"seed":42,
              "stream":true,"ignore_eos":true,"return_tokens":true,"timings_per_token":true,"cache_prompt":false})"));
}

TEST(Body, OllamaHasOptions) {
  EXPECT_EQ(body(dialect_at(ServerKind::ollama, RouteKind::ollama_chat), full()),
            Json::parse(R"({"model":"m","messages":[{"role":"system","content":"7f3a Be brief."},
              {"role":"user","content":"one two"}],"stream":true,
              "options":{"num_predict":64,"temperature":0.7,"seed":42}})"));
  EXPECT_EQ(body(dialect_at(ServerKind::ollama, RouteKind::ollama_generate), full()),
            Json::parse(R"({"model":"m","system":"7f3a Be brief.","prompt":"one two","stream":true,
              "options":{"num_predict":64,"temperature":0.7,"seed":42}})"));
}

TEST(Body, SglangGenerateHasSamplingParams) {
  EXPECT_EQ(body(dialect_at(ServerKind::sglang, RouteKind::sglang_generate), full()),
            Json::parse(R"({"text":"7f3a Be brief.\n\none two",
              "sampling_params":{"max_new_tokens":64,"temperature":0.7,"ignore_eos":true},"stream":true})"));
}

TEST(Body, TgiGetsNoTemperatureOfZero) {
  auto asking = full();
  const auto dialect = dialect_at(ServerKind::tgi, RouteKind::tgi_generate);
  EXPECT_EQ(body(dialect, asking),
            Json::parse(R"({"inputs":"7f3a Be brief.\n\none two","parameters":{"max_new_tokens":64,
              "do_sample":true,"temperature":0.7,"seed":42,"details":true},"stream":true})"));
  asking.temperature = 0.0;
  EXPECT_FALSE(body(dialect, asking)["parameters"].contains("temperature"));
}

TEST(Body, LmStudioHasItsInput) {
  EXPECT_EQ(body(dialect_at(ServerKind::lm_studio, RouteKind::lm_studio_chat), full()),
            Json::parse(R"({"model":"m","system_prompt":"7f3a Be brief.","input":"one two",
              "max_output_tokens":64,"temperature":0.7,"stream":true})"));
}

TEST(Body, MessagesStandAsTheyAreAndTheFirstIsSalted) {
  const std::vector<std::pair<std::string, std::string>> messages{
      {"user", "Hi"}, {"assistant", "Hello"}, {"user", "Bye"}};
  auto asking = full();
  asking.messages = &messages;
  EXPECT_EQ(body(dialect_at(ServerKind::openai_chat, RouteKind::chat), asking)["messages"],
            Json::parse(R"([{"role":"user","content":"7f3a Hi"},{"role":"assistant","content":"Hello"},
              {"role":"user","content":"Bye"}])"));
  EXPECT_EQ(body(dialect_at(ServerKind::tgi, RouteKind::tgi_generate), asking)["inputs"],
            "7f3a Hi\n\nHello\n\nBye");
}

TEST(Body, TheSaltIsFirstWhereThereIsNoSystem) {
  auto asking = full();
  asking.system = {};
  EXPECT_EQ(body(dialect_at(ServerKind::openai_chat, RouteKind::chat), asking)["messages"][0]["content"],
            "7f3a one two");
  EXPECT_EQ(body(dialect_at(ServerKind::vllm, RouteKind::completions), asking)["prompt"], "7f3a one two");
  EXPECT_EQ(body(dialect_at(ServerKind::lm_studio, RouteKind::lm_studio_chat), asking)["input"],
            "7f3a one two");
}

TEST(Body, IdsAreSentWhereTheyAreTaken) {
  const std::vector<std::int32_t> ids{1, 15, 7};
  auto asking = full();
  asking.token_ids = &ids;
  EXPECT_EQ(body(dialect_at(ServerKind::vllm, RouteKind::completions), asking)["prompt"], Json({1, 15, 7}));
  EXPECT_EQ(body(dialect_at(ServerKind::sglang, RouteKind::sglang_generate), asking)["input_ids"],
            Json({1, 15, 7}));
  EXPECT_TRUE(body(dialect_at(ServerKind::ollama, RouteKind::completions), asking)["prompt"].is_string());
}

TEST(Body, ExtraMembersAreAddedAsTheyAre) {
  auto asking = full();
  asking.extra_json = R"("top_k":1,"logit_bias":{"5":-1})";
  const auto json = body(dialect_at(ServerKind::openai_chat, RouteKind::chat), asking);
  EXPECT_EQ(json["top_k"], 1);
  EXPECT_EQ(json["logit_bias"], Json::parse(R"({"5":-1})"));
}

TEST(Body, ATemperatureThatIsNoNumberIsLeftOut) {
  auto asking = full();
  asking.temperature = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(body(dialect_at(ServerKind::vllm, RouteKind::chat), asking).contains("temperature"));
}

TEST(BodyProperty, AnyTextGivesJsonInEveryDialect) {
  rc::check([](const std::string& salt, const std::string& system, const std::string& text) {
    for (const auto kind : all_server_kinds()) {
      for (const auto& dialect : dialects_of(kind)) {
        Asking asking;
        asking.model = text;
        asking.salt = salt;
        asking.system = system;
        asking.text = text;
        std::string out;
        write_body(dialect, asking, out);
        RC_ASSERT(Json::parse(out, nullptr, false).is_object());
      }
    }
  });
}

/// A mock of that name which answers at once.
mock::Script quick(std::string_view dialect) {
  mock::Script script;
  script.dialect = mock::parse_dialect(dialect).value();
  script.reply.ttft = script.reply.itl = {mock::Law::Kind::constant, std::chrono::microseconds(100)};
  return script;
}

TEST(BodyLive, EveryRouteOfEveryServerTakesItAndStreamsAsTold) {
  for (const auto kind : all_server_kinds()) {
    const MockOnThread server(quick(to_string(kind)));
    for (const auto& dialect : dialects_of(kind)) {
      auto asking = full();
      asking.max_tokens = 4;
      std::string text;
      write_body(dialect, asking, text);
      const auto answer = ask_port(server.port(), dialect.path, text);
      ASSERT_TRUE(answer) << dialect.path;
      ASSERT_EQ(answer->status, 200) << to_string(kind) << dialect.path << answer->body;
      Reading read(dialect);
      int carrying = 0;
      Framer framer(dialect.framing);
      framer.feed(answer->body);
      Frame frame;
      while (framer.next(frame)) carrying += carries_tokens(read.read(frame).kind) ? 1 : 0;
      EXPECT_EQ(carrying, 4) << to_string(kind) << dialect.path;
      EXPECT_TRUE(read.state.finished || read.state.done) << dialect.path;
      // The salt, two words of the system and two of the user.
      EXPECT_EQ(read.state.prompt_tokens, 5) << to_string(kind) << dialect.path;
      EXPECT_EQ(read.state.completion_tokens, 4) << to_string(kind) << dialect.path;
    }
  }
}

TEST(BodyLive, StrictServersRefuseTheFieldsOfOthers) {
  // The test above could not fail if the mock took everything.
  const MockOnThread server(quick("tensorrt-llm"));
  std::string text;
  write_body(dialect_at(ServerKind::vllm, RouteKind::chat), full(), text);
  EXPECT_EQ(ask_port(server.port(), "/v1/chat/completions", text)->status, 400);
}

}  // namespace
}  // namespace edgeeval
