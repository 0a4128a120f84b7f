// SPDX-License-Identifier: Apache-2.0
#include "mock/http_request.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace edgeeval::mock {
namespace {

const std::string kRequest =
    "POST /v1/chat/completions?x=1 HTTP/1.1\r\nHost: a\r\nX-Mock-Fault: stall\r\nContent-Length: "
    "5\r\n\r\nhello";

TEST(HttpRequest, IsTakenWhole) {
  HttpRequestReader reader;
  auto input = kRequest;
  const auto request = reader.take(input);
  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->method, "POST");
  EXPECT_EQ((*request)->path, "/v1/chat/completions");
  EXPECT_EQ((*request)->body, "hello");
  EXPECT_EQ((*request)->fault, "stall");
  EXPECT_TRUE((*request)->keep_alive);
  EXPECT_TRUE(input.empty());
}

TEST(HttpRequest, MayComeInPiecesOfAnySize) {
  rc::check([] {
    HttpRequestReader reader;
    const auto wire = kRequest + kRequest;
    std::size_t at = 0;
    int taken = 0;
    std::string input;
    while (at < wire.size()) {
      const auto size = *rc::gen::inRange<std::size_t>(1, 60);
      input += wire.substr(at, size);
      at += size;
      while (true) {
        const auto request = reader.take(input);
        RC_ASSERT(request.has_value());
        if (!*request) break;
        RC_ASSERT((*request)->body == "hello");
        ++taken;
      }
    }
    RC_ASSERT(taken == 2);
  });
}

TEST(HttpRequest, MayBeChunkedAndMayAskToClose) {
  HttpRequestReader reader;
  std::string input =
      "POST /completion HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
  const auto request = reader.take(input);
  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->body, "{}");
  EXPECT_FALSE((*request)->keep_alive);
}

TEST(HttpRequest, ThatIsNoneIsAnError) {
  HttpRequestReader reader;
  std::string input = "\x16\x03\x01\x02 not http\r\n\r\n";
  EXPECT_FALSE(reader.take(input));
}

}  // namespace
}  // namespace edgeeval::mock
