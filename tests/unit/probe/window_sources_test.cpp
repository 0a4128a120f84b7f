// SPDX-License-Identifier: Apache-2.0
#include "probe/window_sources.hpp"

#include <gtest/gtest.h>

#include "unit/probe/meter_fixture.hpp"

namespace edgeeval {
namespace {

class SourcesTest : public ::testing::Test {
 protected:
  WindowSources make(ProbeInfo info) {
    std::vector<std::unique_ptr<Probe>> probes;
    probes.push_back(std::make_unique<FakeProbe>(std::move(info), source_, clock_));
    return WindowSources(std::move(probes), clock_, clock_.now(), PowerLog({}, clock_.now()));
  }
  FakeClock clock_;
  std::shared_ptr<FakeSource> source_ = std::make_shared<FakeSource>();
};

TEST_F(SourcesTest, ReadsASlowSourceAtItsPaceOnly) {
  auto info = fake_info("plug", ReadingKind::power);
  info.pace = std::chrono::seconds(1);
  auto sources = make(info);
  for (int i = 0; i < 100; ++i) {
    sources.read_fast();
    sources.read_slow();
    clock_.advance(0.05);
  }
  EXPECT_EQ(sources.kept(), 6U) << "one at once and about one a second over five";
}

TEST_F(SourcesTest, SeesATickOnlyWhenItComesAfterTheEnd) {
  auto sources = make(fake_info("gpu", ReadingKind::counter));
  sources.read_fast();
  clock_.advance(1.0);
  source_->joules = 5.0;
  sources.read_fast();
  EXPECT_FALSE(sources.ticked_after(0.5)) << "it may have come before 0.5 s";
  clock_.advance(0.05);
  source_->joules = 6.0;
  sources.read_fast();
  EXPECT_TRUE(sources.ticked_after(0.5));
}

TEST_F(SourcesTest, DoesNotWaitForACounterThatFails) {
  auto sources = make(fake_info("gpu", ReadingKind::counter));
  sources.read_fast();
  clock_.advance(1.0);
  source_->broken = true;
  sources.read_fast();
  EXPECT_TRUE(sources.ticked_after(0.5));
}

TEST_F(SourcesTest, KeepsFailuresWithTheirReason) {
  auto sources = make(fake_info("gpu", ReadingKind::counter));
  source_->broken = true;
  sources.read_fast();
  const auto series = sources.since(0.0);
  ASSERT_EQ(series.at(0).failures.size(), 1U);
  EXPECT_EQ(series[0].failures[0].reason, "unplugged");
  ASSERT_EQ(sources.warnings().size(), 1U);
}

TEST_F(SourcesTest, CutsAndForgetsWithAMargin) {
  auto sources = make(fake_info("gpu", ReadingKind::power));
  for (int i = 0; i < 100; ++i) {
    sources.read_fast();
    clock_.advance(1.0);
  }
  EXPECT_EQ(sources.between(50.0, 60.0).at(0).samples.size(), 31U);
  sources.forget_before(50.0);
  EXPECT_EQ(sources.kept(), 60U);
}

}  // namespace
}  // namespace edgeeval
