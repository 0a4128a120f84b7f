// SPDX-License-Identifier: Apache-2.0
#include "stage/item_timelines.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

constexpr std::int64_t kEpoch = 5'000'000'000'000;  // The clock has run for a while.

RequestRecord request(std::uint32_t index, std::uint32_t prompt) {
  RequestRecord record;
  record.index = index;
  record.prompt = prompt;
  record.scheduled_ns = kEpoch;
  record.issued_ns = kEpoch + 1'000'000;
  record.headers_ns = kEpoch + 2'000'000;
  record.closed_ns = kEpoch + 90'000'000;
  record.status = 200;
  record.attempts = 1;
  record.text = "yes";
  return record;
}

EventRecord event(std::uint32_t request, EventClass kind, std::int64_t at_ms) {
  EventRecord event;
  event.request = request;
  event.kind = kind;
  event.kernel_ns = kEpoch + at_ms * 1'000'000;
  event.user_ns = event.kernel_ns + 30'000;
  return event;
}

std::vector<RequestTimeline> timelines(std::vector<RequestRecord> requests, std::vector<EventRecord> events,
                                       const std::vector<std::string>& items) {
  LoadRecord load;
  load.requests = std::move(requests);
  load.events = events_in_memory(std::move(events));
  auto all = item_timelines(load, items, kEpoch);
  EXPECT_TRUE(all.has_value());
  return all ? std::move(*all) : std::vector<RequestTimeline>();
}

TEST(ItemTimelines, HaveTheKernelsStampsInSecondsFromTheEpoch) {
  auto asked = request(0, 0);
  asked.connected_ns = kEpoch + 500'000;
  asked.prompt_tokens = 40;
  asked.cached_tokens = 0;
  asked.completion_tokens = 3;
  asked.completion_source = TokenSource::usage;
  asked.finish_reason = "stop";
  const auto all = timelines(
      {asked},
      {event(0, EventClass::role, 9), event(0, EventClass::content, 10), event(0, EventClass::content, 30),
       event(0, EventClass::content, 80), event(0, EventClass::finish, 81), event(0, EventClass::usage, 82)},
      {"a"});
  ASSERT_EQ(all.size(), 1U);
  const auto& timeline = all[0];
  EXPECT_TRUE(timeline.ok) << timeline.error;
  EXPECT_EQ(timeline.item, "a");
  EXPECT_DOUBLE_EQ(timeline.sent_s, 0.001);
  EXPECT_DOUBLE_EQ(timeline.connected_s.value(), 0.0005);
  EXPECT_DOUBLE_EQ(timeline.headers_s.value(), 0.002);
  EXPECT_DOUBLE_EQ(timeline.first_token_s.value(), 0.010);
  EXPECT_DOUBLE_EQ(timeline.last_token_s.value(), 0.080);
  EXPECT_DOUBLE_EQ(timeline.closed_s.value(), 0.090);
  EXPECT_EQ(timeline.token_events_s.size(), 3U);
  EXPECT_EQ(timeline.completion_tokens, 3);
  EXPECT_EQ(timeline.token_source, "usage");
  EXPECT_EQ(timeline.finish_reason, "stop");
  EXPECT_EQ(timeline.text, "yes");
  EXPECT_EQ(timeline.retries, 0);
}

TEST(ItemTimelines, TellTheTokensOfTheFirstEventAndOfAll) {
  auto counted = request(0, 0);
  counted.completion_tokens = 8;
  counted.completion_source = TokenSource::usage;
  auto first = event(0, EventClass::content, 10);
  first.tokens = 3;
  auto second = event(0, EventClass::content, 30);
  second.tokens = 4;
  first.flags = second.flags = kTokensKnown;
  // Its two events tell no tokens, and the reply's count is not theirs: not known.
  auto unknown = request(1, 1);
  unknown.completion_tokens = 8;
  unknown.completion_source = TokenSource::usage;
  const auto all = timelines(
      {counted, unknown},
      {first, second, event(1, EventClass::content, 40), event(1, EventClass::content, 50)}, {"a", "b"});
  EXPECT_EQ(all.at(0).first_tokens, 3);
  EXPECT_EQ(all.at(0).shown_tokens, 7) << "the eighth shows no text";
  EXPECT_EQ(all.at(1).first_tokens, std::nullopt);
  EXPECT_EQ(all.at(1).shown_tokens, 8);
}

