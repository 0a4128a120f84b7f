// SPDX-License-Identifier: Apache-2.0
#include "wire/probe_server.hpp"

#include <gtest/gtest.h>

#include "unit/wire/mock_talk.hpp"
#include "unit/wire/reading.hpp"

namespace edgeeval {
namespace {

mock::Script playing(ServerKind kind) {
  mock::Script script;
  script.dialect = mock::parse_dialect(to_string(kind)).value();
  script.model = "tiny";
  return script;
}

Readiness expected_readiness(ServerKind kind) {
  switch (kind) {
    case ServerKind::ollama:
    case ServerKind::lm_studio:
      return Readiness::lazy;
    case ServerKind::openai_chat:
    case ServerKind::openai_completions:
      return Readiness::unknown;
    default:
      return Readiness::ready;
  }
}

TEST(ProbeServer, RecognisesEveryServerInFewRequests) {
  constexpr int kMostRequests = 14;
  for (const auto kind : all_server_kinds()) {
    const MockOnThread server(playing(kind));
    int requests = 0;
    const auto probed = probe_server(call_to(server.port(), &requests));
    ASSERT_TRUE(probed) << to_string(kind) << probed.error().message;
    // Both kinds of OpenAI server answer alike; the chat route is the usual one.
    const auto expected = kind == ServerKind::openai_completions ? ServerKind::openai_chat : kind;
    EXPECT_EQ(probed->dialect.server, expected) << to_string(probed->dialect.server) << probed->why;
    EXPECT_EQ(probed->model, "tiny") << to_string(kind);
    EXPECT_EQ(probed->models, std::vector<std::string>{"tiny"}) << to_string(kind);
    EXPECT_EQ(probed->readiness, expected_readiness(kind)) << to_string(kind);
    EXPECT_FALSE(probed->why.empty());
    EXPECT_LE(requests, kMostRequests) << to_string(kind);
  }
}

TEST(ProbeServer, TellsVersionsAndSlots) {
  {
    const MockOnThread server(playing(ServerKind::llama_server));
    EXPECT_EQ(probe_server(call_to(server.port()))->slots, 1024);
  }
  const std::pair<ServerKind, const char*> rows[] = {{ServerKind::vllm, "0.0.0+mock"},
                                                     {ServerKind::sglang, "0.0.0-mock"},
                                                     {ServerKind::tgi, "0.0.0-mock"},
                                                     {ServerKind::ollama, "0.0.0-mock"},
                                                     {ServerKind::tensorrt_llm, "0.0.0-mock"}};
  for (const auto& [kind, version] : rows) {
    const MockOnThread server(playing(kind));
    EXPECT_EQ(probe_server(call_to(server.port()))->version, version) << to_string(kind);
  }
}

TEST(ProbeServer, AsksLittleWhereTheDialectIsGiven) {
  for (const auto kind : all_server_kinds()) {
    const MockOnThread server(playing(kind));
    int requests = 0;
    const auto probed = probe_server(call_to(server.port(), &requests), kind);
    ASSERT_TRUE(probed);
    EXPECT_EQ(probed->dialect.server, kind);
    if (kind != ServerKind::tgi) {
      EXPECT_EQ(probed->model, "tiny") << to_string(kind);
    }
    EXPECT_LE(requests, 4) << to_string(kind);
  }
}

TEST(ProbeServer, TellsThatALlamaServerLoads) {
  auto script = playing(ServerKind::llama_server);
  script.loading = std::chrono::hours(1);
  const MockOnThread server(script);
  const auto probed = probe_server(call_to(server.port()));
  ASSERT_TRUE(probed) << probed.error().message;
  EXPECT_EQ(probed->dialect.server, ServerKind::llama_server);
  EXPECT_EQ(probed->readiness, Readiness::loading);
}

TEST(ProbeServer, TellsThatAGivenServerLoads) {
  auto script = playing(ServerKind::vllm);
  script.loading = std::chrono::hours(1);
  const MockOnThread server(script);
  EXPECT_EQ(probe_server(call_to(server.port()), ServerKind::vllm)->readiness, Readiness::loading);
  const auto guessed = probe_server(call_to(server.port()));
  ASSERT_FALSE(guessed) << "nothing tells which server loads";
  EXPECT_EQ(guessed.error().code, ErrorCode::engine_failed);
  EXPECT_NE(guessed.error().message.find("503"), std::string::npos);
}

TEST(ProbeServer, APageOnEveryPathIsNoEngine) {
  const SmallCall pages = [](const std::string&, const std::string&) -> Result<SmallAnswer> {
    return SmallAnswer{200, "<!DOCTYPE html><title>Router</title>", {{"content-type", "text/html"}}};
  };
  const auto probed = probe_server(pages);
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, ErrorCode::engine_failed);
  EXPECT_NE(probed.error().message.find("a page of HTML: Router"), std::string::npos)
      << probed.error().message;
  EXPECT_FALSE(probed.error().hint.empty());
}

TEST(ProbeServer, NotFoundEverywhereIsNoEngine) {
  const SmallCall none = [](const std::string&, const std::string&) -> Result<SmallAnswer> {
    return SmallAnswer{404, R"({"error":"Not Found"})", {{"content-type", "application/json"}}};
  };
  EXPECT_EQ(probe_server(none).error().code, ErrorCode::engine_failed);
}

TEST(ProbeServer, AKeyThatIsWantedIsSaid) {
  const SmallCall locked = [](const std::string&, const std::string&) -> Result<SmallAnswer> {
    return SmallAnswer{
        401, R"({"error":{"message":"Missing API key"}})", {{"content-type", "application/json"}}};
  };
  const auto probed = probe_server(locked);
  ASSERT_FALSE(probed);
  EXPECT_NE(probed.error().message.find("wants a key"), std::string::npos);
  EXPECT_NE(probed.error().message.find("Missing API key"), std::string::npos);
}

TEST(ProbeServer, WhatNothingAnswersIsTheCallsOwnErrorAfterOneTry) {
  int requests = 0;
  const SmallCall refused = [&](const std::string&, const std::string&) -> Result<SmallAnswer> {
    ++requests;
    return fail(ErrorCode::io, "connection refused");
  };
  EXPECT_EQ(probe_server(refused).error().message, "connection refused");
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(probe_server(refused, ServerKind::vllm).error().message, "connection refused");
}

TEST(ProbeServer, AnswersOfOddTypesDoNoHarm) {
  for (const char* body :
       {"{\"data\":[1,null,{\"id\":5}],\"total_slots\":\"many\",\"version\":7,\"models\":{},\"model_id\":[]}",
        "{\"data\":{}}", "[]", "null", "{\"data\":[]}"}) {
    const SmallCall odd = [body](const std::string&, const std::string&) -> Result<SmallAnswer> {
      return SmallAnswer{200, body, {}};
    };
    for (const auto kind : all_server_kinds()) EXPECT_NO_THROW(static_cast<void>(probe_server(odd, kind)));
    EXPECT_NO_THROW(static_cast<void>(probe_server(odd)));
  }
}

TEST(ProbeServer, ALmStudioThatAnswers200ToEverythingIsSeenThrough) {
  const SmallCall call = [](const std::string& path, const std::string&) -> Result<SmallAnswer> {
    if (path == "/v1/models")
      return SmallAnswer{200, R"({"data":[{"id":"a","owned_by":"organization_owner"}]})", {}};
    if (path == "/api/v0/models")
      return SmallAnswer{
          200, R"({"data":[{"id":"a","state":"not-loaded"},{"id":"b","state":"loaded"}]})", {}};
    return SmallAnswer{200, R"({"error":"Unexpected endpoint or method."})", {}};
  };
  const auto probed = probe_server(call);
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->dialect.server, ServerKind::lm_studio);
  EXPECT_EQ(probed->model, "b") << "what is loaded is asked first";
}

