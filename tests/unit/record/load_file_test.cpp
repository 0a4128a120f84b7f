// SPDX-License-Identifier: Apache-2.0
// Loads written and read back: whole, torn, damaged, on a full disk, by several threads.
#include "record/load_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "record/load_lane.hpp"
#include "unit/record/load_samples.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void append(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

/// Three requests of four events each, which end in the order 1, 0, 2.
void put_sample(LoadSink& lane) {
  for (std::uint32_t number = 0; number < 4; ++number) {
    for (const std::uint32_t index : {0U, 1U, 2U}) lane.event(sample_event(index, number));
  }
  for (const std::uint32_t index : {1U, 0U, 2U}) lane.request(full_request(index));
}

class LoadFile : public testing::Test {
 protected:
  void write_sample(bool finish = true) {
    auto writer = LoadWriter::create(folder(), full_header());
    ASSERT_TRUE(writer) << writer.error().message;
    put_sample(writer->lane(0));
    if (!finish) return;
    auto header = full_header();
    header.how_ended = "finished";
    header.client = full_client();
    const auto finished = writer->finish(header);
    ASSERT_TRUE(finished) << finished.error().message;
  }
  [[nodiscard]] fs::path folder() const { return scratch_.path() / "load"; }

 private:
  ScratchFolder scratch_;
};

TEST_F(LoadFile, ComesBackAsItWas) {
  write_sample();
  auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_TRUE(load->warnings.empty());
  EXPECT_EQ(load->header.how_ended, "finished");
  ASSERT_TRUE(load->header.client);
  ASSERT_EQ(load->requests.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(load->requests[i].index, i);
  EXPECT_EQ(load->requests[2].text, "Paris.\nIt is.");
  const auto events = all_events(*load->events);
  ASSERT_EQ(events.size(), 12U);
  for (std::uint32_t i = 0; i < 12; ++i) EXPECT_TRUE(same_event(events[i], sample_event(i % 3, i / 3))) << i;
  EXPECT_EQ(all_events(*load->events).size(), 12U) << "a second pass";
}

TEST_F(LoadFile, EventsLieAsDocumented) {
  write_sample();
  const auto bytes = content(folder() / "events.bin");
  ASSERT_EQ(bytes.size(), 32U + 12U * 32U);
  const std::string head("EDGEEVT1\x01\0\0\0\0\0\0\0\x20\0\0\0\x04\x03\x02\x01\0\0\0\0\0\0\0\0", 32);
  EXPECT_EQ(bytes.substr(0, 32), head);
  // user_ns of the second event (request 1, number 0): 9007199254740994, little-endian.
  EXPECT_EQ(bytes.substr(32 + 32 + 8, 8), std::string("\x02\0\0\0\0\0\x20\0", 8));
  EXPECT_EQ(bytes.substr(32 + 32 + 16, 4), std::string("\x01\0\0\0", 4));
}

TEST_F(LoadFile, AFolderThatHoldsALoadIsRefused) {
  write_sample();
  const auto before = content(folder() / "load.json");
  const auto second = LoadWriter::create(folder(), LoadHeader{});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::record_mismatch);
  EXPECT_EQ(content(folder() / "load.json"), before);
  fs::remove(folder() / "load.json");
  const auto third = LoadWriter::create(folder(), LoadHeader{});
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::record_mismatch);
}

TEST_F(LoadFile, ALoadThatWasNotFinishedCanBeRead) {
  write_sample(false);
  auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_EQ(load->header.how_ended, "");
  EXPECT_FALSE(load->header.ended_ns);
  EXPECT_EQ(load->requests.size(), 3U);
  EXPECT_EQ(all_events(*load->events).size(), 12U);
}

TEST_F(LoadFile, WhatIsTornAtTheEndIsLeftOutWithAWarning) {
  write_sample();
  append(folder() / "requests.jsonl", R"({"index":3,"prom)");
  append(folder() / "events.bin", "12345");
  auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_EQ(load->requests.size(), 3U);
  EXPECT_EQ(all_events(*load->events).size(), 12U);
  ASSERT_EQ(load->warnings.size(), 2U);
  EXPECT_EQ(load->warnings[0], "requests.jsonl:4: the last line is torn (16 bytes) and was left out");
  EXPECT_EQ(load->warnings[1], "events.bin: the last event is torn (5 bytes) and was left out");
}

