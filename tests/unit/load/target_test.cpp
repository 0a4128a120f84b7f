// SPDX-License-Identifier: Apache-2.0
#include "load/target.hpp"

#include <gtest/gtest.h>

#include "load/request_text.hpp"

namespace edgeeval {
namespace {

TEST(ParseUrl, TakesHostPortAndBase) {
  const auto target = parse_url("http://localhost:8080/api/");
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_FALSE(target->tls);
  EXPECT_EQ(target->host, "localhost");
  EXPECT_EQ(target->port, 8080);
  EXPECT_EQ(target->base, "/api");
  EXPECT_EQ(target->url(), "http://localhost:8080/api");
  EXPECT_EQ(target->authority(), "localhost:8080");
}

TEST(ParseUrl, KnowsEachSchemesPort) {
  EXPECT_EQ(parse_url("http://a")->port, 80);
  const auto secure = parse_url("https://a");
  EXPECT_TRUE(secure->tls);
  EXPECT_EQ(secure->port, 443);
  EXPECT_EQ(secure->authority(), "a");
  EXPECT_EQ(parse_url("https://a:80")->authority(), "a:80");
}

TEST(ParseUrl, TakesIPv6InBrackets) {
  const auto target = parse_url("http://[::1]:99");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->host, "::1");
  EXPECT_EQ(target->port, 99);
  EXPECT_EQ(target->url(), "http://[::1]:99");
  EXPECT_EQ(parse_url("http://[fe80::1]")->authority(), "[fe80::1]");
  for (const char* bad : {"http://::1", "http://::1:80", "http://[::1", "http://[::1]x"})
    EXPECT_FALSE(parse_url(bad)) << bad;
}

TEST(ParseUrl, TakesUnixSockets) {
  const auto encoded = parse_url("http+unix://%2Frun%2Fx.sock/base/");
  ASSERT_TRUE(encoded) << encoded.error().message;
  EXPECT_EQ(encoded->unix_path, "/run/x.sock");
  EXPECT_EQ(encoded->base, "/base");
  EXPECT_EQ(encoded->url(), "http+unix://%2Frun%2Fx.sock/base");
  EXPECT_EQ(encoded->authority(), "localhost");
  for (const char* plain : {"unix:/run/x.sock", "unix:///run/x.sock"}) {
    const auto target = parse_url(plain);
    ASSERT_TRUE(target) << plain;
    EXPECT_EQ(target->unix_path, "/run/x.sock");
  }
  const auto again = parse_url(encoded->url());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->unix_path, encoded->unix_path);
  EXPECT_FALSE(parse_url("unix:relative.sock"));
  EXPECT_FALSE(parse_url("http+unix://%2Frun%2"));
  EXPECT_FALSE(parse_url("http+unix://%00"));
  EXPECT_FALSE(parse_url("unix:/" + std::string(120, 'x')));
}

TEST(ParseUrl, RefusesWhatItCannotUseAndSaysWhy) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "empty"},           {"localhost:80", "scheme"},      {"ftp://a", "ftp"},
      {"http://", "no host"},  {"http://a:0", "port"},          {"http://a:65536", "port"},
      {"http://a:x", "port"},  {"http://a?x=1", "query"},       {"http://a#x", "fragment"},
      {"http://a b", "blank"}, {"http://a\r\nX: y", "control"},
  };
  for (const auto& [url, word] : cases) {
    const auto target = parse_url(url);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().code, ErrorCode::usage);
    EXPECT_NE(target.error().message.find(word), std::string::npos) << target.error().message;
  }
}

TEST(ParseUrl, DoesNotRepeatAPassword) {
  const auto target = parse_url("https://user:hunter2@host/");
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().message.find("hunter2"), std::string::npos) << target.error().message;
  EXPECT_NE(target.error().message.find("user name"), std::string::npos);
}

TEST(RequestText, LaysOutAHeadOnce) {
  Target target;
  target.host = "h";
  target.port = 81;
  target.base = "/b";
  target.api_key = "k";
  target.headers = {"X-A: 1"};
  const auto text = client::RequestText::make(target, "/p", "text/event-stream", true);
  ASSERT_TRUE(text);
  std::string out = "old";
  text->write("{}", out);
  EXPECT_EQ(out,
            "POST /b/p HTTP/1.1\r\nHost: h:81\r\nUser-Agent: edgeeval\r\nAccept: text/event-stream\r\n"
            "Connection: keep-alive\r\nAuthorization: Bearer k\r\nX-A: 1\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  text->write("", out);
  EXPECT_TRUE(out.starts_with("GET /b/p HTTP/1.1\r\n"));
  EXPECT_TRUE(out.ends_with("X-A: 1\r\n\r\n"));
}

TEST(RequestText, KnowsWhatNoRecordMayHold) {
  Target target;
  EXPECT_TRUE(client::secrets_of(target).empty());
  target.api_key = "k1";
  target.headers = {"Authorization: Bearer tok-123456", "X-Trace: 1234567890", "x-api-KEY:abcdefgh",
                    "Cookie: a=b"};
  EXPECT_EQ(client::secrets_of(target), (std::vector<std::string>{"k1", "tok-123456", "abcdefgh"}));
}

TEST(RequestText, RefusesWhatWouldBreakTheHead) {
  Target target;
  target.host = "h";
  target.headers = {"X: a\r\nY: b"};
  EXPECT_FALSE(client::RequestText::make(target, "/", "*/*", true));
  for (const char* own :
       {"Content-Length: 5", "transfer-encoding : chunked", "HOST: other", "Connection: x"}) {
    target.headers = {own};
    const auto text = client::RequestText::make(target, "/", "*/*", true);
    ASSERT_FALSE(text) << own;
    EXPECT_EQ(text.error().code, ErrorCode::usage);
  }
  target.headers = {": a"};
  EXPECT_FALSE(client::RequestText::make(target, "/", "*/*", true));
  target.headers.clear();
  target.api_key = "secret\n";
  const auto refused = client::RequestText::make(target, "/", "*/*", true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
