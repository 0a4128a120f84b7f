// SPDX-License-Identifier: Apache-2.0
// Limits of time and memory, cancelling, and servers that cannot be reached.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/client.hpp"
#include "unit/load/load_fixture.hpp"
#include "unit/load/scripted_server.hpp"

namespace edgeeval {
namespace {

using testing::job_for;
using testing::make_load;
using testing::MockRun;
using testing::quick_script;
using testing::short_limits;

/// A port that refuses: bound, never listened on.
class RefusingPort {
 public:
  RefusingPort() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    target.host = "127.0.0.1";
    target.port = ntohs(address.sin_port);
  }
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;
  ~RefusingPort() { ::close(descriptor_); }
  Target target;

 private:
  int descriptor_;
};

TEST(ClientLimits, EndAReplyThatDripsForEver) {
  auto script = quick_script();
  script.reply.drip = std::chrono::milliseconds(2);
  const MockRun server(script);
  auto job = job_for(server.target(), 1);
  job.target.headers = {"X-Mock-Fault: drip"};
  job.limits = short_limits();
  job.limits.total_s = 0.2;
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::total_timeout) << loaded.requests[0].error;
  EXPECT_GE(*loaded.requests[0].closed_ns - *loaded.requests[0].issued_ns, 200'000'000);
}

TEST(ClientLimits, EndAReplyThatIsTooLarge) {
  const MockRun server(quick_script(mock::Dialect::openai_chat, 100));
  auto job = job_for(server.target(), 1);
  job.limits.largest_reply = 4096;
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::too_large);
  EXPECT_GT(loaded.requests[0].reply_bytes, 4096U);
  EXPECT_LT(loaded.requests[0].reply_bytes, 4096U + (16U << 10U));
}

TEST(ClientLimits, EndWhatIsStillUnderWayAfterTheDrain) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 3);
  job.target.headers = {"X-Mock-Fault: silence"};
  job.drain_s = 0.1;
  const auto loaded = make_load(job, "offline");
  ASSERT_EQ(loaded.requests.size(), 3U);
  EXPECT_EQ(loaded.outcome.failed, 3U);
}

TEST(ClientLimits, CountTheDrainFromTheLastSendAlsoWhereEverySlotIsTaken) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 1);
  job.target.headers = {"X-Mock-Fault: silence"};
  job.drain_s = 0.1;
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::total_timeout);
  EXPECT_NE(loaded.requests[0].error.find("still under way"), std::string::npos) << loaded.requests[0].error;
}

TEST(ClientLimits, NeverDropWhatAnOpenLoopHasLaidAheadBecauseOfAShortDrain) {
  const MockRun server(quick_script());
  // All six are rendered at once and the last one is due after a quarter of a second: far beyond the drain.
  auto job = job_for(server.target(), 6);
  job.drain_s = 0.06;
  const auto loaded = make_load(job, "open:const@20");
  ASSERT_EQ(loaded.requests.size(), 6U);
  for (const auto& request : loaded.requests) EXPECT_TRUE(request.ok()) << request.error;
}

TEST(ClientLimits, TellOfRequestsThatTheLongestDurationCutOff) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 100);
  job.stop.max_duration_s = 0.25;
  const auto loaded = make_load(job, "open:const@20");
  EXPECT_LT(loaded.requests.size(), 10U);
  ASSERT_EQ(loaded.outcome.warnings.size(), 1U);
  EXPECT_NE(loaded.outcome.warnings[0].find("--max-duration"), std::string::npos);
  EXPECT_NE(loaded.outcome.warnings[0].find("of 100 requests"), std::string::npos);
  job.stop.max_duration_s = 60.0;
  job.stop.requests = 5;
  EXPECT_TRUE(make_load(job, "open:const@200").outcome.warnings.empty());
}

TEST(ClientLimits, SendAllThatAnOpenLoopLaidOutForItsDuration) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 1);
  job.stop = {};
  // Due at 5, 10 … 100 ms: with the twentieth the load has lasted as long as it should.
  job.stop.min_duration_s = 0.1;
  auto loaded = make_load(job, "open:const@200");
  EXPECT_EQ(loaded.requests.size(), 20U);
  EXPECT_TRUE(loaded.outcome.warnings.empty()) << loaded.outcome.warnings[0];
  // The minimum of requests comes later than that of the time.
  job.stop.min_requests = 30;
  loaded = make_load(job, "open:const@200");
  EXPECT_EQ(loaded.requests.size(), 30U);
  // The longest duration counts up to its end.
  job.stop = {};
  job.stop.min_duration_s = 0.1;
  job.stop.max_duration_s = 0.1;
  loaded = make_load(job, "open:const@200");
  EXPECT_EQ(loaded.requests.size(), 20U);
  EXPECT_TRUE(loaded.outcome.warnings.empty()) << loaded.outcome.warnings[0];
}