TEST_F(LoadFile, DamageBeforeTheLastLineIsAnError) {
  write_sample();
  append(folder() / "requests.jsonl", "{\"index\":3,\n" + std::string("{\"index\":4}\n"));
  const auto load = read_load(folder());
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().code, ErrorCode::record_unreadable);
  EXPECT_TRUE(load.error().where.ends_with("requests.jsonl:4")) << load.error().where;
}

TEST_F(LoadFile, ARequestThatStandsTwiceIsDamage) {
  write_sample();
  append(folder() / "requests.jsonl", "{\"index\":2}\n");
  const auto load = read_load(folder());
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().message, "holds request 2 twice");
}

TEST_F(LoadFile, EventsOfAnotherVersionSizeOrOrderAreRefused) {
  write_sample();
  const auto path = folder() / "events.bin";
  const auto good = content(path);
  for (const std::size_t place : {0U, 8U, 16U, 20U}) {
    auto bad = good;
    bad[place] = static_cast<char>(bad[place] + 1);
    std::ofstream(path, std::ios::binary) << bad;
    const auto load = read_load(folder());
    ASSERT_FALSE(load) << place;
    EXPECT_EQ(load.error().code, ErrorCode::record_unreadable) << place;
  }
  std::ofstream(path, std::ios::binary) << good.substr(0, 31);
  EXPECT_FALSE(read_load(folder()));
  auto minor = good;
  minor[12] = 1;
  minor[32 + 30] = 99;  // The class of the first event: one that a newer minor version knows.
  std::ofstream(path, std::ios::binary) << minor;
  auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_EQ(all_events(*load->events).at(0).kind, EventClass::other);
}

