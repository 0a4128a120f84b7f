// SPDX-License-Identifier: Apache-2.0
#include "probe/model_probes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

const PowerModel kModel{2.0, 10.0, 1.0, 12.0, "title", "detail"};

class CpuModel : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::sysconf(_SC_CLK_TCK), 100); }
  std::unique_ptr<Probe> open() { return CpuModelProbe::open(kModel, "vcpu", clock_, root_.path()).value(); }
  FakeRoot root_;
  FakeClock clock_;
};

TEST_F(CpuModel, TurnsBusyTimeIntoJoules) {
  root_.put_cpu(1000, 1000);
  auto probe = open();
  clock_.advance(10.0);
  root_.put_cpu(1000 + 500, 1000 + 1500);  // 5 of 20 CPU seconds busy: a quarter.
  const auto reading = probe->read();
  ASSERT_TRUE(reading.has_value());
  EXPECT_NEAR(reading->energy.value(), 10.0 * (2.0 + 0.25 * 8.0), 1e-9);
  EXPECT_NEAR(reading->bounds.lo.value(), 10.0, 1e-9);
  EXPECT_NEAR(reading->bounds.hi.value(), 120.0, 1e-9);
  EXPECT_NEAR(reading->busy_cpu_s, 5.0, 1e-9);
}

TEST_F(CpuModel, CallsItselfModelled) {
  root_.put_cpu(0, 1);
  const auto probe = open();
  EXPECT_EQ(probe->info().id, "cpu-model");
  EXPECT_EQ(probe->info().domain, "cpu");
  EXPECT_EQ(probe->info().boundary, "vcpu");
  EXPECT_EQ(probe->info().grade, Grade::modelled);
  EXPECT_EQ(probe->info().detail, "detail");
}

TEST_F(CpuModel, NeverGoesBackNorBeyondFullUse) {
  root_.put_cpu(0, 0);
  auto probe = open();
  clock_.advance(1.0);
  root_.put_cpu(900, 0);  // 9 busy seconds in 2 possible ones: ticks that came late.
  const auto first = probe->read();
  EXPECT_NEAR(first->energy.value(), 10.0, 1e-9);
  root_.put_cpu(100, 0);  // A counter that fell.
  const auto second = probe->read();
  EXPECT_GE(second->energy, first->energy);
}

TEST_F(CpuModel, FailsWithoutCpuTimes) {
  EXPECT_FALSE(CpuModelProbe::open(kModel, "vcpu", clock_, root_.path()).has_value());
  root_.put_cpu(0, 0);
  auto probe = open();
  root_.put("proc/stat", "");
  EXPECT_FALSE(probe->read().has_value());
}

TEST(MemoryModel, CountsTimeOnly) {
  FakeClock clock;
  MemoryModelProbe probe({3.0, 3.0, 1.0, 5.0, "t", "d"}, clock);
  EXPECT_EQ(probe.read()->energy.value(), 0.0);
  clock.advance(4.0);
  const auto reading = probe.read();
  EXPECT_NEAR(reading->energy.value(), 12.0, 1e-9);
  EXPECT_NEAR(reading->bounds.lo.value(), 4.0, 1e-9);
  EXPECT_NEAR(reading->bounds.hi.value(), 20.0, 1e-9);
  EXPECT_EQ(probe.info().domain, "dram");
  EXPECT_EQ(probe.info().grade, Grade::modelled);
}

}  // namespace
}  // namespace edgeeval
