// SPDX-License-Identifier: Apache-2.0
#include "wire/framer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/resource.h>

#include "unit/wire/framed.hpp"

namespace edgeeval {
namespace {

using Strings = std::vector<std::string>;
constexpr auto kSse = Framing::server_sent_events;
constexpr auto kLines = Framing::json_lines;

TEST(FramerSse, TakesEveryLineEndAndTheSpaceOrNone) {
  EXPECT_EQ(data_of("data: a\n\ndata:b\n\n"), (Strings{"a", "b"}));
  EXPECT_EQ(data_of("data: a\r\n\r\ndata:b\r\n\r\n"), (Strings{"a", "b"}));
  EXPECT_EQ(data_of("data: a\r\rdata:b\r\r"), (Strings{"a", "b"}));
  EXPECT_EQ(data_of("data: a\r\n\rdata:b\n\r\n"), (Strings{"a", "b"}));
  EXPECT_EQ(data_of("data:  two blanks\n\n"), (Strings{" two blanks"}));
}

TEST(FramerSse, GivesWhatTheStandardsExamplesGive) {
  // WHATWG HTML, 9.2.6: the first block fires with "", the second with one LF, the third not at all.
  EXPECT_EQ(data_of("data\n\ndata\ndata\n\ndata:"), (Strings{"", "\n"}));
  // Two events that are the same: the space after the colon is left out.
  EXPECT_EQ(data_of("data:test\n\ndata: test\n\n"), (Strings{"test", "test"}));
  EXPECT_EQ(data_of("data: YHOO\ndata: +2\ndata: 10\n\n"), (Strings{"YHOO\n+2\n10"}));
}

TEST(FramerSse, DropsEventsWithoutDataAndFieldsThatItDoesNotKnow) {
  EXPECT_EQ(data_of("event: lonely\n\nid: 7\nretry: 10\ndatum: x\ndata: a\n\n\n\n"), (Strings{"a"}));
  const auto stream = framed(kSse, {"event: gone\n\ndata: a\n\n"});
  ASSERT_EQ(stream.events.size(), 1U);
  EXPECT_EQ(stream.events[0].event, "");
}

TEST(FramerSse, KeepsTheEventsName) {
  const auto stream = framed(kSse, {"event: chat.start\ndata: {}\n\nevent:x\ndata: 1\nevent: y\n\n"});
  EXPECT_EQ(stream.events,
            (std::vector<Framed>{{"{}", "chat.start", false, false}, {"1", "y", false, false}}));
}

TEST(FramerSse, TellsCommentsOfTheirOwnAndHidesThoseWithinAnEvent) {
  const auto stream = framed(kSse, {": ping\n\n:\n\ndata: a\n: within\ndata: b\n\n"});
  EXPECT_EQ(
      stream.events,
      (std::vector<Framed>{{"ping", "", true, false}, {"", "", true, false}, {"a\nb", "", false, false}}));
}

TEST(FramerSse, StripsAByteOrderMarkAtTheStartAlone) {
  EXPECT_EQ(data_of("\xEF\xBB\xBF"
                    "data: a\n\n\xEF\xBB\xBF"
                    "data: b\n\n"),
            (Strings{"a"}));
  const auto cut = framed(kSse, {"\xEF", "\xBB", "\xBF", "data: a\n\n"});
  ASSERT_EQ(cut.events.size(), 1U);
  EXPECT_EQ(cut.events[0].data, "a");
}

TEST(FramerSse, TakesCrAndLfInTwoPortionsForOneLineEnd) {
  const auto stream = framed(kSse, {"data: a\r", "\ndata: b\r", "\n\r", "\ndata: c\r\n\r", "\n"});
  ASSERT_EQ(stream.events.size(), 2U);
  EXPECT_EQ(stream.events[0].data, "a\nb");
  EXPECT_EQ(stream.events[1].data, "c");
  EXPECT_FALSE(stream.mid_event);
}

TEST(FramerSse, MarksEventsThatBeganInAnEarlierPortion) {
  const auto stream = framed(kSse, {"data: a\n\ndata: b", "\n\ndata: c\n\n", "data: d\n", "\ndata: e\n\n"});
  std::vector<bool> split;
  for (const auto& event : stream.events) split.push_back(event.split);
  EXPECT_EQ(split, (std::vector<bool>{false, true, false, true, false}));
}

TEST(FramerSse, EndsWithDoneThatLacksItsEmptyLine) {
  for (const std::string end : {"data: [DONE]\n", "data: [DONE]", "data:[DONE]\r\n"}) {
    const auto stream = framed(kSse, {"data: a\n\n" + end});
    ASSERT_EQ(stream.events.size(), 2U) << end;
    EXPECT_EQ(stream.events[1].data, "[DONE]");
    EXPECT_FALSE(stream.mid_event);
  }
  const auto open = framed(kSse, {"data: [DONE]\n"}, false);
  EXPECT_TRUE(open.events.empty());
  EXPECT_TRUE(open.mid_event);
}

TEST(FramerSse, DropsAnotherUnfinishedEventAndTellsOfIt) {
  const auto stream = framed(kSse, {"data: a\n\ndata: {\"broken\""});
  EXPECT_EQ(stream.events.size(), 1U);
  EXPECT_TRUE(stream.mid_event);
}

TEST(FramerSse, DoesNotCopyAnEventThatLiesWhollyInThePortion) {
  const std::string bytes = "event: n\ndata: abc\n\n";
  Framer framer(kSse);
  framer.feed(bytes);
  Frame frame;
  ASSERT_TRUE(framer.next(frame));
  EXPECT_EQ(frame.data.data(), bytes.data() + 15);
  EXPECT_EQ(frame.event.data(), bytes.data() + 7);
}

TEST(FramerLines, TakesALineForAnEvent) {
  const auto stream = framed(kLines, {"{\"a\":1}\r\n\n  \n{\"b\"", ":2}\n{\"c\":3}"});
  EXPECT_EQ(stream.events, (std::vector<Framed>{{"{\"a\":1}", "", false, false},
                                                {"{\"b\":2}", "", false, true},
                                                {"{\"c\":3}", "", false, true}}));
  EXPECT_FALSE(stream.mid_event);
}

TEST(FramerLines, KeepsAnUnfinishedLineUntilTheEnd) {
  const auto open = framed(kLines, {"{\"a\":1}\n{\"b\""}, false);
  EXPECT_EQ(open.events.size(), 1U);
  EXPECT_TRUE(open.mid_event);
}

TEST(FramerBounds, StopALineAndAJoinedEvent) {
  const std::string at_bound = "data: " + std::string(94, 'x');  // A line of 100 bytes.
  EXPECT_EQ(framed(kSse, {at_bound + "\n\n"}, true, 100).events.size(), 1U);
  EXPECT_EQ(framed(kSse, {at_bound + "y\n\n"}, true, 100).fault, FrameFault::line_too_long);
  EXPECT_EQ(framed(kSse, {at_bound, "y"}, true, 100).fault, FrameFault::line_too_long);
  EXPECT_EQ(framed(kLines, {std::string(101, 'x')}, true, 100).fault, FrameFault::line_too_long);
  const std::string half = "data: " + std::string(50, 'x') + "\n";
  EXPECT_EQ(framed(kSse, {half + "data: " + std::string(49, 'x') + "\n\n"}, true, 100).events.size(), 1U);
  const auto joined = framed(kSse, {"data: first\n\n" + half + half + "\ndata: never\n\n"}, true, 100);
  EXPECT_EQ(joined.fault, FrameFault::event_too_large);
  EXPECT_EQ(joined.events.size(), 1U);
}

TEST(FramerBounds, AGigabyteWithoutALineEndIsHeldNoFurtherThanTheBound) {
  const std::string portion(256U << 10U, 'x');
  constexpr std::size_t kPortions = 4096;
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  for (const auto framing : {kSse, kLines}) {
    Framer framer(framing, 1U << 20U);
    Frame frame;
    std::size_t fed = 0;
    for (; fed < kPortions && framer.fault() == FrameFault::none; ++fed) {
      framer.feed(portion);
      EXPECT_FALSE(framer.next(frame));
    }
    EXPECT_EQ(framer.fault(), FrameFault::line_too_long);
    EXPECT_EQ(fed, 5U);
    framer.feed("data: a\n\n");
    EXPECT_FALSE(framer.next(frame)) << "after a fault there is nothing more";
  }
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16L << 10L) << "KiB";
}

TEST(FramerBounds, AMegabyteOfCrIsNoEvent) {
  const std::string crs(1U << 20U, '\r');
  Framer framer(kSse);
  framer.feed(crs);
  Frame frame;
  EXPECT_FALSE(framer.next(frame));
  EXPECT_FALSE(framer.mid_event());
}

TEST(Framer, StartsAnewAfterReset) {
  Framer framer(kSse, 32);
  framer.feed("event: e\ndata: half");
  Frame frame;
  EXPECT_FALSE(framer.next(frame));
  EXPECT_TRUE(framer.mid_event());
  framer.reset(kLines);
  EXPECT_FALSE(framer.mid_event());
  framer.feed("{}\n");
  ASSERT_TRUE(framer.next(frame));
  EXPECT_EQ(frame.data, "{}");
  EXPECT_FALSE(frame.split);
  framer.reset(kSse);
  framer.feed(
      "\xEF\xBB\xBF"
      "data: b\n\n");
  ASSERT_TRUE(framer.next(frame));
  EXPECT_EQ(frame.data, "b");
  EXPECT_EQ(frame.event, "");
}

/// Streams of the bytes that matter to a framer.
rc::Gen<std::string> streams() {
  return rc::gen::map(rc::gen::container<Strings>(
                          rc::gen::element<std::string>("data", ":", " ", "\r", "\n", "\r\n", "event", "x",
                                                        "data: {}", "[DONE]", "\n\n", "\xEF\xBB\xBF", "id")),
                      [](const Strings& parts) {
                        std::string all;
                        for (const auto& part : parts) all += part;
                        return all;
                      });
}

Strings cut(const std::string& stream, const std::vector<std::uint8_t>& sizes) {
  Strings portions;
  std::size_t at = 0;
  for (std::size_t i = 0; at < stream.size(); ++i) {
    const std::size_t size = sizes.empty() ? 1 : sizes[i % sizes.size()] % 9U;
    if (size == 0 && sizes.size() < 2) break;
    portions.push_back(stream.substr(at, size));
    at += portions.back().size();
    if (i > stream.size() * 4) break;
  }
  portions.push_back(stream.substr(std::min(at, stream.size())));
  return portions;
}

TEST(FramerProperty, AnyCutGivesTheSameEventsAsTheWhole) {
  rc::check([] {
    const auto stream = *streams();
    const auto portions = cut(stream, *rc::gen::arbitrary<std::vector<std::uint8_t>>());
    const auto bound = *rc::gen::element<std::size_t>(8, 20, 1U << 20U);
    for (const auto framing : {kSse, kLines}) {
      auto whole = framed(framing, {stream}, true, bound);
      auto parts = framed(framing, portions, true, bound);
      for (auto* events : {&whole.events, &parts.events}) {
        for (auto& event : *events) event.split = false;
      }
      RC_ASSERT(whole.events == parts.events);
      RC_ASSERT(whole.fault == parts.fault);
      RC_ASSERT(whole.mid_event == parts.mid_event || whole.fault != FrameFault::none);
    }
  });
}

}  // namespace
}  // namespace edgeeval
