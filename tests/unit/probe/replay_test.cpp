// SPDX-License-Identifier: Apache-2.0
#include "probe/replay.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

class Replay : public ::testing::Test {
 protected:
  Result<std::vector<std::unique_ptr<Probe>>> open(const std::string& text) {
    root_.put("r.csv", text);
    return open_replay(root_.path() / "r.csv", clock_);
  }
  FakeRoot root_;
  FakeClock clock_;
};

TEST_F(Replay, ShowsWhatWasRecordedAtItsTime) {
  const auto probes = open("t_s,cpu_j,gpu0_w\n0,100,7.5\n1,110,8.5\n2,125,9\n");
  ASSERT_TRUE(probes.has_value());
  ASSERT_EQ(ids(*probes), (std::vector<std::string>{"replay:cpu", "replay:gpu0#power"}));
  EXPECT_EQ((*probes)[0]->info().domain, "cpu");
  EXPECT_EQ((*probes)[0]->info().kind, ReadingKind::counter);
  EXPECT_EQ((*probes)[1]->info().kind, ReadingKind::power);
  EXPECT_EQ((*probes)[0]->read()->energy, Joules(100.0));
  clock_.advance(1.25);
  EXPECT_EQ((*probes)[0]->read()->energy, Joules(110.0));
  EXPECT_EQ((*probes)[1]->read()->power, Watts(8.5));
  clock_.advance(0.75);
  EXPECT_EQ((*probes)[0]->read()->energy, Joules(125.0));
}

TEST_F(Replay, IsNeverMeasured) {
  const auto probes = open("t_s,cpu_j\n0,1\n");
  ASSERT_TRUE(probes.has_value());
  EXPECT_EQ(probes->at(0)->info().grade, Grade::published);
}

TEST_F(Replay, EndsAndHasHoles) {
  const auto probes = open("t_s,cpu_j\n1,100\n2,\n3,120\n");
  ASSERT_TRUE(probes.has_value());
  EXPECT_NE((*probes)[0]->read().error().message.find("not begun"), std::string::npos);
  clock_.advance(2.5);
  EXPECT_FALSE((*probes)[0]->read().has_value()) << "an empty cell is a failed reading, not 0";
  clock_.advance(1.0);
  EXPECT_NE((*probes)[0]->read().error().message.find("over"), std::string::npos);
}

TEST_F(Replay, AcceptsBlankLinesAtTheEnd) {
  for (const char* end : {"\n", "\n\n", "\r\n\r\n"}) {
    const auto probes = open(std::string("t_s,cpu_j\n0,1\n1,2") + end);
    ASSERT_TRUE(probes.has_value()) << probes.error().message;
    EXPECT_EQ(probes->size(), 1U);
  }
}

TEST_F(Replay, RefusesWhatItCannotReadWithItsPlace) {
  const auto where = [&](const std::string& text) {
    const auto probes = open(text);
    EXPECT_FALSE(probes.has_value()) << text;
    if (probes) return std::string();
    EXPECT_EQ(probes.error().code, ErrorCode::invalid_table);
    return probes.error().where.substr(probes.error().where.find("r.csv"));
  };
  EXPECT_EQ(where(""), "r.csv:1:1");
  EXPECT_EQ(where("time,cpu_j\n0,1\n"), "r.csv:1:1");
  EXPECT_EQ(where("t_s,cpu\n0,1\n"), "r.csv:1:2");
  EXPECT_EQ(where("t_s,cpu_j\n"), "r.csv:2:1");
  EXPECT_EQ(where("t_s,cpu_j\n0,1\n0,2\n"), "r.csv:3:1");
  EXPECT_EQ(where("t_s,cpu_j\n0,1\n1,x\n"), "r.csv:3:2");
  EXPECT_EQ(where("t_s,cpu_j\n0,1,2\n"), "r.csv:2:1");
  EXPECT_EQ(where("t_s,cpu_j\n0,1\n1,nan\n"), "r.csv:3:2");
  EXPECT_EQ(where("t_s,cpu_j\nnan,1\n"), "r.csv:2:1");
  EXPECT_EQ(where("t_s,cpu_j,cpu_w,cpu_j\n0,1,2,3\n"), "r.csv:1:4");
  EXPECT_EQ(where("t_s,cpu_j\n0,1\n\n1,2\n"), "r.csv:3:1") << "a hole in the middle is no end";
  EXPECT_FALSE(open_replay(root_.path() / "gone.csv", clock_).has_value());
}

}  // namespace
}  // namespace edgeeval
