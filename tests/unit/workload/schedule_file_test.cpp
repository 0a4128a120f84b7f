// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/files.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

class ScheduleFile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) / (std::string("schedule_file_") + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "schedule.jsonl"; }

  static Schedule made(std::string_view scenario, std::uint64_t requests) {
    ScheduleWish wish;
    wish.scenario = parse_scenario(scenario).value();
    wish.stop.requests = requests;
    wish.prompts = 7;
    return Schedule::make(wish).value();
  }

  [[nodiscard]] Error problem(std::string_view text) const {
    EXPECT_TRUE(write_file(file(), text).has_value());
    const auto read = Schedule::read(file());
    EXPECT_FALSE(read.has_value()) << text;
    return read ? Error{} : read.error();
  }

  std::filesystem::path folder_;
};

TEST_F(ScheduleFile, ComesBackAsItWas) {
  for (const auto* scenario : {"closed:3", "open:poisson@100", "offline", "ramp:0-1000"}) {
    const auto before = made(scenario, 500);
    ASSERT_TRUE(before.write(file(), 500).has_value());
    const auto after = Schedule::read(file());
    ASSERT_TRUE(after.has_value()) << scenario << ": " << after.error().message;
    ASSERT_EQ(after->size(), 500U);
    EXPECT_EQ(after->open_loop(), before.open_loop()) << scenario;
    EXPECT_EQ(after->offered_rps(), before.offered_rps()) << scenario;
    EXPECT_EQ(after->prompts(), 7U);
    for (std::uint64_t i = 0; i < 500; ++i) ASSERT_EQ(after->at(i), before.at(i)) << scenario << i;
  }
}

TEST_F(ScheduleFile, HoldsDocumentedLines) {
  ASSERT_TRUE(made("open:const@4", 9).write(file(), 2).has_value());
  const auto lines = read_lines(file()).value();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].starts_with(R"({"index":0,"prompt":)")) << lines[0];
  EXPECT_TRUE(lines[0].ends_with(R"(,"due_ns":250000000,"max_tokens":128})")) << lines[0];
  EXPECT_FALSE(std::filesystem::exists(part_path(file())));
}

TEST_F(ScheduleFile, OfALoadEndedByTimeHoldsWhatWasUsed) {
  ScheduleWish wish;
  wish.scenario = parse_scenario("closed:2").value();
  wish.stop.min_duration_s = 5.0;
  const auto timed = Schedule::make(wish).value();
  ASSERT_TRUE(timed.write(file(), 33).has_value());
  EXPECT_EQ(Schedule::read(file())->size(), 33U);
  ASSERT_TRUE(made("closed:2", 5).write(file(), 33).has_value());
  EXPECT_EQ(Schedule::read(file())->size(), 5U) << "not more than there are";
}

TEST_F(ScheduleFile, NamesTheLineThatIsBroken) {
  const std::string first = R"({"index":0,"prompt":1,"due_ns":5,"max_tokens":9})"
                            "\n";
  const auto second = [&](const std::string& line) {
    const auto error = problem(first + line + "\n");
    EXPECT_EQ(error.code, ErrorCode::invalid_task);
    EXPECT_TRUE(error.where.ends_with("schedule.jsonl:2")) << error.where;
    EXPECT_NE(error.hint.find("\"due_ns\""), std::string::npos);
    return error.message;
  };
  EXPECT_TRUE(second("nonsense").starts_with("not valid JSON: "));
  EXPECT_TRUE(second("").starts_with("not valid JSON: "));
  EXPECT_EQ(second("[1]"), "not an object");
  EXPECT_EQ(second(R"({"index":2,"prompt":1,"due_ns":5,"max_tokens":9})"),
            "\"index\" is 2 where 1 comes next");
  EXPECT_EQ(second(R"({"index":1,"due_ns":5,"max_tokens":9})"),
            "\"prompt\" is missing or no whole number below 2^32");
  EXPECT_EQ(second(R"({"index":1,"prompt":-1,"due_ns":5,"max_tokens":9})"),
            "\"prompt\" is missing or no whole number below 2^32");
  EXPECT_EQ(second(R"({"index":1,"prompt":4294967296,"due_ns":5,"max_tokens":9})"),
            "\"prompt\" is missing or no whole number below 2^32");
  EXPECT_EQ(second(R"({"index":1,"prompt":1,"due_ns":4,"max_tokens":9})"),
            "\"due_ns\" is 4, before that of the line above, 5");
  EXPECT_EQ(second(R"({"index":1,"prompt":1,"due_ns":-4,"max_tokens":9})"),
            "\"due_ns\" is no whole number from 0 on");
  EXPECT_EQ(second(R"({"index":1,"prompt":1,"max_tokens":9})"), "\"due_ns\" must be in all lines or in none");
  EXPECT_EQ(second(std::string(5000, ' ')), "the line is longer than any of a schedule");
}

TEST_F(ScheduleFile, NeedsNoLineEndAtItsEndAndTakesCrLf) {
  ASSERT_TRUE(
      write_file(file(),
                 "{\"index\":0,\"prompt\":1,\"max_tokens\":9}\r\n{\"index\":1,\"prompt\":0,\"max_tokens\":8}")
          .has_value());
  const auto read = Schedule::read(file());
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->size(), 2U);
  EXPECT_FALSE(read->open_loop());
  EXPECT_EQ(read->at(1).max_tokens, 8U);
}

TEST_F(ScheduleFile, TellsWhereItCameFromAndIsReadWithoutThatToo) {
  ScheduleOrigin origin;
  origin.scenario = "open:poisson@40";
  origin.seeds = {7, 8, 9};
  origin.salted = true;
  origin.salt_seed = 12345678901234567890ULL;
  origin.max_tokens = 4;
  origin.prompt_tokens = 64;
  origin.prompt_count = 7;
  origin.prompt_digest = "abc";
  const auto before = made("open:poisson@40", 9);
  ASSERT_TRUE(before.write(file(), 9, &origin).has_value());
  const auto read = Schedule::read(file());
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->origin(), origin);
  EXPECT_EQ(read->size(), 9U);
  for (std::uint64_t i = 0; i < 9; ++i) EXPECT_EQ(read->at(i), before.at(i));
  ASSERT_TRUE(before.write(file(), 9).has_value());
  EXPECT_FALSE(Schedule::read(file())->origin().has_value()) << "a file of before";

  EXPECT_TRUE(problem("{\"schedule\":\"2.0\"}\n").message.find("\"2.0\"") != std::string::npos);
  EXPECT_TRUE(
      problem("{\"schedule\":\"1.0\"}\n").message.starts_with("the schedule's first line is damaged"));
}

TEST_F(ScheduleFile, FailsWhereThereIsNone) {
  EXPECT_EQ(Schedule::read(folder_ / "absent.jsonl").error().code, ErrorCode::io);
  EXPECT_EQ(Schedule::read(folder_).error().code, ErrorCode::io);
  EXPECT_EQ(problem("").message, "the schedule is empty");
  EXPECT_EQ(made("closed:2", 5).write(folder_ / "no" / "folder.jsonl", 5).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
