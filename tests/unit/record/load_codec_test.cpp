// SPDX-License-Identifier: Apache-2.0
#include "record/load_codec.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/record/load_samples.hpp"

namespace edgeeval {
namespace {

std::string padded(std::string line) {
  line.reserve(line.size() + RequestParser::kPadding);
  return line;
}

std::string line_of(const RequestRecord& request) {
  std::string line;
  append_request(line, request);
  return padded(std::move(line));
}

Result<RequestRecord> parsed(const std::string& line) {
  RequestParser parser;
  return parser.request(padded(line), "here:1");
}

TEST(LoadCodec, EveryFieldOfARequestComesBack) {
  const auto before = full_request(3);
  const auto line = line_of(before);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  RequestParser parser;
  const auto after = parser.request(line, "here:1");
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->index, 3U);
  EXPECT_EQ(after->prompt, 10U);
  EXPECT_EQ(after->item, before.item);
  EXPECT_EQ(after->phase, LoadPhase::measured);
  EXPECT_EQ(after->scheduled_ns, 9'007'199'254'743'993);
  EXPECT_EQ(after->connect_begun_ns, before.connect_begun_ns);
  EXPECT_EQ(after->connected_ns, before.connected_ns);
  EXPECT_EQ(after->tls_ns, before.tls_ns);
  EXPECT_EQ(after->issued_ns, before.issued_ns);
  EXPECT_EQ(after->written_ns, before.written_ns);
  EXPECT_EQ(after->tx_ns, before.tx_ns);
  EXPECT_EQ(after->headers_ns, before.headers_ns);
  EXPECT_EQ(after->first_byte_ns, before.first_byte_ns);
  EXPECT_EQ(after->closed_ns, before.closed_ns);
  EXPECT_TRUE(after->reused_connection);
  EXPECT_EQ(after->attempts, 2);
  EXPECT_EQ(after->status, 503);
  EXPECT_EQ(after->failure, FailureClass::loading);
  EXPECT_EQ(after->error, before.error);
  EXPECT_EQ(after->retry_after_ms, 1500);
  EXPECT_EQ(after->request_bytes, 4'294'967'295U);
  EXPECT_EQ(after->reply_bytes, 5'000'000'000U);
  EXPECT_EQ(after->asked_tokens, 64U);
  EXPECT_EQ(after->prompt_tokens, 21);
  EXPECT_EQ(after->cached_tokens, 22);
  EXPECT_EQ(after->completion_tokens, 23);
  EXPECT_EQ(after->reasoning_tokens, 24);
  EXPECT_EQ(after->completion_source, TokenSource::usage_difference);
  EXPECT_EQ(after->retokenised_tokens, 25);
  EXPECT_EQ(after->event_sources, (EventSources{2, 61}));
  EXPECT_NE(line.find(R"("event_sources":{"unknown":2,"token_ids":61})"), std::string::npos) << line;
  EXPECT_EQ(after->finish_reason, "length");
  EXPECT_EQ(after->server, before.server);
  EXPECT_EQ(after->text, before.text);
  // What has no line above would show here.
  EXPECT_EQ(line_of(*after), line);
}

TEST(LoadCodec, WhatIsAbsentStaysAbsent) {
  const auto line = line_of(bare_request(0));
  EXPECT_EQ(line, R"({"index":0,"prompt":0,"phase":"measured","scheduled_ns":5,"reused_connection":false,)"
                  R"("attempts":0,"request_bytes":0,"reply_bytes":0,"asked_tokens":0})");
  const auto after = parsed(line);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_FALSE(after->issued_ns);
  EXPECT_FALSE(after->server);
  EXPECT_EQ(after->failure, FailureClass::none);
  EXPECT_EQ(after->completion_source, TokenSource::unknown);
}

TEST(LoadCodec, TextThatIsNotUtf8AndTimesThatAreNoNumbersDoNoHarm) {
  auto request = bare_request(1);
  request.error = "bad \xff\xfe end";
  request.server = ServerTimings{};
  request.server->prompt_ms = std::numeric_limits<double>::quiet_NaN();
  request.server->total_ms = std::numeric_limits<double>::infinity();
  request.server->predicted_ms = 0.1 + 0.2;
  const auto after = parsed(line_of(request));
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->error, "bad \xEF\xBF\xBD\xEF\xBF\xBD end");
  ASSERT_TRUE(after->server);
  EXPECT_FALSE(after->server->prompt_ms);
  EXPECT_FALSE(after->server->total_ms);
  EXPECT_EQ(after->server->predicted_ms, 0.1 + 0.2);
}

TEST(LoadCodec, KeysMayComeInAnyOrderAndUnknownOnesArePassedOver) {
  const auto after =
      parsed(R"({"text":"x","new":{"a":[1]},"status":200,"index":4,"scheduled_ns":1,"prompt":2})");
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->index, 4U);
  EXPECT_EQ(after->status, 200);
  EXPECT_EQ(after->text, "x");
}

TEST(LoadCodec, SourcesOfEventsAreReadFromOlderAndNewerRecords) {
  // 1.0 has none; a source that only a newer version knows is unknown here.
  EXPECT_EQ(parsed(R"({"index":1})")->event_sources, EventSources{});
  const auto newer = parsed(R"({"index":1,"event_sources":{"unknown":1,"by_sight":2,"native":3}})");
  ASSERT_TRUE(newer) << newer.error().message;
  EXPECT_EQ(newer->event_sources, (EventSources{3, 0, 0, 3}));
  EXPECT_FALSE(parsed(R"({"index":1,"event_sources":"native"})"));
  EXPECT_FALSE(parsed(R"({"index":1,"event_sources":{"native":-1}})"));
}

TEST(LoadCodec, LinesThatAreNoRequestAreRefused) {
  for (const char* line :
       {"", "[]", "7", "{\"index\":", R"({"prompt":1})", R"({"index":-1})", R"({"index":4294967296})",
        R"({"index":"1"})", R"({"index":1,"phase":"nap"})", R"({"index":1,"server":3})",
        R"({"index":1,"issued_ns":1.5})", R"({"index":1,"attempts":70000})",
        // Times whose difference would not fit.
        R"({"index":1,"scheduled_ns":-9223372036854775808})",
        R"({"index":1,"closed_ns":9223372036854775807})", R"({"index":1,"issued_ns":4611686018427387904})"}) {
    const auto found = parsed(line);
    ASSERT_FALSE(found) << line;
    EXPECT_EQ(found.error().code, ErrorCode::record_unreadable) << line;
    EXPECT_EQ(found.error().where, "here:1");
  }
  const auto deep =
      parsed(R"({"index":1,"text":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
  ASSERT_FALSE(deep);
}

TEST(LoadCodec, EventsComeBackExactly) {
  std::vector<EventRecord> events;
  for (std::uint32_t i = 0; i < 24; ++i) events.push_back(sample_event(5, i));
  std::string line;
  append_request(line, bare_request(5), events);
  RequestParser parser;
  std::vector<EventRecord> after;
  const auto taken = parser.events(padded(line), "here:1", after);
  ASSERT_TRUE(taken) << taken.error().message;
  ASSERT_EQ(after.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_TRUE(same_event(after[i], events[i])) << i;
}

TEST(LoadCodec, AnEventIsAShortArray) {
  EventRecord event;
  event.kernel_ns = 1000;
  event.user_ns = 1200;
  event.read = 8;
  event.bytes = 99;
  event.tokens = 3;
  event.kind = EventClass::content;
  event.flags = kKernelStamp | kTokensKnown | kFinish;
  auto bare = event;
  bare.flags = 0;
  std::string line;
  append_request(line, bare_request(0), std::vector<EventRecord>{event, bare});
  EXPECT_NE(line.find(R"("events":[[1000,1200,"content",3,99,25,8],[null,1200,"content",null,99,0,8]])"),
            std::string::npos)
      << line;
}

TEST(LoadCodec, EventsThatAreNoneAreRefused) {
  RequestParser parser;
  std::vector<EventRecord> events;
  for (const char* list : {"[1]", "[[1,2]]", R"([[1,2,"content",1,2,256,4]])", R"([[1,2,7,1,2,3,4]])",
                           R"([["1",2,"content",1,2,3,4]])"}) {
    const auto line = padded(std::string(R"({"index":0,"events":)") + list + "}");
    EXPECT_FALSE(parser.events(line, "here:1", events)) << list;
  }
}

TEST(LoadCodec, EveryFieldOfTheHeaderComesBack) {
  auto before = full_header();
  before.client = full_client();
  before.ended_ns = before.started_ns + 9;
  before.how_ended = "finished";
  const auto text = to_line(to_json(before));
  const auto after = load_header_from(*parse_json(text, "here"), "here");
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->started_ns, 9'007'199'254'740'993);
  EXPECT_EQ(after->measured_ns, 9'007'199'254'740'995);
  EXPECT_EQ(after->seeds, before.seeds);
  EXPECT_EQ(after->settings, before.settings);
  EXPECT_EQ(after->counters, before.counters);
  EXPECT_EQ(after->conditions, before.conditions);
  EXPECT_EQ(after->retokenising, before.retokenising);
  EXPECT_EQ(after->gauges, before.gauges);
  EXPECT_EQ(after->histograms, before.histograms);
  EXPECT_EQ(after->server_requests, before.server_requests);
  ASSERT_TRUE(after->client);
  EXPECT_EQ(after->client->clock.at(1).offset_ns, 5);
  EXPECT_EQ(after->client->user_delay_p99_ns, 16.5);
  EXPECT_EQ(to_line(to_json(*after)), text);
}

TEST(LoadCodec, ConditionsAtTimesThatCannotBeAreDamage) {
  auto json = to_json(full_header());
  json["conditions"] = {
      {{"name", "cpu.clock_mhz"}, {"at_ns", {std::numeric_limits<std::int64_t>::min()}}, {"value", {1.0}}}};
  const auto damaged = load_header_from(json, "here");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::record_unreadable);
  json["conditions"] = {{{"name", "cpu.clock_mhz"}, {"at_ns", {5}}, {"value", {"hot"}}}};
  EXPECT_FALSE(load_header_from(json, "here"));
  // A column that is shorter than the other is read as far as both go.
  json["conditions"] = {{{"name", "cpu.clock_mhz"}, {"at_ns", {5, 6}}, {"value", {1.0}}}};
  EXPECT_EQ(load_header_from(json, "here")->conditions.at(0).at.size(), 1U);
}

TEST(LoadCodec, AHeaderOfAnotherKindOrMajorVersionIsRefused) {
  auto json = to_json(full_header());
  json["version"] = "2.0";
  const auto newer = load_header_from(json, "here");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::record_unreadable);
  EXPECT_NE(newer.error().message.find("\"2.0\""), std::string::npos);
  json["version"] = "1.9";
  EXPECT_TRUE(load_header_from(json, "here"));
  json["type"] = "record";
  EXPECT_FALSE(load_header_from(json, "here"));
  EXPECT_FALSE(load_header_from(Json::array(), "here"));
}

}  // namespace
}  // namespace edgeeval
