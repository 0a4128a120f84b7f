// SPDX-License-Identifier: Apache-2.0
#include "load/closed_loop.hpp"

#include <gtest/gtest.h>

#include "scripted_server.hpp"

namespace edgeeval {
namespace {

using testing::Connection;
using testing::Script;
using testing::ScriptedServer;

std::string event(const std::string& data) { return "data: " + data + "\n\n"; }
std::string token(const std::string& text) { return event(R"({"choices":[{"delta":{"content":")" + text + R"("},"finish_reason":null}]})"); }
const std::string kUsage = event(R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}})");
const std::string kDone = event("[DONE]");

Script answering(const std::string& bytes) {
  return [bytes](Connection& connection, const std::string&) { connection.send(bytes); };
}

std::vector<RequestTimeline> ask(const ScriptedServer& server, std::size_t count, double timeout_s = 20.0, const LoadHooks& hooks = {}) {
  LoadPlan plan{server.endpoint(), std::vector<ChatRequest>(count, ChatRequest{"item", {{"user", "q"}}, 8}), 1, timeout_s, 2};
  const SystemClock clock;
  const CancelToken cancel;
  return run_closed_loop(plan, clock, clock.now(), cancel, hooks).value();
}

TEST(ClosedLoop, StampsTheTokensOfAWholeAnswer) {
  const ScriptedServer server({answering(testing::chunked_answer({token("Hel"), token("lo"), kUsage, kDone}))});
  const auto answer = ask(server, 1).front();
  EXPECT_TRUE(answer.ok) << answer.error;
  EXPECT_EQ(answer.text, "Hello");
  EXPECT_EQ(answer.token_events_s.size(), 2U);
  EXPECT_EQ(answer.completion_tokens, 2);
  EXPECT_EQ(answer.cached_tokens, 1);
  EXPECT_EQ(answer.token_source, "usage");
  EXPECT_LE(answer.sent_s, *answer.first_token_s);
  EXPECT_LE(*answer.first_token_s, *answer.last_token_s);
  EXPECT_LE(*answer.last_token_s, *answer.closed_s);
}

TEST(ClosedLoop, AnAnswerInSingleBytesIsTheSameAnswer) {
  const auto bytes = testing::chunked_answer({token("Hel"), token("lo"), kUsage, kDone});
  const ScriptedServer server({[&](Connection& connection, const std::string&) { connection.send_split(bytes); }});
  const auto answer = ask(server, 1).front();
  EXPECT_TRUE(answer.ok) << answer.error;
  EXPECT_EQ(answer.text, "Hello");
}

TEST(ClosedLoop, ABusyServerIsAskedAgain) {
  const ScriptedServer server({answering(testing::plain_answer(503, "loading")), answering(testing::chunked_answer({token("x"), kDone}))});
  const auto answer = ask(server, 1).front();
  EXPECT_TRUE(answer.ok) << answer.error;
  EXPECT_EQ(answer.retries, 1);
}

TEST(ClosedLoop, FailuresAreRecordedWithTheirReasonAndTheRestGoesOn) {
  const ScriptedServer server({answering(testing::plain_answer(400, "too long")), answering(testing::chunked_answer({event(R"({"error":{"message":"no memory"}})"), kDone})),
                               answering(testing::chunked_answer({token("x")})),
                               [](Connection& connection, const std::string&) {
                                 connection.send(testing::chunked_head() + testing::chunk(token("x")));
                                 connection.reset_at_end();
                               },
                               answering(testing::chunked_answer({token("fine"), kDone}))});
  const auto answers = ask(server, 5);
  EXPECT_NE(answers[0].error.find("HTTP 400"), std::string::npos) << answers[0].error;
  EXPECT_EQ(answers[1].error, "no memory");
  EXPECT_NE(answers[2].error.find("end mark"), std::string::npos) << answers[2].error;
  EXPECT_FALSE(answers[3].ok);
  EXPECT_TRUE(answers[4].ok) << answers[4].error;
}

TEST(ClosedLoop, AHangingServerCostsOneTimeOut) {
  const ScriptedServer server({[](Connection& connection, const std::string&) { connection.wait_for_close(); }});
  const auto answer = ask(server, 1, 0.05).front();
  EXPECT_FALSE(answer.ok);
  EXPECT_NE(answer.error.find("within"), std::string::npos) << answer.error;
}

TEST(ClosedLoop, ADeadEngineEndsTheLoopAtOnce) {
  const ScriptedServer server({answering(testing::chunked_answer({token("x"), kDone}))});
  const LoadHooks hooks{{}, [] { return false; }};
  const auto answers = ask(server, 3, 20.0, hooks);
  for (const auto& answer : answers) EXPECT_NE(answer.error.find("engine"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
