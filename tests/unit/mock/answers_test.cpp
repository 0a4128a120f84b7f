// SPDX-License-Identifier: Apache-2.0
#include "mock/answers.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace edgeeval::mock {
namespace {

struct Ready {
  Dialect dialect;
  const char* path;
  const char* body;  ///< When ready.
  int loading_status;
};

TEST(Answers, SayReadyAndLoadingAsTheDialectDoes) {
  const Ready cases[] = {
      {Dialect::llama_server, "/health", "{\"status\":\"ok\"}", 503},
      {Dialect::ollama, "/", "Ollama is running", 503},
      {Dialect::vllm, "/health", "", 503},
      {Dialect::sglang, "/health", "", 503},
      {Dialect::tgi, "/health", "", 503},
      {Dialect::tensorrt_llm, "/health", "", 503},
  };
  for (const auto& ready : cases) {
    ServerFacts facts{ready.dialect, "\"m\"", false, 0};
    const auto answer = route_answer(facts, "GET", ready.path, "");
    EXPECT_EQ(answer.status, 200) << to_string(ready.dialect);
    EXPECT_EQ(answer.body, ready.body) << to_string(ready.dialect);
    facts.loading = true;
    EXPECT_EQ(route_answer(facts, "GET", ready.path, "").status, ready.loading_status)
        << to_string(ready.dialect);
  }
}

TEST(Answers, LlamaServerLoadsInItsOwnWords) {
  const ServerFacts facts{Dialect::llama_server, "\"m\"", true, 0};
  EXPECT_EQ(route_answer(facts, "GET", "/health", "").body,
            R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})");
  EXPECT_NE(route_answer(facts, "GET", "/v1/models", "").body.find("\"meta\":null"), std::string::npos);
}

TEST(Answers, EachDialectNamesItsModel) {
  for (std::size_t i = 0; i < dialect_names().size(); ++i) {
    const ServerFacts facts{static_cast<Dialect>(i), "\"tiny\"", false, 0};
    const auto* path = facts.dialect == Dialect::tgi ? "/info" : "/v1/models";
    const auto answer = route_answer(facts, "GET", path, "");
    EXPECT_EQ(answer.status, 200) << dialect_names()[i];
    EXPECT_NE(answer.body.find("\"tiny\""), std::string::npos);
    EXPECT_FALSE(Json::parse(answer.body, nullptr, false).is_discarded()) << answer.body;
  }
}

TEST(Answers, ErrorsAreJsonInEachDialect) {
  for (std::size_t i = 0; i < dialect_names().size(); ++i) {
    for (const bool native : {false, true}) {
      const auto text = error_json(static_cast<Dialect>(i), native, 404, "not_found", "no \"such\" model");
      const auto json = Json::parse(text, nullptr, false);
      EXPECT_TRUE(json.is_object()) << text;
      EXPECT_TRUE(json.contains("error") || json.contains("message")) << text;
    }
  }
  EXPECT_EQ(error_json(Dialect::ollama, true, 404, "x", "gone"), R"({"error":"gone"})");
  EXPECT_EQ(error_json(Dialect::tgi, true, 503, "healthcheck", "unhealthy"),
            R"({"error":"unhealthy","error_type":"healthcheck"})");
}

TEST(Answers, UnknownRoutesAreNotFoundAndGetIsNoQuestion) {
  const ServerFacts facts{Dialect::vllm, "\"m\"", false, 0};
  EXPECT_EQ(route_answer(facts, "GET", "/nowhere", "").status, 404);
  EXPECT_EQ(route_answer(facts, "GET", "/v1/chat/completions", "").status, 405);
  EXPECT_EQ(route_answer({Dialect::llama_server, "\"m\"", false, 0}, "GET", "/metrics", "").status, 501);
}

TEST(Answers, TokenizeCountsWords) {
  EXPECT_EQ(
      route_answer({Dialect::llama_server, "\"m\"", false, 0}, "POST", "/tokenize", R"({"content":"a b c"})")
          .body,
      "{\"tokens\":[100,101,102]}");
  EXPECT_NE(route_answer({Dialect::vllm, "\"m\"", false, 0}, "POST", "/tokenize", R"({"prompt":"a b"})")
                .body.find("\"count\":2"),
            std::string::npos);
}

TEST(Answers, HaveTheirLength) {
  EXPECT_EQ(
      http_text({429, "slow", "text/plain", "Retry-After: 1\r\n"}, false),
      "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nRetry-After: 1\r\nConnection: close\r\n"
      "Content-Length: 4\r\n\r\nslow");
}

}  // namespace
}  // namespace edgeeval::mock
