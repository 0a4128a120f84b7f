// SPDX-License-Identifier: Apache-2.0
#include "probe/rapl.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

constexpr std::uint64_t kRange = 262143328850;  // 262 kJ, as on many Intel packages.
constexpr double kCeiling = 1000.0;
using Step = WrappingCounter::Step;

TEST(RaplZones, AreFoundByNameWithoutTheirTwins) {
  const FakeRoot root;
  put_rapl(root, "intel-rapl:1", "package-1", 1);
  put_rapl(root, "intel-rapl:0", "package-0", 1);
  put_rapl(root, "intel-rapl:0:0", "dram", 1);
  put_rapl(root, "intel-rapl-mmio:0", "package-0", 1);  // codecarbon PR 950: the same counter once more.
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
  WrappingCounter counter(kRange, kRange - 1'000'000, kCeiling);
  EXPECT_EQ(counter.add(2'000'000, 0.1), Step::counted);
  EXPECT_NEAR(counter.joules(), 3.000001, 1e-9);
}

TEST(WrappingCounter, EqualsTheTrueEnergyOverManyTurns) {
  const std::uint64_t range = 999'999;  // One joule a turn.
  WrappingCounter counter(range, 123'456, kCeiling);
  std::uint64_t truth = 123'456;
  for (int i = 0; i < 10'000; ++i) {
    truth += 37'123;
    ASSERT_EQ(counter.add(truth % (range + 1), 0.0001), Step::counted);
  }
  EXPECT_NEAR(counter.joules(), 371.23, 1e-6);
}

TEST(WrappingCounter, DoesNotGuessHowOftenItWentRoundInALongGap) {
  WrappingCounter counter(kRange, 0, kCeiling);
  EXPECT_NEAR(counter.longest_gap_s(), 65.5, 0.1) << "a quarter of a turn at the ceiling";
  EXPECT_EQ(counter.add(5'000'000, 3600.0), Step::gap);
  const double restarted = counter.joules();
  EXPECT_LT(restarted, 0.0) << "below the 0 J told before";
  EXPECT_EQ(counter.add(6'000'000, 1.0), Step::counted) << "counts on from the new value";
  EXPECT_NEAR(counter.joules() - restarted, 1.0, 1e-9);
}

TEST(WrappingCounter, StartsOverBelowItsLastTotalEachTime) {
  WrappingCounter counter(kRange, 0, kCeiling);
  EXPECT_EQ(counter.add(7'000'000, 1.0), Step::counted);
  double last = counter.joules();
  for (const std::uint64_t value : {9'000'000, 9'000'000, 9'500'000}) {
    EXPECT_EQ(counter.add(value, 100.0), Step::gap);
    EXPECT_LT(counter.joules(), last);
    last = counter.joules();
  }
}

TEST(WrappingCounter, TakesAFallThatNoPowerCouldMakeForAReset) {
  WrappingCounter counter(kRange, kRange / 2, kCeiling);
  EXPECT_EQ(counter.add(1'000, 0.1), Step::reset) << "131 kJ in a tenth of a second";
  EXPECT_LT(counter.joules(), 0.0);
}

TEST(WrappingCounter, HasNoTurnWhereTheKernelTellsNoRange) {
  WrappingCounter counter(0, 5'000'000, kCeiling);
  EXPECT_EQ(counter.add(6'000'000, 1.0), Step::counted);
  EXPECT_EQ(counter.add(1'000'000, 1.0), Step::reset);
  EXPECT_NEAR(counter.joules(), 0.0, 1e-9);
}

/// Field failures of other tools: the counter's values, and what we make of them.
struct WrapCase {
  const char* whose;
  std::uint64_t before, after;
  double elapsed_s, watts;
};
class WrapsInTheField : public ::testing::TestWithParam<WrapCase> {};
TEST_P(WrapsInTheField, GiveWhatWasUsed) {
  const auto& wrap = GetParam();
  WrappingCounter counter(kRange, wrap.before, kCeiling);
  ASSERT_EQ(counter.add(wrap.after, wrap.elapsed_s), Step::counted);
  EXPECT_GE(counter.joules(), 0.0);
  EXPECT_NEAR(counter.joules() / wrap.elapsed_s, wrap.watts, 0.01);
}
INSTANTIATE_TEST_SUITE_P(
    Named, WrapsInTheField,
    ::testing::Values(
        // EnergiBridge issue 17: after - before = -250,769 J was reported.
        WrapCase{"EnergiBridge17", 251'769'000'000, 1'000'000'000, 60.0, 189.572},
        // scaphandre issue 280: no handling of the turn, an enormous unsigned difference.
        WrapCase{"scaphandre280", kRange - 4'999'999, 10'000'000, 0.2, 75.0},
        // powerjoular issue 45: negative power; issue 87: 260,000 W where the whole range was added a second
        // time.
        WrapCase{"powerjoular45", kRange - 10'000'000, 55'000'000, 1.0, 65.0},
        WrapCase{"powerjoular87", kRange - 99, 44'999'901, 1.0, 45.0},
        // kepler issue 575 and zeus issue 91: the same turn at other paces.
        WrapCase{"kepler575", kRange - 300'000'000, 59'999'999, 3.0, 120.0},
        WrapCase{"zeus91", kRange - 1'000'000, 999'999, 0.1, 20.0}),
    [](const auto& named) { return named.param.whose; });

class Rapl : public ::testing::Test {
 protected:
  std::unique_ptr<Probe> open() {
    return std::move(RaplProbe::open(find_rapl_zones(root_.path()).at(0), clock_, root_.path()).value());
  }
  FakeRoot root_;
  FakeClock clock_;
};

TEST_F(Rapl, CountsFromItsOpeningAndIsMeasured) {
  put_rapl(root_, "intel-rapl:0", "package-0", 7'000'000);
  const auto probe = open();
  EXPECT_EQ(probe->info().grade, Grade::measured);
  EXPECT_EQ(probe->info().kind, ReadingKind::counter);
  EXPECT_EQ(probe->info().id, "rapl:0:package-0");
  clock_.advance(1.0);
  put_rapl(root_, "intel-rapl:0", "package-0", 19'500'000);
  const auto reading = probe->read();
  ASSERT_TRUE(reading.has_value());
  EXPECT_NEAR(reading->energy.value(), 12.5, 1e-9);
  EXPECT_EQ(reading->bounds.lo, reading->bounds.hi);
}

// likwid issue 646: a 32-bit count over 1795 s read 30.8 kJ, less than over 1546 s.
TEST_F(Rapl, Likwid646GrowsOverWindowsLongerThanATurn) {
  const std::uint64_t range = 65'536'000'000;  // 2^32 units of 2^-16 J.
  std::uint64_t truth = 0;
  put_rapl(root_, "intel-rapl:0", "package-0", 0, range - 1);
  const auto probe = open();
  double joules = 0.0;
  for (int step = 1; step <= 359; ++step) {
    clock_.advance(5.0);
    truth += 5 * std::uint64_t{161'000'000};  // 161 W, as in the report: 248.9 kJ in 1546 s.
    root_.put("sys/class/powercap/intel-rapl:0/energy_uj", std::to_string(truth % range));
    const auto reading = probe->read();
    ASSERT_TRUE(reading.has_value());
    ASSERT_GT(reading->energy.value(), joules);
    joules = reading->energy.value();
  }
  EXPECT_NEAR(joules, 161.0 * 1795.0, 1e-3);
}

TEST_F(Rapl, KeepsReadingWhereTheCounterMayHaveGoneRoundUnseen) {
  put_rapl(root_, "intel-rapl:0", "package-0", 0);
  const auto probe = open();
  const auto before = probe->read();
  ASSERT_TRUE(before.has_value());
  clock_.advance(600.0);
  const auto after = probe->read();
  ASSERT_TRUE(after.has_value());
  EXPECT_LT(after->energy, before->energy) << "a value below the last one is a reset";
}

TEST_F(Rapl, DoesNotMindAPauseBeforeTheFirstReading) {
  put_rapl(root_, "intel-rapl:0", "package-0", 0);
  const auto probe = open();
  clock_.advance(600.0);
  EXPECT_TRUE(probe->read().has_value());
}

TEST_F(Rapl, SaysThatAZoneDisappeared) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1);
  const auto probe = open();
  std::filesystem::remove_all(root_.path() / "sys/class/powercap/intel-rapl:0");
  const auto reading = probe->read();
  ASSERT_FALSE(reading.has_value());
  EXPECT_EQ(reading.error().message, "the sensor is gone");
}

TEST_F(Rapl, RefusesTextThatIsNoCounter) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1);
  const auto probe = open();
  root_.put("sys/class/powercap/intel-rapl:0/energy_uj", "n/a\n");
  EXPECT_FALSE(probe->read().has_value());
}

TEST_F(Rapl, NestsPlatformPackageCoresAndMemory) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1);
  put_rapl(root_, "intel-rapl:0:0", "core", 1);
  put_rapl(root_, "intel-rapl:0:1", "uncore", 1);
  put_rapl(root_, "intel-rapl:0:2", "dram", 1);
  put_rapl(root_, "intel-rapl:1", "psys", 1);
  const auto set = open_rapl(root_.path(), clock_);
  const auto parent = [&](const std::string& id) { return find_probe(set.probes, id)->info().parent; };
  ASSERT_EQ(set.probes.size(), 5U);
  EXPECT_EQ(parent("rapl:0:0:core"), "rapl:0:package-0");
  EXPECT_EQ(parent("rapl:0:1:uncore"), "rapl:0:package-0");
  EXPECT_EQ(parent("rapl:0:2:dram"), "rapl:1:psys") << "memory is not fed through the package";
  EXPECT_EQ(parent("rapl:0:package-0"), "rapl:1:psys");
  EXPECT_EQ(parent("rapl:1:psys"), "");
  EXPECT_TRUE(set.notes.empty());
}