TEST(ClientLimits, DoNotHoldUpOtherRequests) {
  const MockRun server([] {
    auto script = quick_script();
    script.faults.push_back({"hang", 0.0, {1}});
    return script;
  }());
  auto job = job_for(server.target(), 10);
  job.limits = short_limits();
  const auto loaded = make_load(job, "closed:2");
  ASSERT_EQ(loaded.requests.size(), 10U);
  EXPECT_EQ(loaded.outcome.failed, 1U);
}

TEST(ClientLimits, AreNotNeededToSeeThatNobodyListens) {
  const RefusingPort nobody;
  auto job = job_for(nobody.target, 5);
  const auto loaded = make_load(job, "closed:2");
  ASSERT_EQ(loaded.requests.size(), 5U);
  for (const auto& request : loaded.requests) {
    EXPECT_EQ(request.failure, FailureClass::refused) << request.error;
    EXPECT_EQ(request.attempts, 0);
    EXPECT_TRUE(request.closed_ns);
    EXPECT_FALSE(request.issued_ns);
  }
}

TEST(ClientLimits, PauseALoopThatEndsByTimeAndCannotConnect) {
  const RefusingPort nobody;
  auto job = job_for(nobody.target, 1);
  job.stop = {};
  job.stop.min_duration_s = 0.25;
  const auto loaded = make_load(job, "closed:1");
  // Ten fail at once, then one after each pause of a tenth of a second.
  EXPECT_GE(loaded.requests.size(), 11U);
  EXPECT_LE(loaded.requests.size(), 16U);
}

TEST(ClientLimits, TellAHostWithoutAnAddress) {
  Target target;
  target.host = "no-such-host.invalid";
  const auto loaded = make_load(job_for(target, 2), "single");
  ASSERT_EQ(loaded.requests.size(), 2U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::name_resolution);
  EXPECT_NE(loaded.requests[0].error.find("no-such-host.invalid"), std::string::npos);
}

TEST(ClientCancel, EndsWhatIsInFlight) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 5);
  job.target.headers = {"X-Mock-Fault: silence"};
  CancelToken cancel;
  int ticks = 0;
  ClientHooks hooks;
  hooks.engine_alive = [&] {
    if (++ticks == 3) cancel.request();
    return true;
  };
  const auto loaded = make_load(job, "closed:2", cancel, hooks);
  EXPECT_TRUE(loaded.outcome.cancelled);
  ASSERT_EQ(loaded.requests.size(), 2U);
  for (const auto& request : loaded.requests) EXPECT_EQ(request.failure, FailureClass::cancelled);
}

TEST(ClientCancel, ReachesEveryThread) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 8);
  job.target.headers = {"X-Mock-Fault: silence"};
  job.threads = 2;
  CancelToken cancel;
  ClientHooks hooks;
  int ticks = 0;
  hooks.engine_alive = [&] {
    if (++ticks == 4) cancel.request();
    return true;
  };
  const auto loaded = make_load(job, "closed:4", cancel, hooks);
  EXPECT_TRUE(loaded.outcome.cancelled);
  EXPECT_EQ(loaded.requests.size(), 4U);
}

TEST(ClientCancel, ByTheEnginesEndIsTold) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 5);
  job.target.headers = {"X-Mock-Fault: silence"};
  ClientHooks hooks;
  int ticks = 0;
  hooks.engine_alive = [&] { return ++ticks < 4; };
  const auto loaded = make_load(job, "single", CancelToken(), hooks);
  EXPECT_TRUE(loaded.outcome.engine_ended);
  ASSERT_EQ(loaded.requests.size(), 1U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::engine_ended);
}

TEST(ClientReuse, TriesOnceMoreWhereAReusedConnectionBroughtNoByte) {
  const auto answer = testing::chunked_answer(
      {"data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
       "data: [DONE]\n\n"});
  // The first connection answers once and closes on the second request; the next one answers all.
  const testing::ScriptedServer server({[&](testing::Connection& c, const std::string&) {
                                          c.send(answer);
                                          static_cast<void>(c.next_request());
                                        },
                                        [&](testing::Connection& c, const std::string&) {
                                          c.send(answer);
                                          while (!c.next_request().empty()) c.send(answer);
                                        }});
  auto job = job_for(server.target(), 4);
  const auto loaded = make_load(job, "closed:1");
  ASSERT_EQ(loaded.requests.size(), 4U);
  for (const auto& request : loaded.requests) EXPECT_TRUE(request.ok()) << request.error;
  EXPECT_EQ(loaded.requests[0].attempts, 1);
  EXPECT_EQ(loaded.requests[1].attempts, 2);
  EXPECT_FALSE(loaded.requests[1].reused_connection);
  EXPECT_TRUE(loaded.requests[1].connect_begun_ns);
  EXPECT_EQ(loaded.requests[2].attempts, 1);
  EXPECT_TRUE(loaded.requests[2].reused_connection);
}

