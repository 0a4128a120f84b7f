// SPDX-License-Identifier: Apache-2.0
#include "serving/stamp_check.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "loads.hpp"
#include "serving/stamp_check_codec.hpp"

namespace edgeeval {
namespace {

using testing::LoadBuilder;
using testing::ms;

/// A reply whose request came at `received` and whose events were sent at `sent` (ms), each call 4 µs long.
SentReply reply_of(std::uint64_t number, double received, std::initializer_list<double> sent) {
  SentReply reply;
  reply.number = number;
  reply.received_ns = ms(received);
  for (const double at : sent) reply.events.push_back({ms(at), ms(at) + 4000});
  reply.complete = true;
  return reply;
}

/// Two replies with two tokens each; the client's own stamps are 5 µs later than the kernel's.
LoadBuilder two_replies() {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 40.0);
  builder.event(20.002, EventClass::role)
      .event(20.003, EventClass::content)
      .event(30.005, EventClass::content);
  builder.request(0.0, 0.5, 40.0);
  builder.event(20.010, EventClass::content)
      .event(30.001, EventClass::reasoning)
      .event(30.002, EventClass::finish);
  return builder;
}

TEST(CheckStamps, IsTheDistanceFromJustBeforeTheSend) {
  auto load = two_replies().build();
  const auto check = check_stamps(load, {reply_of(1, 0.1, {20.0, 30.0}), reply_of(2, 0.6, {20.0, 30.0})});
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_EQ(check->replies, 2U);
  EXPECT_EQ(check->events, 4U);
  EXPECT_EQ(check->lost, 0U);
  ASSERT_TRUE(check->kernel && check->user && check->call);
  // 1, 3, 5 and 10 µs: nearest ranks 2 and 4 of 4.
  EXPECT_NEAR(check->kernel->least_s, 1e-6, 1e-12);
  EXPECT_NEAR(check->kernel->p50_s, 3e-6, 1e-12);
  EXPECT_NEAR(check->kernel->p99_s, 10e-6, 1e-12);
  EXPECT_NEAR(check->kernel->most_s, 10e-6, 1e-12);
  EXPECT_NEAR(check->user->p50_s, 8e-6, 1e-12);
  EXPECT_NEAR(check->call->p50_s, 4e-6, 1e-12);
}

TEST(CheckStamps, JoinsByTheOrderOfSendingWhateverTheIndices) {
  LoadBuilder builder;
  builder.request(0.0, 5.0, 40.0);  // Sent second.
  builder.event(25.007, EventClass::content);
  builder.request(0.0, 0.0, 40.0);
  builder.event(20.001, EventClass::content);
  auto load = builder.build();
  const auto check = check_stamps(load, {reply_of(7, 0.1, {20.0}), reply_of(9, 5.1, {25.0})});
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_NEAR(check->kernel->most_s, 7e-6, 1e-12);
  EXPECT_NEAR(check->kernel->least_s, 1e-6, 1e-12);
}

TEST(CheckStamps, CountsEventsThatOneSideLacks) {
  auto load = two_replies().build();
  const auto check = check_stamps(load, {reply_of(1, 0.1, {20.0, 30.0, 35.0}), reply_of(2, 0.6, {20.0})});
  ASSERT_TRUE(check);
  EXPECT_EQ(check->events, 3U);
  EXPECT_EQ(check->lost, 2U);
}

TEST(CheckStamps, LeavesOutWarmupFailuresAndUserStampedEvents) {
  auto builder = two_replies();
  builder.requests()[0].phase = LoadPhase::warmup;
  for (auto& event : builder.events()) event.flags &= static_cast<std::uint8_t>(~kKernelStamp);
  auto load = builder.build();
  const auto check = check_stamps(load, {reply_of(1, 0.1, {20.0, 30.0}), reply_of(2, 0.6, {20.0, 30.0})});
  ASSERT_TRUE(check);
  EXPECT_EQ(check->replies, 1U);
  EXPECT_EQ(check->events, 2U);
  EXPECT_FALSE(check->kernel.has_value());
  EXPECT_NEAR(check->user->most_s, 15e-6, 1e-12);

  builder.requests()[1].failure = FailureClass::stalled;
  auto failed = builder.build();
  EXPECT_EQ(check_stamps(failed, {reply_of(1, 0.1, {20.0, 30.0}), reply_of(2, 0.6, {20.0, 30.0})})->events,
            0U);
}

TEST(CheckStamps, LeavesOutWhatPreparedTheLoad) {
  auto load = two_replies().build();
  const auto alone = check_stamps(load, {reply_of(1, 0.1, {20.0, 30.0}), reply_of(2, 0.6, {20.0, 30.0})});
  ASSERT_TRUE(alone);
  const auto check = check_stamps(
      load, {reply_of(1, -9.0, {-8.0}), reply_of(2, 0.1, {20.0, 30.0}), reply_of(3, 0.6, {20.0, 30.0})});
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_EQ(check->events, alone->events);
  EXPECT_EQ(check->lost, 0U);
  EXPECT_EQ(check->kernel->most_s, alone->kernel->most_s);
}

TEST(CheckStamps, RefusesWhatIsNotOfTheSameRequests) {
  auto load = two_replies().build();
  const auto fewer = check_stamps(load, {reply_of(1, 0.1, {20.0, 30.0})});
  ASSERT_FALSE(fewer);
  EXPECT_EQ(fewer.error().code, ErrorCode::record_mismatch);
  EXPECT_NE(fewer.error().message.find("2 requests were sent and 1 received"), std::string::npos);
  const auto earlier = check_stamps(load, {reply_of(1, 0.1, {20.0}), reply_of(2, 0.15, {20.0})});
  ASSERT_FALSE(earlier);
  EXPECT_NE(earlier.error().message.find("before it was sent"), std::string::npos);

  auto builder = two_replies();
  ClientReport client;
  client.threads = 2;
  builder.header().client = client;
  auto threads = builder.build();
  EXPECT_FALSE(check_stamps(threads, {reply_of(1, 0.1, {20.0}), reply_of(2, 0.6, {20.0})}));
}

TEST(StampCheckJson, ComesBackAsItWas) {
  StampCheck check;
  check.scenario = "closed:4";
  check.events = 12;
  check.lost = 3;
  check.kernel = StampDistance{-1e-6, 2e-6, 3e-6, 4e-6};
  check.cpu_per_event_s = 5e-6;
  const auto back = stamp_check_from(to_json(check));
  EXPECT_EQ(back.scenario, "closed:4");
  EXPECT_EQ(back.lost, 3U);
  EXPECT_TRUE(back.of_this_load);
  ASSERT_TRUE(back.kernel.has_value());
  EXPECT_DOUBLE_EQ(back.kernel->least_s, -1e-6);
  EXPECT_DOUBLE_EQ(back.kernel->most_s, 4e-6);
  EXPECT_FALSE(back.user.has_value());
  EXPECT_DOUBLE_EQ(*back.cpu_per_event_s, 5e-6);
}

TEST(ReadSentLog, TakesRepliesInTheOrderTheirRequestsCame) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "stamp_check_sent.jsonl";
  std::ofstream(path)
      << R"({"request":2,"connection":1,"received_ns":50,"read_ns":60,"prompt_tokens":1,"tokens":1})"
         "\n"
      << R"({"request":1,"connection":0,"received_ns":40,"read_ns":70,"prompt_tokens":1,"tokens":2})"
         "\n"
      << R"({"request":1,"event":0,"kind":"head","tokens":0,"bytes":9,"due_ns":1,"before_ns":80,"after_ns":81})"
         "\n"
      << R"({"request":1,"event":1,"kind":"content","tokens":1,"bytes":9,"due_ns":1,"before_ns":90,"after_ns":95})"
         "\n"
      << R"({"request":1,"connection":0,"end":"complete","end_ns":99})"
         "\n"
      << R"({"request":2,"conn)";
  const auto log = read_sent_log(path);
  ASSERT_TRUE(log) << log.error().message;
  ASSERT_EQ(log->size(), 2U);
  EXPECT_EQ((*log)[0].number, 1U);
  EXPECT_TRUE((*log)[0].complete);
  ASSERT_EQ((*log)[0].events.size(), 1U);
  EXPECT_EQ((*log)[0].events[0].before_ns, 90);
  EXPECT_EQ((*log)[0].events[0].after_ns, 95);
  EXPECT_FALSE((*log)[1].complete);
  std::ofstream(path) << "[]\n{}\n";
  EXPECT_EQ(read_sent_log(path).error().code, ErrorCode::record_unreadable);
  std::filesystem::remove(path);
  EXPECT_EQ(read_sent_log(path).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
