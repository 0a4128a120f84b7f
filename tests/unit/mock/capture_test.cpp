// SPDX-License-Identifier: Apache-2.0
#include "mock/capture.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace edgeeval::mock {
namespace {

const std::string kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string all_of(const Capture& capture) {
  std::string all = capture.head;
  for (const auto& part : capture.parts) all += part;
  return all;
}

TEST(Capture, IsCutIntoChunksAndItsEndGoesWithTheLast) {
  const auto capture = parse_capture(kHead + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "c.txt");
  ASSERT_TRUE(capture);
  EXPECT_EQ(capture->head, kHead);
  EXPECT_EQ(capture->parts, (std::vector<std::string>{"3\r\nabc\r\n", "2\r\nde\r\n0\r\n\r\n"}));
  EXPECT_TRUE(capture->ends_by_itself);
}

TEST(Capture, ThatIsTornIsOnePartAndEndsWithTheConnection) {
  const auto capture = parse_capture(kHead + "3\r\nabc\r\nff\r\nde", "c.txt");
  ASSERT_TRUE(capture);
  EXPECT_EQ(capture->parts.size(), 1U);
  EXPECT_FALSE(capture->ends_by_itself);
}

TEST(Capture, WithALengthEndsByItself) {
  EXPECT_TRUE(parse_capture("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "c")->ends_by_itself);
  EXPECT_FALSE(parse_capture("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "c")->ends_by_itself);
  EXPECT_FALSE(parse_capture("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "c")
                   ->ends_by_itself);
}

TEST(Capture, WithoutAHeadIsRefused) {
  EXPECT_EQ(parse_capture("data: {}\n\n", "c.txt").error().where, "c.txt:1");
  EXPECT_FALSE(parse_capture("HTTP/1.1 200 OK\n\n", "c.txt"));
}

TEST(CaptureProperty, NoByteIsLostWhateverTheBody) {
  rc::check([](const std::string& body) {
    const auto capture = parse_capture(kHead + body, "c");
    RC_ASSERT(capture.has_value());
    RC_ASSERT(all_of(*capture) == kHead + body);
  });
}

}  // namespace
}  // namespace edgeeval::mock
