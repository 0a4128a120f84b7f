// SPDX-License-Identifier: Apache-2.0
#include "energy/reconcile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace edgeeval::energy {
namespace {

Estimate estimate(double joules, double lo, double hi, bool hard = false) {
  Estimate e;
  e.joules = joules;
  e.lo_j = lo;
  e.hi_j = hi;
  e.hard = hard;
  e.mean_w = joules / 10.0;
  e.peak_w = joules / 5.0;
  e.method = hard ? "counter" : "integral";
  return e;
}

EstimateResult none(std::string_view reason) {
  return tl::unexpected(NotMeasured{std::string(reason), std::nullopt});
}

bool flagged(const EstimateResult& result, const std::string& name) {
  return std::find(result->flags.begin(), result->flags.end(), name) != result->flags.end();
}

TEST(Reconcile, TheCounterLeadsWhereBothAgree) {
  Estimate integral = estimate(102, 99, 105);
  integral.tail_j = 3.0;
  const auto result = reconcile(estimate(100, 98, 101, true), integral);
  ASSERT_TRUE(result.has_value());
  EXPECT_DOUBLE_EQ(result->joules, 100.0);
  EXPECT_DOUBLE_EQ(result->lo_j, 98.0);
  EXPECT_TRUE(result->hard);
  EXPECT_EQ(result->method, "counter and integral");
  EXPECT_DOUBLE_EQ(result->tail_j.value(), 3.0);
  EXPECT_DOUBLE_EQ(result->peak_w, 102.0 / 5.0);
  EXPECT_TRUE(result->flags.empty());
}

TEST(Reconcile, FivePercentApartIsStillAgreement) {
  EXPECT_FALSE(
      flagged(reconcile(estimate(100, 99.9, 100.1, true), estimate(104, 103.9, 104.1)), "disagrees"));
  EXPECT_TRUE(flagged(reconcile(estimate(100, 99.9, 100.1, true), estimate(106, 105.9, 106.1)), "disagrees"));
}

TEST(Reconcile, WideIntervalsMayDifferMore) {
  EXPECT_FALSE(flagged(reconcile(estimate(100, 60, 140, true), estimate(130, 120, 150)), "disagrees"));
}

TEST(Reconcile, ADisagreementHoldsBoth) {
  const auto result = reconcile(estimate(100, 98, 101, true), estimate(180, 170, 190));
  EXPECT_TRUE(flagged(result, "disagrees"));
  EXPECT_DOUBLE_EQ(result->joules, 100.0);
  EXPECT_DOUBLE_EQ(result->lo_j, 98.0);
  EXPECT_DOUBLE_EQ(result->hi_j, 190.0);
  EXPECT_FALSE(result->hard);
}

TEST(Reconcile, ADeadCounterDisagreesWithWatts) {
  const auto result = reconcile(none(kNeverMoved), estimate(500, 480, 520));
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(flagged(result, "disagrees"));
  EXPECT_DOUBLE_EQ(result->joules, 500.0);
  EXPECT_DOUBLE_EQ(result->lo_j, 0.0);
}

TEST(Reconcile, ACounterOfCoarseStepsNeedNotHaveMoved) {
  // A plug that counts in 3600 J shows nothing of a thousand; of twenty thousand it would.
  const EstimateResult still = tl::unexpected(NotMeasured{std::string(kNeverMoved), std::nullopt, 3600.0});
  const auto hidden = reconcile(still, estimate(1000, 950, 1050));
  EXPECT_TRUE(hidden->flags.empty());
  EXPECT_EQ(hidden->lo_j, 950.0);
  EXPECT_EQ(reconcile(still, estimate(20000, 19000, 21000))->flags, std::vector<std::string>{"disagrees"});
}

TEST(Reconcile, AFailedCounterIsSaid) {
  EXPECT_EQ(reconcile(none("the sensor vanished: lost"), estimate(500, 480, 520))->flags,
            std::vector<std::string>{"no counter"});
}

TEST(Reconcile, DeadWattsDisagreeWithACounter) {
  const auto result = reconcile(estimate(500, 480, 520, true), estimate(0, 0, 0));
  EXPECT_TRUE(flagged(result, "disagrees"));
  EXPECT_DOUBLE_EQ(result->lo_j, 0.0);
}

TEST(Reconcile, OneAloneIsItself) {
  EXPECT_EQ(reconcile(estimate(5, 4, 6, true), none("no sensor"))->method, "counter");
  EXPECT_EQ(reconcile(none("shorter than the sensor can resolve"), estimate(5, 4, 6))->method, "integral");
  EXPECT_EQ(reconcile(none("first"), none("second")).error().reason, "first");
}

TEST(Reconcile, WattsFillWhatAResetTookFromTheCounter) {
  Estimate counter = estimate(400, 350, 480, true);
  counter.flags = {"reset"};
  const auto result = reconcile(counter, estimate(420, 410, 430));
  EXPECT_DOUBLE_EQ(result->joules, 420.0);
  EXPECT_DOUBLE_EQ(result->lo_j, 410.0);
  EXPECT_DOUBLE_EQ(result->hi_j, 430.0);
  EXPECT_DOUBLE_EQ(result->mean_w, 42.0);
  EXPECT_FALSE(result->hard);
  EXPECT_TRUE(flagged(result, "reset"));
}

TEST(NetOfIdle, TakesIdlePowerTimesDurationWithItsError) {
  const auto net = net_of_idle(estimate(1000, 990, 1020), 10.0, {"bare", 20.0, 0.5, 30.0, 0.0}, std::nullopt);
  EXPECT_DOUBLE_EQ(net.joules, 800.0);
  EXPECT_NEAR(net.lo_j, 800.0 - std::hypot(10.0, 10.0), 1e-9);
  EXPECT_NEAR(net.hi_j, 800.0 + std::hypot(20.0, 10.0), 1e-9);
}

TEST(NetOfIdle, DriftAddsHalfTheDifference) {
  const auto net = net_of_idle(estimate(1000, 1000, 1000, true), 10.0, {"bare", 18.0, 0.0, 30.0, 0.0},
                               IdleBaseline{"bare", 22.0, 0.0, 30.0, 60.0});
  EXPECT_DOUBLE_EQ(net.joules, 800.0);
  EXPECT_DOUBLE_EQ(net.lo_j, 780.0);
  EXPECT_DOUBLE_EQ(net.hi_j, 820.0);
}

TEST(NetOfIdle, MayBeNegative) {
  const auto net = net_of_idle(estimate(100, 90, 110), 10.0, {"bare", 20.0, 0.1, 30.0, 0.0}, std::nullopt);
  EXPECT_DOUBLE_EQ(net.joules, -100.0);
  EXPECT_LT(net.lo_j, net.joules);
}

TEST(WithCommon, AddsToHardBoundsAndCombinesOthersInQuadrature) {
  Estimate hard = estimate(100, 90, 110, true);
  hard.common_relative = 0.1;
  EXPECT_DOUBLE_EQ(with_common(hard).lo_j, 81.0);
  EXPECT_DOUBLE_EQ(with_common(hard).hi_j, 121.0);
  Estimate soft = estimate(100, 97, 104);
  soft.common_relative = 0.03;
  EXPECT_DOUBLE_EQ(with_common(soft).hi_j, 105.0);
  EXPECT_NEAR(with_common(soft).lo_j, 100.0 - std::hypot(3.0, 3.0), 1e-12);
}

TEST(ToEntry, CarriesEveryPart) {
  ProbeInfo info;
  info.id = "nvml:GPU-1";
  info.domain = "gpu0";
  info.boundary = "board";
  info.parent = "wall";
  Estimate e = estimate(100, 97, 104);
  e.common_relative = 0.03;
  e.tail_j = 2.0;
  e.flags = {"gap"};
  const EnergyEntry entry = to_entry(info, e);
  EXPECT_EQ(entry.source, "nvml:GPU-1");
  EXPECT_EQ(entry.parent, "wall");
  EXPECT_EQ(entry.joules.unit, "J");
  EXPECT_DOUBLE_EQ(entry.joules.hi.value(), 105.0);
  EXPECT_DOUBLE_EQ(entry.common_relative.value(), 0.03);
  EXPECT_DOUBLE_EQ(entry.tail.value().value, 2.0);
  EXPECT_DOUBLE_EQ(entry.mean_w.value(), 10.0);
  EXPECT_EQ(entry.flags.front(), "gap");
  EXPECT_FALSE(entry.net.has_value());
  EXPECT_FALSE(to_entry(info, estimate(1, 1, 1)).common_relative.has_value());
}

}  // namespace
}  // namespace edgeeval::energy
