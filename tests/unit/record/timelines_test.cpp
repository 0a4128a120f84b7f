// SPDX-License-Identifier: Apache-2.0
#include "record/timelines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "unit/record/load_samples.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kRequests = 10;
constexpr std::uint32_t kEvents = 24;

/// Events of all requests in turn, and two of a request that never ended; request 4 has none.
std::vector<EventRecord> interleaved() {
  std::vector<EventRecord> events;
  for (std::uint32_t number = 0; number < kEvents; ++number) {
    for (std::uint32_t request = 0; request < kRequests; ++request) {
      if (request != 4) events.push_back(sample_event(request, number));
    }
  }
  events.push_back(sample_event(77, 0));
  events.push_back(sample_event(77, 1));
  return events;
}

LoadRecord sample_load() {
  LoadRecord load;
  load.header = full_header();
  for (std::uint32_t i = 0; i < kRequests; ++i) load.requests.push_back(full_request(i));
  load.events = events_in_memory(interleaved());
  return load;
}

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void expect_whole(LoadRecord& load) {
  ASSERT_EQ(load.requests.size(), kRequests);
  std::vector<std::uint32_t> seen(kRequests, 0);
  for (const auto& event : all_events(*load.events)) {
    ASSERT_LT(event.request, kRequests);
    EXPECT_TRUE(same_event(event, sample_event(event.request, seen[event.request]++)));
  }
  for (std::uint32_t i = 0; i < kRequests; ++i) EXPECT_EQ(seen[i], i == 4 ? 0U : kEvents) << i;
}

TEST(Timelines, ComeBackAsTheyWere) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "lines.jsonl";
  auto load = sample_load();
  ASSERT_TRUE(write_timelines(load, path));
  auto back = read_load(path);
  ASSERT_TRUE(back) << back.error().message;
  expect_whole(*back);
  EXPECT_EQ(back->header.started_ns, load.header.started_ns);
  ASSERT_EQ(back->header.warnings.size(), 2U);
  EXPECT_EQ(back->header.warnings[1], "2 events of requests that had not ended were left out");
}

TEST(Timelines, AreTheSameHoweverLittleMemoryThereIs) {
  const ScratchFolder scratch;
  auto load = sample_load();
  ASSERT_TRUE(write_timelines(load, scratch.path() / "at-once.jsonl"));
  const auto expected = content(scratch.path() / "at-once.jsonl");
  EXPECT_EQ(std::count(expected.begin(), expected.end(), '\n'), 1 + kRequests);
  for (const std::uint64_t most : {1U, 24U, 25U, 60U, 216U}) {
    ASSERT_TRUE(write_timelines(load, scratch.path() / "parts.jsonl", most));
    EXPECT_EQ(content(scratch.path() / "parts.jsonl"), expected) << most;
  }
}

TEST(Timelines, OfAFolderAndOfAnotherFileAreTheSame) {
  const ScratchFolder scratch;
  auto writer = LoadWriter::create(scratch.path() / "load", full_header());
  ASSERT_TRUE(writer) << writer.error().message;
  for (const auto& event : interleaved()) writer->lane(0).event(event);
  for (std::uint32_t i = 0; i < kRequests; ++i) writer->lane(0).request(full_request(i));
  ASSERT_TRUE(writer->finish(full_header()));
  auto load = read_load(scratch.path() / "load");
  ASSERT_TRUE(load) << load.error().message;
  // 60 events at once: groups of two requests, for which the file of events is read from their first event
  // on.
  ASSERT_TRUE(write_timelines(*load, scratch.path() / "first.jsonl", 60));
  auto back = read_load(scratch.path() / "first.jsonl");
  ASSERT_TRUE(back) << back.error().message;
  expect_whole(*back);
  ASSERT_TRUE(write_timelines(*back, scratch.path() / "second.jsonl", 60));
  EXPECT_EQ(content(scratch.path() / "second.jsonl"), content(scratch.path() / "first.jsonl"));
}

TEST(Timelines, ATornLastLineIsLeftOutOfRequestsAndEvents) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "lines.jsonl";
  auto load = sample_load();
  ASSERT_TRUE(write_timelines(load, path));
  fs::resize_file(path, fs::file_size(path) - 5);
  auto back = read_load(path);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->requests.size(), kRequests - 1);
  EXPECT_EQ(back->warnings.size(), 1U);
  EXPECT_EQ(all_events(*back->events).size(), (kRequests - 2) * kEvents);
}

TEST(Timelines, RequestsWithGapsInTheirNumbersKeepTheirEvents) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "lines.jsonl";
  LoadRecord load;
  load.header = full_header();
  load.requests = {bare_request(3), bare_request(1'000'000)};
  load.events =
      events_in_memory({sample_event(1'000'000, 0), sample_event(3, 1), sample_event(1'000'000, 2)});
  ASSERT_TRUE(write_timelines(load, path));
  auto back = read_load(path);
  ASSERT_TRUE(back) << back.error().message;
  const auto events = all_events(*back->events);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_TRUE(same_event(events[0], sample_event(3, 1)));
  EXPECT_TRUE(same_event(events[2], sample_event(1'000'000, 2)));
}

TEST(Timelines, AFolderThatIsNotThereIsAnErrorAndNothingStays) {
  const ScratchFolder scratch;
  auto load = sample_load();
  const auto written = write_timelines(load, scratch.path() / "no" / "lines.jsonl");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::io);
  EXPECT_TRUE(fs::is_empty(scratch.path()));
}

}  // namespace
}  // namespace edgeeval