TEST(ClientReuse, TriesNoThirdTime) {
  const auto answer = testing::chunked_answer(
      {"data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
       "data: [DONE]\n\n"});
  const testing::ScriptedServer server({[&](testing::Connection& c, const std::string&) {
                                          c.send(answer);
                                          static_cast<void>(c.next_request());
                                        },
                                        [](testing::Connection&, const std::string&) {}});
  const auto loaded = make_load(job_for(server.target(), 2), "closed:1");
  ASSERT_EQ(loaded.requests.size(), 2U);
  EXPECT_EQ(loaded.requests[1].failure, FailureClass::closed_unanswered);
  EXPECT_EQ(loaded.requests[1].attempts, 2);
}

TEST(ClientReuse, SucceedsEachTimeWithAServerThatAnnouncesKeepAliveAndCloses) {
  const MockRun server(quick_script(mock::Dialect::llama_server));
  auto job = job_for(server.target(), 40);
  job.dialect = dialects_of(ServerKind::llama_server).front();
  const auto loaded = make_load(job, "closed:4");
  ASSERT_EQ(loaded.requests.size(), 40U);
  EXPECT_EQ(loaded.outcome.failed, 0U);
}

TEST(ClientBusy, IsAskedAgainAsOftenAsTheJobSaysAndTellsOfTheLastTry) {
  const auto busy = [](testing::Connection& c, const std::string&) {
    c.send(testing::plain_answer(503, R"({"error":{"message":"no slot is free"}})"));
  };
  const auto answers = [](testing::Connection& c, const std::string&) {
    c.send(testing::chunked_answer(
        {"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", "data: [DONE]\n\n"}));
  };
  for (const int retries : {0, 1, 2, 5}) {
    const testing::ScriptedServer server({busy, busy, answers});
    auto job = job_for(server.target(), 1);
    job.busy_retries = retries;
    job.preconnect = false;
    const auto loaded = make_load(job, "single");
    ASSERT_EQ(loaded.requests.size(), 1U);
    const auto& request = loaded.requests[0];
    EXPECT_EQ(request.attempts, std::min(retries, 2) + 1);
    EXPECT_EQ(loaded.outcome.sent, 1U);
    EXPECT_EQ(loaded.outcome.ended, 1U);
    if (retries < 2) {
      EXPECT_EQ(request.status, 503);
      EXPECT_EQ(request.failure, FailureClass::overloaded) << request.error;
      EXPECT_EQ(request.error, "no slot is free");
      continue;
    }
    EXPECT_TRUE(request.ok()) << request.error;
    EXPECT_EQ(request.status, 200);
    EXPECT_LE(*request.issued_ns, *request.first_byte_ns);
    EXPECT_LE(*request.headers_ns, *request.closed_ns);
    EXPECT_EQ(loaded.token_events(0).size(), 1U);
  }
}

TEST(ClientSecrets, StayOutOfWhatIsRecorded) {
  const testing::ScriptedServer server({[](testing::Connection& c, const std::string& request) {
    EXPECT_NE(request.find("\r\nAuthorization: Bearer key-1234\r\n"), std::string::npos);
    c.send(testing::plain_answer(401, R"({"error":{"message":"bad key: key-1234, sorry"}})"));
  }});
  auto job = job_for(server.target(), 1);
  job.target.api_key = "key-1234";
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::unauthorized);
  EXPECT_EQ(loaded.requests[0].error, "bad key: ***, sorry");
}

TEST(ClientSecrets, StayOutOfWhatIsRecordedInAHeaderToo) {
  const testing::ScriptedServer server({[](testing::Connection& c, const std::string& request) {
    EXPECT_NE(request.find("\r\nAuthorization: Bearer key-1234\r\n"), std::string::npos);
    c.send(testing::plain_answer(401, R"({"error":{"message":"bad key: key-1234, sorry"}})"));
  }});
  auto job = job_for(server.target(), 1);
  job.target.headers = {"Authorization: Bearer key-1234"};
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::unauthorized);
  EXPECT_EQ(loaded.requests[0].error, "bad key: ***, sorry");
}

}  // namespace
}  // namespace edgeeval
