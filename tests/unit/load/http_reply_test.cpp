// SPDX-License-Identifier: Apache-2.0
#include "load/http_reply.hpp"

#include <gtest/gtest.h>

namespace edgeeval::client {
namespace {

class Keeper final : public HttpTaker {
 public:
  bool head(const HttpHead& head) override {
    heads.push_back(head);
    return take_head;
  }
  bool body(std::string_view bytes) override {
    text += bytes;
    ++portions;
    return text.size() < stop_at;
  }
  std::vector<HttpHead> heads;
  std::string text;
  int portions = 0;
  bool take_head = true;
  std::size_t stop_at = SIZE_MAX;
};

constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n5;name=\"value\"\r\ndefgh\r\n0\r\nX-Trailer: yes\r\nContent-Type: other\r\n\r\n";

TEST(HttpReply, TakesChunksWithExtensionsAndTrailersApart) {
  HttpReply reply;
  Keeper keeper;
  reply.feed(kChunked, keeper);
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(reply.fault(), HttpFault::none) << reply.problem();
  EXPECT_EQ(keeper.text, "abcdefgh");
  EXPECT_EQ(keeper.portions, 2);
  ASSERT_EQ(keeper.heads.size(), 1U);
  EXPECT_EQ(keeper.heads[0].status, 200);
  EXPECT_EQ(reply.head().content_type, "text/event-stream");
  EXPECT_TRUE(reply.head().keep_alive);
  EXPECT_FALSE(reply.surplus());
}

TEST(HttpReply, IsTheSameHoweverItIsCut) {
  for (std::size_t cut = 1; cut < kChunked.size(); ++cut) {
    HttpReply reply;
    Keeper keeper;
    reply.feed(kChunked.substr(0, cut), keeper);
    EXPECT_FALSE(reply.done()) << cut;
    reply.feed(kChunked.substr(cut), keeper);
    EXPECT_TRUE(reply.done()) << cut;
    EXPECT_EQ(keeper.text, "abcdefgh") << cut;
  }
  HttpReply reply;
  Keeper keeper;
  for (const char& byte : kChunked) reply.feed({&byte, 1}, keeper);
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(keeper.text, "abcdefgh");
}

TEST(HttpReply, BeginsAnew) {
  HttpReply reply;
  Keeper keeper;
  for (int i = 0; i < 3; ++i) {
    reply.begin(4096);
    reply.feed(kChunked, keeper);
    EXPECT_TRUE(reply.done());
  }
  EXPECT_EQ(keeper.heads.size(), 3U);
}

TEST(HttpReply, TellsBytesBeyondTheEnd) {
  HttpReply reply;
  Keeper keeper;
  reply.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabXY", keeper);
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(keeper.text, "ab");
  EXPECT_TRUE(reply.surplus());
}

TEST(HttpReply, SkipsInterimAnswersButNotWithoutEnd) {
  HttpReply reply;
  Keeper keeper;
  reply.feed("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n", keeper);
  EXPECT_FALSE(reply.head_done());
  reply.feed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", keeper);
  EXPECT_TRUE(reply.done());
  ASSERT_EQ(keeper.heads.size(), 1U);
  EXPECT_EQ(keeper.heads[0].status, 200);
  HttpReply endless;
  for (int i = 0; i < 100; ++i) endless.feed("HTTP/1.1 100 Continue\r\n\r\n", keeper);
  EXPECT_EQ(endless.fault(), HttpFault::not_http);
}

TEST(HttpReply, EndsWithTheConnectionWhereNoLengthIsTold) {
  HttpReply reply;
  Keeper keeper;
  reply.feed("HTTP/1.0 200 OK\r\n\r\nabc", keeper);
  EXPECT_FALSE(reply.done());
  EXPECT_TRUE(reply.head().ends_by_close);
  EXPECT_FALSE(reply.head().keep_alive);
  reply.end_of_stream();
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(keeper.text, "abc");
}

TEST(HttpReply, IsTruncatedWhereTheConnectionEndsBefore) {
  for (const std::string_view text : {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
                                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
                                      "HTTP/1.1 100 Continue\r\n\r\n"}) {
    HttpReply reply;
    Keeper keeper;
    reply.feed(text, keeper);
    reply.end_of_stream();
    EXPECT_EQ(reply.fault(), HttpFault::truncated) << text;
  }
}

TEST(HttpReply, KnowsWhetherItIsWithinAChunk) {
  HttpReply reply;
  Keeper keeper;
  reply.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", keeper);
  EXPECT_TRUE(reply.within_chunk());
  reply.feed("cde", keeper);
  EXPECT_FALSE(reply.within_chunk());
}

TEST(HttpReply, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, HttpFault>> cases{
      {"nonsense\r\n\r\n", HttpFault::not_http},
      {"HTTP/9.9 200 OK\r\n\r\n", HttpFault::not_http},
      {"HTTP/1.1 2x0 OK\r\n\r\n", HttpFault::not_http},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", HttpFault::not_http},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", HttpFault::not_http},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", HttpFault::bad_chunk},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab", HttpFault::bad_chunk},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n", HttpFault::bad_chunk},
  };
  for (const auto& [text, fault] : cases) {
    HttpReply reply;
    Keeper keeper;
    reply.feed(text, keeper);
    reply.feed(std::string(16, 'x'), keeper);
    EXPECT_EQ(reply.fault(), fault) << text;
    EXPECT_FALSE(reply.problem().empty());
  }
}

TEST(HttpReply, BoundsHeadsExtensionsAndTrailers) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& text :
       {"HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x'), chunked + "1;x=" + std::string(5000, 'x'),
        chunked + "0\r\nX: " + std::string(5000, 'x')}) {
    HttpReply reply;
    reply.begin(1024);
    Keeper keeper;
    for (std::size_t at = 0; at < text.size(); at += 100)
      reply.feed(std::string_view(text).substr(at, 100), keeper);
    EXPECT_EQ(reply.fault(), HttpFault::head_too_large) << text.substr(0, 80);
  }
}

TEST(HttpReply, StopsWhereItsTakerWantsNoMore) {
  HttpReply reply;
  Keeper keeper;
  keeper.stop_at = 3;
  reply.feed(kChunked, keeper);
  EXPECT_EQ(reply.fault(), HttpFault::stopped);
  EXPECT_EQ(keeper.text, "abc");
  HttpReply refused;
  keeper.take_head = false;
  refused.feed(kChunked, keeper);
  EXPECT_EQ(refused.fault(), HttpFault::stopped);
}

TEST(HttpReply, KeepsWhatItIsAskedToKeepOfAHead) {
  HttpReply reply;
  reply.begin(4096, true);
  Keeper keeper;
  reply.feed("HTTP/1.1 429 Slow\r\nRetry-After: 12\r\nX-One: a\r\nContent-Length: 0\r\n\r\n", keeper);
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(reply.head().retry_after_s, 12);
  ASSERT_EQ(reply.head().fields.size(), 3U);
  EXPECT_EQ(reply.head().fields[1].first, "x-one");
  EXPECT_EQ(reply.head().fields[1].second, "a");
  HttpReply dated;
  dated.feed("HTTP/1.1 429 Slow\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n",
             keeper);
  EXPECT_FALSE(dated.head().retry_after_s);
  HttpReply endless;
  endless.feed("HTTP/1.1 429 Slow\r\nRetry-After: 9223372036854775807\r\nContent-Length: 0\r\n\r\n", keeper);
  EXPECT_EQ(endless.head().retry_after_s, 3'155'760'000) << "as milliseconds it must not overflow";
}

}  // namespace
}  // namespace edgeeval::client
