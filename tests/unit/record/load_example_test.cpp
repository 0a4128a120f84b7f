// SPDX-License-Identifier: Apache-2.0
// What docs/record-format.md promises of a load: its Python example runs, and a file of timelines is as it
// was.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "record/load_file.hpp"
#include "unit/record/load_samples.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string output_of(const std::string& command) {
  std::string output;
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer{};
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  return ::pclose(pipe) == 0 ? output : "failed: " + output;
}

/// A measured request, sent at `issued_ns`, whose first event has the role and whose second the first token.
void put_request(LoadSink& lane, std::uint32_t index, std::int64_t issued_ns, std::int64_t token_ns) {
  EventRecord event;
  event.request = index;
  event.kernel_ns = event.user_ns = token_ns - 1000;
  event.kind = EventClass::role;
  lane.event(event);
  event.kernel_ns = event.user_ns = token_ns;
  event.kind = EventClass::content;
  lane.event(event);
  event.kernel_ns = event.user_ns = token_ns + 9'000'000;
  lane.event(event);
  auto request = bare_request(index);
  request.issued_ns = issued_ns;
  lane.request(std::move(request));
}

TEST(LoadExample, ThePythonOfTheDocumentationReadsALoad) {
  if (std::system("python3 -c pass >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no python3 here";
  const auto text = content(fs::path(EDGEEVAL_SOURCE_DIR) / "docs" / "record-format.md");
  const std::string fence = "```python\n";
  const auto begin = text.find(fence);
  ASSERT_NE(begin, std::string::npos);
  const auto from = begin + fence.size();
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "read.py") << text.substr(from, text.find("```", from) - from);

  auto writer = LoadWriter::create(scratch.path() / "load", full_header());
  ASSERT_TRUE(writer) << writer.error().message;
  constexpr std::int64_t base = 9'007'199'254'740'993;
  put_request(writer->lane(0), 0, base, base + 20'000'000);
  put_request(writer->lane(0), 1, base, base + 21'500'000);
  put_request(writer->lane(0), 2, base, base + 90'000'000);
  writer->lane(0).request(bare_request(3));
  ASSERT_TRUE(writer->finish(full_header()));
  std::ofstream(scratch.path() / "load" / "requests.jsonl", std::ios::app) << "{\"index\":4,";  // Torn.

  EXPECT_EQ(output_of("python3 '" + (scratch.path() / "read.py").string() + "' '" +
                      (scratch.path() / "load").string() + "' 2>&1"),
            "21.500 ms, 3 of 4 requests\n");
}

TEST(LoadExample, TimelinesOfBeforeAreRead) {
  auto load = read_load(fs::path(EDGEEVAL_SOURCE_DIR) / "tests" / "golden" / "load" / "timelines-1.0.jsonl");
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_EQ(load->header.version, "1.0");
  EXPECT_EQ(load->header.counters.size(), 1U);
  EXPECT_TRUE(load->header.gauges.empty() && load->header.histograms.empty() &&
              load->header.server_requests.empty());
  ASSERT_EQ(load->requests.size(), 2U);
  EXPECT_EQ(load->requests[0].completion_source, TokenSource::usage_difference);
  EXPECT_EQ(load->requests[0].event_sources, EventSources{}) << "it does not tell";
}

TEST(LoadExample, TimelinesAreAsTheyWere) {
  LoadRecord load;
  load.header = full_header();
  load.header.client = full_client();
  load.header.how_ended = "finished";
  load.requests = {full_request(0), bare_request(1)};
  std::vector<EventRecord> events;
  for (std::uint32_t i = 0; i < 12; ++i) events.push_back(sample_event(0, i));
  load.events = events_in_memory(events);
  const ScratchFolder scratch;
  const auto written = scratch.path() / "timelines.jsonl";
  ASSERT_TRUE(write_timelines(load, written));
  const auto golden = fs::path(EDGEEVAL_SOURCE_DIR) / "tests" / "golden" / "load" / "timelines.jsonl";
  if (std::getenv("EDGEEVAL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(golden, std::ios::binary) << content(written);
    GTEST_SKIP() << "timelines.jsonl was written, not compared: EDGEEVAL_UPDATE_GOLDEN is set";
  }
  EXPECT_EQ(content(written), content(golden));
}

TEST(LoadExample, TimelinesOfVersionOneAreReadAsBefore) {
  const auto old =
      read_load(fs::path(EDGEEVAL_SOURCE_DIR) / "tests" / "golden" / "load" / "timelines-1.0.jsonl");
  ASSERT_TRUE(old) << old.error().message;
  EXPECT_EQ(old->header.version, "1.0");
  EXPECT_TRUE(old->header.conditions.empty());
  EXPECT_FALSE(old->header.retokenising);
  ASSERT_EQ(old->requests.size(), 2U);
  EXPECT_EQ(old->requests[0].completion_tokens, 23);
  EXPECT_FALSE(old->requests[0].retokenised_tokens);
}

}  // namespace
}  // namespace edgeeval
