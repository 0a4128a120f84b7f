// SPDX-License-Identifier: Apache-2.0
// Answers that are no stream.
#include <gtest/gtest.h>

#include "mock/answers.hpp"
#include "unit/wire/mock_talk.hpp"
#include "wire/piece.hpp"
#include "wire/words.hpp"

namespace edgeeval {
namespace {

ReadFailure read(int status, std::string_view body, std::string_view type = "application/json",
                 std::optional<std::int64_t> retry = {}) {
  return read_failure({status, type, body, retry});
}

TEST(Failure, StatusesHaveTheirClasses) {
  const std::pair<int, FailureClass> rows[] = {
      {301, FailureClass::redirected},   {307, FailureClass::redirected},   {400, FailureClass::bad_request},
      {401, FailureClass::unauthorized}, {403, FailureClass::unauthorized}, {404, FailureClass::not_found},
      {405, FailureClass::bad_request},  {413, FailureClass::bad_request},  {422, FailureClass::bad_request},
      {429, FailureClass::rate_limited}, {500, FailureClass::server_error}, {501, FailureClass::server_error},
      {502, FailureClass::server_error}, {504, FailureClass::server_error}, {529, FailureClass::overloaded}};
  for (const auto& [status, failure] : rows) {
    const auto got = read(status, R"({"error":{"message":"why"}})");
    EXPECT_EQ(got.failure, failure) << status;
    EXPECT_EQ(got.message, "why") << status;
  }
}

TEST(Failure, LoadingIsToldFromOverload) {
  EXPECT_EQ(
      read(503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})").failure,
      FailureClass::loading);
  EXPECT_EQ(read(503, R"({"error":"unhealthy","error_type":"healthcheck"})").failure, FailureClass::loading);
  EXPECT_EQ(read(503, "", "text/plain").failure, FailureClass::loading) << "vLLM, SGLang, TensorRT-LLM";
  EXPECT_EQ(read(503, "", "text/plain", 1).failure, FailureClass::overloaded);
  EXPECT_EQ(read(503, R"({"error":{"message":"no slot available","type":"unavailable_error"}})").failure,
            FailureClass::overloaded);
  EXPECT_EQ(read(503, "<html><title>Service Unavailable</title></html>", "text/html").failure,
            FailureClass::overloaded);
}

TEST(Failure, WordsAreFoundInEachServersShape) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"error":{"message":"why","type":"x"}})", "why"},
      {R"({"error":"why"})", "why"},
      {R"({"object":"error","message":"why","code":400})", "why"},
      {R"({"detail":"why"})", "why"},
      {R"({"detail":[{"loc":["body"],"msg":"why","type":"missing"}]})", "why"},
      {R"([{"error":{"code":400,"message":"why"}}])", "why"},
      {R"({"error":"why","error_type":"validation"})", "why"},
      {"data: {\"error\":{\"message\":\"why\"}}\n\n", "why"},
      {R"({"error":{"message":"why \"so\"","type":"cut of)", "why \"so\""},
      {R"({"error":{"message":"why is it cut)", "why is it cut"},
      {"plain words\n", "plain words"},
      {"", "status 400 without words"},
      {"{}", "{}"},
      {"\x01\x02", "status 400 without words"},
  };
  for (const auto& [body, words] : rows) EXPECT_EQ(read(400, body).message, words) << body;
}

TEST(Failure, UnderStatus200ItIsAnErrorOrNoStream) {
  for (std::size_t i = 0; i < mock::dialect_names().size(); ++i) {
    for (const bool native : {false, true}) {
      const auto body = mock::error_json(static_cast<mock::Dialect>(i), native, 500, "x", "it broke");
      const auto got = read(200, body);
      EXPECT_EQ(got.failure, FailureClass::error_in_200) << body;
      EXPECT_EQ(got.message, "it broke") << body;
    }
  }
  EXPECT_EQ(read(200, R"({"choices":[{"message":{"content":"all at once"}}]})").failure,
            FailureClass::not_a_stream);
  EXPECT_EQ(read(200, R"({"error":null,"choices":[]})").failure, FailureClass::not_a_stream);
  EXPECT_EQ(read(200, "Ollama is running", "text/plain").failure, FailureClass::not_a_stream);
  EXPECT_EQ(read(204, "").failure, FailureClass::not_a_stream);
}

