// SPDX-License-Identifier: Apache-2.0
#include "bench/client_power.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

EnergyEntry entry(const std::string& domain, Grade grade, double joules, double hi,
                  std::optional<double> net_lo) {
  EnergyEntry one;
  one.source = one.domain = domain;
  one.joules = Fact{joules, "J", joules, hi, grade, {domain}};
  if (net_lo) one.net = Fact{*net_lo + 1.0, "J", net_lo, *net_lo + 2.0, grade, {domain}};
  return one;
}

WindowRecord window(std::vector<EnergyEntry> entries, double utilisation) {
  WindowRecord record;
  record.duration_s = 10.0;
  record.cpu_utilisation = utilisation;
  record.energy = std::move(entries);
  return record;
}

constexpr double kModelLo = 0.4;
const CoreWatts kModel{kModelLo, 5.0, Grade::modelled, "model"};

TEST(CoreWatts, OfAModelSpanWhatModelsDisagreeOver) {
  // 65 W for 8 threads of 4 cores: slope 0.9 · 65 / 8 = 7.3125 W a thread.
  const auto watts = core_watts(tdp_power_model(65.0, "test"), 8, 2);
  EXPECT_NEAR(watts.lo, 7.3125 / 3.0, 1e-12);
  EXPECT_NEAR(watts.hi, 2.0 * 1.25 * 65.0 / 8.0, 1e-12) << "turbo";
  EXPECT_EQ(watts.grade, Grade::modelled);
}

TEST(CoreWatts, OfAVirtualMachineUseItsProvidersCoefficients) {
  // AWS: 0.74 to 3.5 W per vCPU, 9.85 W at most.
  const auto watts = core_watts(vcpu_power_model(4, CloudProvider::amazon), 4, 1);
  EXPECT_NEAR(watts.lo, (3.5 - 0.74) / 3.0, 1e-12);
  EXPECT_NEAR(watts.hi, 9.85, 1e-12);
}

TEST(CoreWatts, AreMeasuredWhereTheCpuIs) {
  // 4 CPUs half busy for 10 s: 20 CPU seconds. Net at least 60 J, gross at most 120 J.
  const auto watts = core_watts(window({entry("cpu", Grade::measured, 110.0, 120.0, 60.0),
                                        entry("dram", Grade::measured, 50.0, 50.0, 10.0)},
                                       0.5),
                                4, kModel);
  ASSERT_TRUE(watts.has_value());
  EXPECT_DOUBLE_EQ(watts->lo, 3.0);
  EXPECT_DOUBLE_EQ(watts->hi, 6.0);
  EXPECT_EQ(watts->grade, Grade::computed);
}

TEST(CoreWatts, TakeTheModelsLowWithoutPowerAtRest) {
  const auto both = window({entry("cpu", Grade::measured, 50.0, 60.0, std::nullopt),
                            entry("cpu", Grade::measured, 50.0, 60.0, 40.0)},
                           0.5);
  const auto watts = core_watts(both, 4, kModel);
  ASSERT_TRUE(watts.has_value());
  EXPECT_DOUBLE_EQ(watts->lo, kModelLo);
  EXPECT_DOUBLE_EQ(watts->hi, 6.0);
}

TEST(CoreWatts, AreAbsentWhereNothingWasMeasuredOrTheMachineRested) {
  EXPECT_FALSE(
      core_watts(window({entry("cpu", Grade::modelled, 50.0, 60.0, {})}, 0.5), 4, kModel).has_value());
  EXPECT_FALSE(
      core_watts(window({entry("cpu", Grade::measured, 50.0, 60.0, {})}, 0.005), 4, kModel).has_value());
  auto unknown = window({entry("cpu", Grade::measured, 50.0, 60.0, {})}, 0.5);
  unknown.cpu_utilisation.reset();
  EXPECT_FALSE(core_watts(unknown, 4, kModel).has_value());
}

TEST(ClientCoreWatts, AreThereForThisMachine) {
  const auto watts = client_core_watts(std::nullopt);
  ASSERT_TRUE(watts.has_value());
  EXPECT_GT(watts->lo, 0.0);
  EXPECT_GT(watts->hi, watts->lo);
  EXPECT_FALSE(watts->source.empty());
  EXPECT_FALSE(client_core_watts(std::nullopt, "/nonexistent").has_value());
}

}  // namespace
}  // namespace edgeeval
