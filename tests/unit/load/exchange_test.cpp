// SPDX-License-Identifier: Apache-2.0
#include "load/exchange.hpp"

#include <gtest/gtest.h>

#include "load/engine.hpp"
#include "unit/load/scripted_server.hpp"

namespace edgeeval {
namespace {

using testing::Connection;
using testing::ScriptedServer;

SteadyTime soon(const Clock& clock) { return clock.now() + std::chrono::seconds(20); }

TEST(Call, GetsWithoutABodyAndPostsWithOne) {
  std::vector<std::string> requests;
  {
    const ScriptedServer server({[&](Connection& c, const std::string& request) {
      requests.push_back(request);
      c.send(testing::plain_answer(200, "fine"));
    }});
    const SystemClock clock;
    for (const char* body : {"", "{}"}) {
      const auto answer = call(server.endpoint(), "/x", body, clock, soon(clock));
      ASSERT_TRUE(answer.has_value()) << answer.error().message;
      EXPECT_EQ(answer->status, 200);
      EXPECT_EQ(answer->body, "fine");
    }
  }
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].starts_with("GET /x HTTP/1.1\r\n"));
  EXPECT_TRUE(requests[1].starts_with("POST /x HTTP/1.1\r\n"));
  EXPECT_TRUE(requests[1].ends_with("\r\n\r\n{}"));
}

TEST(Call, PutsAChunkedBodyTogether) {
  const ScriptedServer server(
      {[](Connection& c, const std::string&) { c.send_split(testing::chunked_answer({"ab", "c", "def"})); }});
  const SystemClock clock;
  const auto answer = call(server.endpoint(), "/", "", clock, soon(clock));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "abcdef");
}

TEST(Call, TellsAnAnswerThatEndsEarly) {
  const ScriptedServer server({[](Connection& c, const std::string&) {
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  }});
  const SystemClock clock;
  const auto answer = call(server.endpoint(), "/", "", clock, soon(clock));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::io);
  EXPECT_EQ(answer.error().message, "the answer ended early");
}

TEST(Call, TellsWhatIsNoHttp) {
  const ScriptedServer server({[](Connection& c, const std::string&) { c.send("SSH-2.0-x\r\n\r\n"); }});
  const SystemClock clock;
  const auto answer = call(server.endpoint(), "/", "", clock, soon(clock));
  ASSERT_FALSE(answer.has_value());
  EXPECT_NE(answer.error().message.find("not an HTTP answer"), std::string::npos) << answer.error().message;
}

TEST(Call, TellsASilentCloseAndARefusal) {
  const ScriptedServer server({[](Connection&, const std::string&) {}});
  const SystemClock clock;
  const auto silent = call(server.endpoint(), "/", "", clock, soon(clock));
  ASSERT_FALSE(silent.has_value());
  EXPECT_NE(silent.error().message.find("without an answer"), std::string::npos) << silent.error().message;
  const auto refused = call({"127.0.0.1", free_port().value()}, "/", "", clock, soon(clock));
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("cannot connect"), std::string::npos);
}

TEST(Call, EndsAtItsDeadline) {
  const ScriptedServer server({[](Connection& c, const std::string&) { c.wait_for_close(); }});
  const SystemClock clock;
  const auto answer =
      call(server.endpoint(), "/", "", clock, clock.now() + std::chrono::milliseconds(100));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::timed_out);
}

TEST(Exchange, RefusesAHostThatIsNoAddress) {
  const auto exchange = Exchange::begin({"localhost", 80}, "/", "");
  ASSERT_FALSE(exchange.has_value());
  EXPECT_EQ(exchange.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