// likwid issue 642: memory of Sapphire Rapids read four times too low.
TEST_F(Rapl, Likwid642RefusesMemoryOfAnOldKernelOnSapphireRapids) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1);
  put_rapl(root_, "intel-rapl:0:0", "dram", 1);
  root_.put("proc/cpuinfo",
            "cpu family\t: 6\nmodel\t\t: 143\nmodel name\t: Intel(R) Xeon(R) Platinum 8480+\n");
  root_.put("proc/sys/kernel/osrelease", "5.15.0-91-generic\n");
  const auto set = open_rapl(root_.path(), clock_);
  EXPECT_EQ(ids(set.probes), std::vector<std::string>{"rapl:0:package-0"});
  EXPECT_TRUE(mentions(set.notes, "kernels before 6.8"));
}

TEST_F(Rapl, SaysWhoMayReadWhereTheKernelRefuses) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1);
  const auto set = open_rapl(failing(root_, {{"energy_uj", EACCES}}), clock_);
  EXPECT_TRUE(set.probes.empty());
  EXPECT_TRUE(mentions(set.notes, "only root may read"));
  EXPECT_TRUE(mentions(set.notes, "sudo chmod a+r /sys/class/powercap"));
}

TEST_F(Rapl, OpensNoPackageWhereOneIsMissing) {
  put_rapl(root_, "intel-rapl:0", "package-0", 1);
  put_rapl(root_, "intel-rapl:0:0", "core", 1);
  put_rapl(root_, "intel-rapl:1", "package-1", 1);
  const auto set = open_rapl(failing(root_, {{"intel-rapl:1/energy_uj", EACCES}}), clock_);
  EXPECT_TRUE(set.probes.empty()) << "half the packages would look like all, and cores like packages";
}

}  // namespace
}  // namespace edgeeval
