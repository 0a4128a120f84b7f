// SPDX-License-Identifier: Apache-2.0
#include "load/sse.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace edgeeval {
namespace {

using Events = std::vector<std::string>;

/// The events of `stream`, fed in the pieces that `cuts` (rising offsets) make of it.
Events events_of(std::string_view stream, const std::vector<std::size_t>& cuts = {}) {
  SseParser parser;
  Events events;
  const auto keep = [&](std::string_view data) { events.emplace_back(data); };
  std::size_t from = 0;
  for (const auto cut : cuts) {
    parser.feed(stream.substr(from, cut - from), keep);
    from = cut;
  }
  parser.feed(stream.substr(from), keep);
  return events;
}

TEST(SseParser, HandsOutAnEventOnlyWithItsBlankLine) {
  EXPECT_EQ(events_of("data: one\n"), Events{});
  EXPECT_EQ(events_of("data: one\n\n"), Events{"one"});
}

TEST(SseParser, TakesLfCrAndCrlf) {
  const Events wanted{"a", "b"};
  EXPECT_EQ(events_of("data: a\n\ndata: b\n\n"), wanted);
  EXPECT_EQ(events_of("data: a\r\rdata: b\r\r"), wanted);
  EXPECT_EQ(events_of("data: a\r\n\r\ndata: b\r\n\r\n"), wanted);
}

TEST(SseParser, SkipsCommentsOtherFieldsAndEventsWithoutData) {
  EXPECT_EQ(events_of(": keep-alive\n\nevent: x\nid: 7\nretry: 9\n\ndatabase: no\n\ndata: a\n\n"),
            Events{"a"});
}

TEST(SseParser, JoinsDataLinesAndDropsOneSpaceOnly) {
  EXPECT_EQ(events_of("data: a\ndata:  b\ndata:c\ndata\n\n"), Events{"a\n b\nc\n"});
}

TEST(SseParser, SkipsAByteOrderMarkAtTheStartOnly) {
  EXPECT_EQ(events_of("\xEF\xBB\xBF"
                      "data: a\n\n\xEF\xBB\xBF"
                      "data: b\n\n"),
            Events{"a"});
}

TEST(SseParser, DoesNotDependOnWhereTheStreamIsCut) {
  const std::string stream =
      "\xEF\xBB\xBF"
      "data: {\"a\": 1}\r\n\r\n: comment\rdata: x\rdata: y\r\r\nevent: e\ndata:\n\ndata: é→\n\n";
  const auto whole = events_of(stream);
  ASSERT_EQ(whole, (Events{"{\"a\": 1}", "x\ny", "", "é→"}));
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    EXPECT_EQ(events_of(stream, {cut}), whole) << "cut at " << cut;
    for (std::size_t next = cut; next <= stream.size(); next += 3)
      EXPECT_EQ(events_of(stream, {cut, next}), whole) << "cut at " << cut << " and " << next;
  }
  std::vector<std::size_t> everywhere;
  for (std::size_t cut = 0; cut < stream.size(); ++cut) everywhere.push_back(cut);
  EXPECT_EQ(events_of(stream, everywhere), whole);
}

}  // namespace
}  // namespace edgeeval