TEST(Failure, HtmlIsShownByItsTitle) {
  const char* page = "<!DOCTYPE html>\n<html><head><TITLE> Welcome </TITLE></head><body>x</body></html>";
  auto got = read(200, page, "text/html; charset=utf-8");
  EXPECT_EQ(got.failure, FailureClass::not_a_stream);
  EXPECT_EQ(got.message, "a page of HTML: Welcome");
  got = read(502, page, "");
  EXPECT_EQ(got.failure, FailureClass::server_error);
  EXPECT_EQ(got.message, "a page of HTML: Welcome");
  EXPECT_EQ(read(200, "<html>", "text/html").message, "a page of HTML");
}

TEST(Failure, WordsAreShortAndWithoutSecrets) {
  const auto got =
      read(401, R"({"error":{"message":"Incorrect API key provided: sk-live-0123456789. \u001b[31m"}})");
  EXPECT_EQ(got.message, "Incorrect API key provided: sk-*** [31m");
  EXPECT_EQ(read(401, "Authorization: Bearer abc.def.123456789 refused", "text/plain").message,
            "Authorization: *** refused");
  EXPECT_LE(read(500, std::string(1'000'000, 'x'), "text/plain").message.size(), kMostWords);
  EXPECT_LE(read(500, "{\"error\":\"" + std::string(5000, 'x') + "\"}").message.size(), kMostWords);
}

TEST(Failure, DeepBodiesDoNotUseUpTheStack) {
  constexpr std::size_t kDeep = 32'768;
  EXPECT_EQ(read(500, std::string(kDeep, '[') + std::string(kDeep, ']')).failure, FailureClass::server_error);
  std::string objects;
  for (std::size_t i = 0; i < 6000; ++i) objects += R"({"error":)";
  objects += R"("why")" + std::string(6000, '}');
  EXPECT_EQ(read(400, objects).failure, FailureClass::bad_request);
}

TEST(Failure, OddBodiesDoNoHarm) {
  EXPECT_EQ(read(500, std::string(200'000, '[')).failure, FailureClass::server_error);
  EXPECT_EQ(read(500, "{\"error\":\"caf\xC3\"}").failure, FailureClass::server_error);
  EXPECT_EQ(read(500, "{\"message\":").failure, FailureClass::server_error);
  EXPECT_EQ(read(500, "{\"message\":\"\\").failure, FailureClass::server_error);
}

/// Faults of the mock that answer with a whole answer, and the class that each must get.
TEST(FailureLive, TheMocksAnswersHaveTheirClassesInEveryDialect) {
  const std::pair<const char*, FailureClass> rows[] = {
      {"unauthorized", FailureClass::unauthorized}, {"not-found", FailureClass::not_found},
      {"rate-limited", FailureClass::rate_limited}, {"overloaded", FailureClass::overloaded},
      {"loading", FailureClass::loading},           {"server-error", FailureClass::server_error},
      {"bad-request", FailureClass::bad_request},   {"redirect", FailureClass::redirected},
      {"html", FailureClass::not_a_stream},         {"error-200", FailureClass::error_in_200}};
  for (const auto kind : all_server_kinds()) {
    mock::Script script;
    script.dialect = mock::parse_dialect(to_string(kind)).value();
    const MockOnThread server(script);
    const auto dialect = dialects_of(kind).front();
    std::string body;
    Asking asking;
    asking.text = "one";
    write_body(dialect, asking, body);
    for (const auto& [fault, failure] : rows) {
      const auto answer = ask_port(server.port(), dialect.path, body, fault);
      ASSERT_TRUE(answer) << fault;
      const auto retry =
          answer->headers.count("retry-after") > 0 ? std::optional<std::int64_t>(1) : std::nullopt;
      const auto got =
          read_failure({answer->status, answer->headers.at("content-type"), answer->body, retry});
      EXPECT_EQ(got.failure, failure) << to_string(kind) << ' ' << fault << ' ' << answer->body;
      EXPECT_FALSE(got.message.empty());
    }
  }
}

}  // namespace
}  // namespace edgeeval