TEST(ItemTimelines, LeaveTheWarmUpOutAndFollowTheItemsWhateverEndedFirst) {
  auto warm = request(0, 1);
  warm.phase = LoadPhase::warmup;
  auto second = request(2, 1);
  second.text = "two";
  const auto all = timelines({warm, request(1, 0), second},
                             {event(0, EventClass::content, 1), event(2, EventClass::content, 20),
                              event(1, EventClass::content, 30), event(2, EventClass::content, 40)},
                             {"a", "b"});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].item, "a");
  EXPECT_EQ(all[0].index, 0);
  EXPECT_DOUBLE_EQ(all[0].first_token_s.value(), 0.030);
  EXPECT_EQ(all[1].item, "b");
  EXPECT_EQ(all[1].index, 1);
  EXPECT_EQ(all[1].text, "two");
  EXPECT_DOUBLE_EQ(all[1].first_token_s.value(), 0.020);
  EXPECT_DOUBLE_EQ(all[1].last_token_s.value(), 0.040);
}

TEST(ItemTimelines, TellWhyARequestFailedAndWhatWasNeverSent) {
  auto refused = request(0, 0);
  refused.status = 400;
  refused.failure = FailureClass::bad_request;
  refused.error = "too long";
  auto midway = request(1, 1);
  midway.failure = FailureClass::error_event;
  midway.error = "no memory";
  auto wordless = request(2, 2);
  wordless.failure = FailureClass::refused;
  wordless.status = 0;
  wordless.issued_ns.reset();
  wordless.attempts = 0;
  const auto all = timelines({refused, midway, wordless}, {}, {"a", "b", "c", "d"});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].error, "HTTP 400: too long");
  EXPECT_EQ(all[1].error, "no memory");
  EXPECT_EQ(all[2].error, "refused");
  EXPECT_EQ(all[2].retries, 0);
  EXPECT_EQ(all[3].error, "not sent: the load had ended");
  for (const auto& timeline : all) {
    EXPECT_FALSE(timeline.ok);
    EXPECT_EQ(timeline.first_token_s, std::nullopt);
  }
}

TEST(ItemTimelines, TakeAProperReplyWithoutATokenForAnEmptyAnswer) {
  auto empty = request(0, 0);
  empty.failure = FailureClass::no_tokens;
  empty.error = "the reply ended without a token";
  empty.text.clear();
  const auto all = timelines({empty}, {event(0, EventClass::finish, 5)}, {"a"});
  EXPECT_TRUE(all.at(0).ok);
  EXPECT_EQ(all.at(0).error, "");
  EXPECT_EQ(all.at(0).text, "");
  EXPECT_EQ(all.at(0).first_token_s, std::nullopt);
}

TEST(ItemTimelines, CountHowOftenARequestWasAskedAgainAndNameOtherSources) {
  auto asked = request(0, 0);
  asked.attempts = 3;
  asked.completion_tokens = 2;
  asked.completion_source = TokenSource::native;
  auto counted = request(1, 1);
  counted.completion_tokens = 2;
  counted.completion_source = TokenSource::token_ids;
  const auto all = timelines({asked, counted}, {}, {"a", "b"});
  EXPECT_EQ(all.at(0).retries, 2);
  EXPECT_EQ(all.at(0).token_source, "timings");
  EXPECT_EQ(all.at(1).token_source, "token_ids");
}

}  // namespace
}  // namespace edgeeval
