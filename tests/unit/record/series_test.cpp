// SPDX-License-Identifier: Apache-2.0
#include "record/series.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "unit/record/load_samples.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

const std::string kIndex = R"({"type":"series","version":"1.0","loads":["a","b"]})";

/// A load of `count` requests with two events each.
Result<LoadRecord> load_of(std::uint32_t count) {
  LoadRecord load;
  load.header = full_header();
  std::vector<EventRecord> events;
  for (std::uint32_t i = 0; i < count; ++i) {
    load.requests.push_back(full_request(i));
    for (std::uint32_t number = 0; number < 2; ++number) events.push_back(sample_event(i, number));
  }
  load.events = events_in_memory(std::move(events));
  return load;
}

/// The file of two loads, of 3 and of 5 requests.
fs::path written(const ScratchFolder& scratch) {
  const auto path = scratch.path() / "series.jsonl";
  EXPECT_TRUE(
      write_series(kIndex, {{"a", [] { return load_of(3); }}, {"b", [] { return load_of(5); }}}, path));
  return path;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Series, EveryLoadComesBackByItsName) {
  const ScratchFolder scratch;
  const auto path = written(scratch);
  for (const auto& [name, count] : {std::pair("a", 3U), std::pair("b", 5U)}) {
    auto load = read_load_of_series(path, name);
    ASSERT_TRUE(load) << load.error().message;
    ASSERT_EQ(load->requests.size(), count);
    const auto events = all_events(*load->events);
    ASSERT_EQ(events.size(), 2U * count) << "of this load alone";
    for (std::size_t i = 0; i < events.size(); ++i)
      EXPECT_TRUE(same_event(
          events[i], sample_event(static_cast<std::uint32_t>(i / 2), static_cast<std::uint32_t>(i % 2))));
    ASSERT_TRUE(load->events->rewind());
    EXPECT_EQ(all_events(*load->events).size(), 2U * count);
  }
  const auto none = read_load_of_series(path, "c");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "holds no load \"c\"");
}

TEST(Series, ItsIndexIsFoundInIt) {
  const ScratchFolder scratch;
  const auto index = series_index(written(scratch));
  ASSERT_TRUE(index);
  EXPECT_EQ(*index, kIndex);
  auto single = load_of(2);
  ASSERT_TRUE(write_timelines(*single, scratch.path() / "single.jsonl"));
  EXPECT_FALSE(*series_index(scratch.path() / "single.jsonl"));
  EXPECT_FALSE(*series_index(scratch.path()));
}

TEST(Series, IsNoSingleLoad) {
  const ScratchFolder scratch;
  const auto load = read_load(written(scratch));
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().code, ErrorCode::record_unreadable);
  EXPECT_EQ(load.error().message, "holds several loads, not one");
}

TEST(Series, ALineOfNoLoadIsDamageAndATornOneIsLeftOut) {
  const ScratchFolder scratch;
  const auto path = written(scratch);
  auto text = content(path);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text.substr(0, text.size() - 5);
  EXPECT_TRUE(read_load_of_series(path, "a")->warnings.empty()) << "the torn line is another's";
  const auto torn = read_load_of_series(path, "b");
  ASSERT_TRUE(torn);
  EXPECT_EQ(torn->requests.size(), 4U);
  EXPECT_EQ(torn->warnings.size(), 1U);
  const auto at = text.rfind(R"("load":"b",)");
  text.erase(at, std::string(R"("load":"b",)").size());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  const auto damaged = read_load_of_series(path, "b");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::record_unreadable);
  EXPECT_NE(damaged.error().where.find("series.jsonl:11"), std::string::npos) << damaged.error().where;
}

TEST(Series, ALoadThatCannotBeReadIsTheErrorAndLeavesNoFile) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "series.jsonl";
  const auto failed =
      write_series(kIndex, {{"a", []() -> Result<LoadRecord> { return fail(ErrorCode::io, "gone"); }}}, path);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "gone");
  EXPECT_FALSE(fs::exists(path));
}

TEST(SeriesLine, TellsTheLoadAndWhetherItIsAHeader) {
  const auto header = series_line(R"({"load":"step-01","type":"load","version":"1.0"})");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->load, "step-01");
  EXPECT_TRUE(header->header);
  const auto request = series_line(R"( { "load" : "x", "index" : 1})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->load, "x");
  EXPECT_FALSE(request->header);
  for (const char* const line : {"", "{", R"({"index":1,"load":"x"})", R"({"load":1,"index":1})",
                                 R"({"load":"x"})", R"({"load":"a\"b","index":1})"})
    EXPECT_FALSE(series_line(line)) << line;
}

}  // namespace
}  // namespace edgeeval