TEST(CountTokens, IsTheServersOwnCount) {
  for (const auto kind : {ServerKind::llama_server, ServerKind::vllm, ServerKind::sglang}) {
    const MockOnThread server(playing(kind));
    EXPECT_EQ(count_reply_tokens(call_to(server.port()), dialects_of(kind).front(), "tiny", "one two"), 2);
    EXPECT_EQ(count_tokens(call_to(server.port()), dialects_of(kind).front(), "tiny", "one two \"three\""),
              3);
  }
  const MockOnThread server(playing(ServerKind::ollama));
  EXPECT_FALSE(count_tokens(call_to(server.port()), dialects_of(ServerKind::ollama).front(), "tiny", "one"));
}

/// A server that answers every question so, and what it was asked last.
struct Answering {
  SmallAnswer answer;
  std::string path{}, body{};
  SmallCall call() {
    return [this](const std::string& asked_path, const std::string& asked_body) -> Result<SmallAnswer> {
      path = asked_path;
      body = asked_body;
      return answer;
    };
  }
};

TEST(CountReplyTokens, LeavesOutWhatIsPutBeforeAPrompt) {
  const auto vllm = dialects_of(ServerKind::vllm).front();
  Answering server{{200, R"({"count":4,"tokens":[1,2,3,4]})", {}}};
  EXPECT_EQ(count_reply_tokens(server.call(), vllm, "tiny", "Paris."), 4);
  EXPECT_NE(server.body.find("\"add_special_tokens\":false"), std::string::npos) << server.body;
  EXPECT_EQ(count_tokens(server.call(), vllm, "tiny", "Paris."), 4);
  EXPECT_EQ(server.body.find("add_special_tokens"), std::string::npos) << server.body;
  const auto tgi = dialects_of(ServerKind::tgi).front();
  Answering listing{{200,
                     R"([{"id":1,"text":"<s>","start":0,"stop":0},{"id":9,"text":"Pa","start":0,"stop":2},)"
                     R"({"id":8,"text":"ris","start":2,"stop":5}])",
                     {}}};
  EXPECT_EQ(count_reply_tokens(listing.call(), tgi, "", "Paris"), 2);
  EXPECT_EQ(count_tokens(listing.call(), tgi, "", "Paris"), 3);
  EXPECT_EQ(listing.body, R"({"inputs":"Paris"})");
}

TEST(CountReplyTokens, TellsAMissingRouteFromAnAnswerThatMakesNoSense) {
  const auto code = [](ServerKind kind, int status, const std::string& body) {
    Answering server{{status, body, {}}};
    const auto tokens = count_reply_tokens(server.call(), dialects_of(kind).front(), "tiny", "one");
    return tokens ? ErrorCode::internal : tokens.error().code;
  };
  EXPECT_EQ(code(ServerKind::openai_chat, 200, "[]"), ErrorCode::unavailable);
  EXPECT_EQ(code(ServerKind::vllm, 404, "{}"), ErrorCode::unavailable);
  EXPECT_EQ(code(ServerKind::vllm, 500, "{}"), ErrorCode::engine_failed);
  EXPECT_EQ(code(ServerKind::vllm, 200, "<html>"), ErrorCode::engine_failed);
  EXPECT_EQ(code(ServerKind::vllm, 200, "{\"count\":-1}"), ErrorCode::engine_failed);
}

}  // namespace
}  // namespace edgeeval