TEST_F(LoadFile, WhatIsNoLoadIsAnErrorThatSaysWhatToName) {
  EXPECT_FALSE(read_load(folder()));
  fs::create_directories(folder());
  const auto empty = read_load(folder());
  ASSERT_FALSE(empty);
  EXPECT_NE(empty.error().hint.find("bench"), std::string::npos);
  std::ofstream(folder() / "x.jsonl") << "";
  EXPECT_FALSE(read_load(folder() / "x.jsonl"));
  std::ofstream(folder() / "x.jsonl") << "{\"index\":1}\n";
  const auto headless = read_load(folder() / "x.jsonl");
  ASSERT_FALSE(headless);
  EXPECT_EQ(headless.error().code, ErrorCode::record_unreadable);
  ASSERT_EQ(::mkfifo((folder() / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(read_load(folder() / "pipe")) << "and it does not wait for ever";
}

TEST_F(LoadFile, AHeaderThatIsNoJsonIsADamagedRecord) {
  fs::create_directories(folder());
  for (const char* text : {"", "{\"type\":\"load\"", "\x01\x02"}) {
    std::ofstream(folder() / "load.json") << text;
    const auto found = read_load(folder());
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().code, ErrorCode::record_unreadable) << text;
  }
}

TEST_F(LoadFile, LanesKeepTheOrderOfARequestsEvents) {
  constexpr int kLanes = 4;
  constexpr std::uint32_t kEvents = 50'000;  // Less than a ring holds: none is lost however slow the disk.
  static_assert(kEvents < LoadLane::kCapacity);
  auto writer = LoadWriter::create(folder(), full_header(), kLanes);
  ASSERT_TRUE(writer) << writer.error().message;
  std::vector<std::thread> clients;
  for (std::uint32_t lane = 0; lane < kLanes; ++lane) {
    clients.emplace_back([&sink = writer->lane(static_cast<int>(lane)), lane] {
      for (std::uint32_t i = 0; i < kEvents; ++i) sink.event(sample_event(lane, i));
      sink.request(bare_request(lane));
    });
  }
  for (auto& client : clients) client.join();
  ASSERT_TRUE(writer->finish(full_header()));
  EXPECT_EQ(writer->lost(), 0U);
  auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  std::vector<std::uint32_t> seen(kLanes, 0);
  for (const auto& event : all_events(*load->events)) {
    ASSERT_LT(event.request, seen.size());
    ASSERT_TRUE(same_event(event, sample_event(event.request, seen[event.request]++)));
  }
  EXPECT_EQ(seen, std::vector<std::uint32_t>(kLanes, kEvents));
  EXPECT_EQ(load->requests.size(), std::size_t{kLanes});
}

TEST_F(LoadFile, AFullDiskIsToldAtTheEndAndWhatIsLostIsCounted) {
  auto writer = LoadWriter::create(folder(), full_header());
  ASSERT_TRUE(writer) << writer.error().message;
  // The writer's thread has every signal blocked, so that the limit shows as an error of write().
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 8192;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  for (std::uint32_t i = 0; i < 1000; ++i) writer->lane(0).event(sample_event(0, i));
  writer->lane(0).request(full_request(0));
  const auto finished = writer->finish(full_header());
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::disk_full);  // A limit on file size is as full as a disk.
  EXPECT_EQ(finished.error().where, (folder() / "events.bin").string());
  auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_TRUE(load->warnings.empty()) << "nothing is torn: what was half written was cut off";
  const auto events = all_events(*load->events);
  EXPECT_EQ(writer->lost() + events.size(), 1000U);
  EXPECT_GT(writer->lost(), 0U);
  EXPECT_TRUE(load->requests.empty());
  ASSERT_EQ(load->header.warnings.size(), 3U);
  EXPECT_NE(load->header.warnings[1].find("events are lost"), std::string::npos);
  EXPECT_NE(load->header.warnings[2].find("1 requests are lost"), std::string::npos);
}

TEST_F(LoadFile, AProcessKilledMidwayLeavesALoadThatCanBeRead) {
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto writer = LoadWriter::create(folder(), full_header());
    for (std::uint32_t i = 0; writer; ++i) {
      for (std::uint32_t number = 0; number < 100; ++number) writer->lane(0).event(sample_event(i, number));
      writer->lane(0).request(full_request(i));
      ::usleep(200);  // So that the disk keeps up, and nothing is lost but what is in flight.
    }
    ::_exit(EXIT_FAILURE);
  }
  // Killed once some requests are on disk, wherever the writer is then.
  std::error_code status;
  const auto requests = folder() / "requests.jsonl";
  for (int look = 0;
       look < 3000 && (!fs::exists(requests, status) || fs::file_size(requests, status) < 10'000); ++look)
    ::usleep(10'000);
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  int how = 0;
  ASSERT_EQ(::waitpid(child, &how, 0), child);
  ASSERT_TRUE(WIFSIGNALED(how)) << "it could not make the load";

  auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_EQ(load->header.how_ended, "");
  ASSERT_FALSE(load->requests.empty());
  std::vector<std::uint32_t> seen(load->requests.size(), 0);
  for (const auto& event : all_events(*load->events)) {
    if (event.request < seen.size()) ++seen[event.request];
  }
  for (std::size_t i = 0; i < seen.size(); ++i)
    EXPECT_EQ(seen[i], 100U) << "events of request " << i << " of " << seen.size();
}

TEST(LoadLane, LosesAndCountsWhatFindsNoPlace) {
  LoadLane lane(-1);
  for (std::uint32_t i = 0; i < LoadLane::kCapacity + 10; ++i) lane.event(sample_event(0, i));
  EXPECT_EQ(lane.lost(), 10U);
  EXPECT_EQ(lane.waiting().size(), LoadLane::kCapacity);
  lane.drop(5);
  for (std::uint32_t i = 0; i < 7; ++i) lane.event(sample_event(1, i));
  EXPECT_EQ(lane.lost(), 12U);
  EXPECT_EQ(lane.waiting().size(), LoadLane::kCapacity - 5) << "up to the end of the ring";
  EXPECT_TRUE(same_event(lane.waiting().front(), sample_event(0, 5)));
  lane.drop(lane.waiting().size());
  ASSERT_EQ(lane.waiting().size(), 5U);
  EXPECT_TRUE(same_event(lane.waiting().back(), sample_event(1, 4)));
}

TEST(EventsInMemory, AreOneBlock) {
  const auto stream = events_in_memory({sample_event(0, 0), sample_event(0, 1)});
  EXPECT_EQ(stream->next()->size(), 2U);
  EXPECT_TRUE(stream->next()->empty());
  EXPECT_EQ(all_events(*stream).size(), 2U);
}

}  // namespace
}  // namespace edgeeval
