// SPDX-License-Identifier: Apache-2.0
#include "probe/rapl.hpp"

#include <gtest/gtest.h>

#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

constexpr std::uint64_t kRange = 262143328850;  // 262 kJ, as on many Intel packages.

void put_zone(const FakeRoot& root, const std::string& folder, const std::string& name,
              const std::string& energy) {
  const auto path = "sys/class/powercap/" + folder + "/";
  root.put(path + "name", name + "\n");
  root.put(path + "max_energy_range_uj", std::to_string(kRange) + "\n");
  if (!energy.empty()) root.put(path + "energy_uj", energy + "\n");
}

TEST(RaplZones, AreFoundByNameWithoutTheirTwins) {
  const FakeRoot root;
  put_zone(root, "intel-rapl:1", "package-1", "1");
  put_zone(root, "intel-rapl:0", "package-0", "1");
  put_zone(root, "intel-rapl:0:0", "dram", "1");
  put_zone(root, "intel-rapl-mmio:0", "package-0", "1");
  root.put("sys/class/powercap/intel-rapl/enabled", "1\n");
  const auto zones = find_rapl_zones(root.path());
  ASSERT_EQ(zones.size(), 3U);
  EXPECT_EQ(zones[0].name, "package-0");
  EXPECT_EQ(zones[0].range_uj, kRange);
  EXPECT_FALSE(zones[0].nested);
  EXPECT_EQ(zones[1].name, "dram");
  EXPECT_TRUE(zones[1].nested);
  EXPECT_EQ(zones[2].name, "package-1");
}

TEST(RaplZones, AreNoneOnAMachineWithoutThem) { EXPECT_TRUE(find_rapl_zones(FakeRoot().path()).empty()); }

TEST(WrappingCounter, AddsUpAcrossItsTurn) {
  WrappingCounter counter(kRange, kRange - 1'000'000);
  counter.add(2'000'000, 0.1);
  EXPECT_NEAR(counter.joules(), 3.000001, 1e-9);
  EXPECT_EQ(counter.joules(), counter.joules_hi());
}

TEST(WrappingCounter, EqualsTheTrueEnergyOverManyTurns) {
  const std::uint64_t range = 999'999;  // One joule a turn.
  WrappingCounter counter(range, 123'456);
  std::uint64_t truth = 123'456;
  for (int i = 0; i < 10'000; ++i) {
    truth += 37'123;
    counter.add(truth % (range + 1), 0.0001);
  }
  EXPECT_NEAR(counter.joules(), 371.23, 1e-6);
}

TEST(WrappingCounter, WidensWhereTurnsMayHaveBeenMissed) {
  WrappingCounter counter(kRange, 0);
  counter.add(5'000'000, 3600.0);
  EXPECT_NEAR(counter.joules(), 5.0, 1e-9);
  EXPECT_NEAR(counter.joules_hi(), 3.6e6, 1e-3);
}

TEST(RaplProbe, CountsFromItsOpeningAndIsMeasured) {
  const FakeRoot root;
  FakeClock clock;
  put_zone(root, "intel-rapl:0", "package-0", "7000000");
  auto probe = RaplProbe::open(find_rapl_zones(root.path()).at(0), clock);
  ASSERT_TRUE(probe.has_value());
  EXPECT_EQ((*probe)->info().grade, Grade::measured);
  EXPECT_EQ((*probe)->info().id, "rapl:0:package-0");
  clock.advance(1.0);
  put_zone(root, "intel-rapl:0", "package-0", "19500000");
  const auto reading = (*probe)->read();
  ASSERT_TRUE(reading.has_value());
  EXPECT_NEAR(reading->energy.value(), 12.5, 1e-9);
  EXPECT_LT(reading->before, reading->after) << "the counter's age is part of its stamp";
}

TEST(RaplProbe, CannotBeOpenedWithoutTheCounter) {
  const FakeRoot root;
  const FakeClock clock;
  put_zone(root, "intel-rapl:0", "package-0", "");
  const auto probe = RaplProbe::open(find_rapl_zones(root.path()).at(0), clock);
  ASSERT_FALSE(probe.has_value());
  EXPECT_EQ(probe.error().code, ErrorCode::unavailable);
}

TEST(RaplProbe, RefusesTextThatIsNoCounter) {
  const FakeRoot root;
  FakeClock clock;
  put_zone(root, "intel-rapl:0", "package-0", "1");
  auto probe = RaplProbe::open(find_rapl_zones(root.path()).at(0), clock);
  root.put("sys/class/powercap/intel-rapl:0/energy_uj", "n/a\n");
  EXPECT_FALSE((*probe)->read().has_value());
}

}  // namespace
}  // namespace edgeeval
