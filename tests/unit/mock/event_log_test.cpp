// SPDX-License-Identifier: Apache-2.0
#include "mock/event_log.hpp"

#include <gtest/gtest.h>

#include "core/files.hpp"
#include "core/json.hpp"
#include "support/run_program.hpp"

namespace edgeeval::mock {
namespace {

LogRecord event(std::uint64_t request) {
  LogRecord record;
  record.kind = StepKind::content;
  record.request = request;
  record.first_ns = 20;
  record.second_ns = 30;
  record.due_ns = 10;
  record.bytes = 200;
  record.tokens = 1;
  return record;
}

TEST(EventLog, WritesALineARecord) {
  const testing::TempFolder folder;
  const auto path = folder.path() / "log.jsonl";
  auto log = EventLog::open(path);
  ASSERT_TRUE(log);
  LogRecord request;
  request.what = LogRecord::What::request;
  request.request = 1;
  request.connection = 2;
  request.text = "stall";
  log->note(request);
  log->note(event(1));
  EXPECT_EQ(log->waiting(), 2U);
  EXPECT_TRUE(log->write_some(1));
  EXPECT_FALSE(log->write_some(5));
  ASSERT_TRUE(log->close());
  const auto lines = read_lines(path);
  ASSERT_EQ(lines->size(), 2U);
  const auto first = parse_json(lines->at(0), "log");
  EXPECT_EQ(first->at("fault"), "stall");
  const auto second = parse_json(lines->at(1), "log");
  EXPECT_EQ(second->at("kind"), "content");
  EXPECT_EQ(second->at("before_ns"), 20);
  EXPECT_EQ(second->at("after_ns"), 30);
  EXPECT_EQ(second->at("due_ns"), 10);
  EXPECT_FALSE(second->contains("unsent"));
}

TEST(EventLog, ThatIsOffKeepsNothing) {
  EventLog log;
  log.note(event(1));
  EXPECT_EQ(log.waiting(), 0U);
  EXPECT_TRUE(log.close());
}

TEST(EventLog, LosesNothingWhenMoreThanItsMemoryWaits) {
  const testing::TempFolder folder;
  const auto path = folder.path() / "log.jsonl";
  auto log = EventLog::open(path);
  constexpr std::uint64_t kMany = (1U << 20U) + 5;
  for (std::uint64_t i = 0; i < kMany; ++i) log->note(event(i));
  EXPECT_EQ(log->waiting(), 5U);
  ASSERT_TRUE(log->close());
  EXPECT_EQ(read_lines(path)->size(), kMany);
}

TEST(EventLog, TellsWhereItCannotWrite) {
  EXPECT_EQ(EventLog::open("/nowhere/log.jsonl").error().code, ErrorCode::io);
  auto full = EventLog::open("/dev/full");
  ASSERT_TRUE(full);
  full->note(event(1));
  EXPECT_EQ(full->close().error().code, ErrorCode::disk_full);
}

}  // namespace
}  // namespace edgeeval::mock
