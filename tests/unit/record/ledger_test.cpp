// SPDX-License-Identifier: Apache-2.0
#include "record/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

EnergyEntry entry(const std::string& source, const std::string& parent, double joules, Grade grade,
                  std::optional<double> lo = {}, std::optional<double> hi = {}) {
  return {source, "cpu", "package", parent, Fact{joules, "J", lo, hi, grade, {source}}};
}

WindowRecord window(std::vector<EnergyEntry> entries) {
  WindowRecord record;
  record.energy = std::move(entries);
  return record;
}

TEST(TotalEnergy, IsAbsentWithoutEnergy) { EXPECT_FALSE(total_energy(WindowRecord{}).has_value()); }

TEST(TotalEnergy, OfOneSourceIsThatSource) {
  const auto total = total_energy(window({entry("nvml", "", 5.0, Grade::measured, 4.0, 6.0)}));
  ASSERT_TRUE(total.has_value());
  EXPECT_EQ(total->value, 5.0);
  EXPECT_EQ(total->lo, 4.0);
  EXPECT_EQ(total->hi, 6.0);
  EXPECT_EQ(total->unit, "J");
  EXPECT_EQ(total->grade, Grade::measured);
  EXPECT_EQ(total->sources, std::vector<std::string>{"nvml"});
}

TEST(TotalEnergy, CountsAPackageAndNotItsCores) {
  const auto total = total_energy(
      window({entry("core", "package", 7.0, Grade::measured), entry("package", "psys", 10.0, Grade::measured),
              entry("dram", "", 2.0, Grade::measured)}));
  ASSERT_TRUE(total.has_value());
  EXPECT_EQ(total->value, 12.0);
  EXPECT_EQ(total->sources, (std::vector<std::string>{"dram", "package"}));
}

TEST(TotalEnergy, CountsGrandchildrenOnlyInTheirTopmostSource) {
  const auto total = total_energy(
      window({entry("wall", "", 30.0, Grade::measured), entry("package", "wall", 10.0, Grade::measured),
              entry("core", "package", 7.0, Grade::measured)}));
  EXPECT_EQ(total->value, 30.0);
}

TEST(TotalEnergy, TakesTheWeakestGradeAndIsNeverStrongerThanComputed) {
  EXPECT_EQ(
      total_energy(window({entry("a", "", 1, Grade::measured), entry("b", "", 1, Grade::measured)}))->grade,
      Grade::computed);
  EXPECT_EQ(
      total_energy(window({entry("a", "", 1, Grade::measured), entry("b", "", 1, Grade::modelled)}))->grade,
      Grade::modelled);
}

TEST(TotalEnergy, SumsBoundsAndTakesUnboundedSourcesAsExact) {
  const auto total = total_energy(
      window({entry("a", "", 10.0, Grade::modelled, 4.0, 25.0), entry("b", "", 3.0, Grade::measured)}));
  EXPECT_EQ(total->lo, 7.0);
  EXPECT_EQ(total->hi, 28.0);
}

TEST(TotalEnergy, HasNoUpperBoundWhereOneSourceHasNone) {
  const auto total = total_energy(
      window({entry("a", "", 10.0, Grade::modelled, 4.0), entry("b", "", 3.0, Grade::measured, 2.0, 4.0)}));
  EXPECT_EQ(total->lo, 6.0);
  EXPECT_FALSE(total->hi.has_value());
}

/// An entry of a server: measured, with a share of its interval that is gain.
EnergyEntry sensor(const std::string& source, const std::string& domain, const std::string& boundary,
                   const std::string& parent, double joules, double own, double gain) {
  EnergyEntry entry{source, domain, boundary, parent, Fact{joules, "J", {}, {}, Grade::measured, {source}}};
  entry.method = "counter";
  entry.common_relative = gain;
  entry.device = source;
  set_joules(entry, joules, joules - own, joules + own);
  return entry;
}

/// Two boards, a package with its cores, memory, the platform's domain and, where asked for, a wall meter.
WindowRecord server(bool wall) {
  WindowRecord window;
  window.name = "load";
  window.duration_s = 10.0;
  window.energy = {sensor("nvml:GPU-a", "gpu0", "board", "", 1000.0, 10.0, 0.05),
                   sensor("nvml:GPU-b", "gpu1", "board", "", 500.0, 5.0, 0.05),
                   sensor("rapl:package-0", "cpu", "package", "rapl:psys", 300.0, 1.0, 0.02),
                   sensor("rapl:core", "cpu", "core", "rapl:package-0", 200.0, 1.0, 0.02),
                   sensor("rapl:dram", "dram", "dram", "rapl:psys", 50.0, 1.0, 0.02),
                   sensor("rapl:psys", "psys", "psys", "", 420.0, 1.0, 0.02)};
  if (wall) window.energy.push_back(sensor("shelly", "wall", "wall", "", 2200.0, 20.0, 0.01));
  return window;
}

void make_void(WindowRecord& window, const std::string& source, const std::string& reason) {
  const auto found = std::find_if(window.energy.begin(), window.energy.end(),
                                  [&](const EnergyEntry& entry) { return entry.source == source; });
  ASSERT_NE(found, window.energy.end());
  window.voids.push_back({source, found->domain, found->boundary, found->parent, reason, {}});
  window.energy.erase(found);
}

TEST(AddUp, CountsBoardsPackageAndMemoryAndNeitherCoresNorThePlatform) {
  const auto window = server(false);
  const auto total = add_up({&window});
  ASSERT_TRUE(total);
  EXPECT_EQ(total->joules.value, 1850.0);
  EXPECT_EQ(total->counted, (std::vector<std::string>{"nvml:GPU-a", "nvml:GPU-b", "rapl:dram", "rapl:package-0"}));
  EXPECT_EQ(total->measured_share, 1.0);
  EXPECT_EQ(total->joules.grade, Grade::computed);
  EXPECT_TRUE(total->missing.empty());
  EXPECT_FALSE(total->unexplained);
}

TEST(AddUp, TakesThePlatformWhereNoPackageIsRead) {
  auto window = server(false);
  make_void(window, "rapl:package-0", "no right to read it");
  std::erase_if(window.energy, [](const EnergyEntry& entry) { return entry.source == "rapl:core"; });
  const auto total = add_up({&window});
  ASSERT_TRUE(total);
  EXPECT_EQ(total->joules.value, 1000.0 + 500.0 + 420.0) << "which holds package and memory";
  EXPECT_TRUE(total->missing.empty()) << "the platform holds the package";
}

TEST(AddUp, TakesTheWallAloneAndShowsWhatThePartsLeaveUnexplained) {
  const auto window = server(true);
  const auto total = add_up({&window});
  ASSERT_TRUE(total);
  EXPECT_EQ(total->joules.value, 2200.0);
  EXPECT_EQ(total->counted, std::vector<std::string>{"shelly"});
  ASSERT_TRUE(total->unexplained && total->unexplained->lo && total->unexplained->hi);
  EXPECT_EQ(total->unexplained->value, 350.0);
  EXPECT_LT(*total->unexplained->lo, 350.0);
  EXPECT_GT(*total->unexplained->hi, 350.0);
  EXPECT_EQ(total->unexplained->grade, Grade::computed);
}

TEST(AddUp, ExplainsNothingWhereAPartIsMissing) {
  auto window = server(true);
  make_void(window, "nvml:GPU-b", "the sensor vanished");
  const auto total = add_up({&window});
  ASSERT_TRUE(total);
  EXPECT_EQ(total->joules.value, 2200.0);
  EXPECT_TRUE(total->missing.empty()) << "the wall holds the lost board";
  EXPECT_FALSE(total->unexplained) << "but what it drew is not known";
}

TEST(AddUp, CountsPartsOnceUnderAWallThatTheyName) {
  WindowRecord window;
  window.energy = {sensor("plug", "wall", "wall", "", 100.0, 1.0, 0.0),
                   sensor("ina:VDD_IN", "board", "board", "plug", 80.0, 1.0, 0.0),
                   sensor("ina:VDD_GPU", "gpu0", "rail", "ina:VDD_IN", 30.0, 1.0, 0.0),
                   sensor("ina:VDD_CPU", "cpu", "rail", "ina:VDD_IN", 20.0, 1.0, 0.0)};
  const auto total = add_up({&window});
  EXPECT_EQ(total->joules.value, 100.0);
  EXPECT_EQ(total->unexplained->value, 20.0);
  window.energy.erase(window.energy.begin());
  EXPECT_EQ(add_up({&window})->joules.value, 80.0) << "rails never beside the input that they hang on";
}

TEST(AddUp, NamesWhatIsMissingAndCountsItAsNothingKnown) {
  auto window = server(false);
  make_void(window, "nvml:GPU-b", "the sensor vanished");
  const auto total = add_up({&window});
  ASSERT_TRUE(total);
  EXPECT_EQ(total->joules.value, 1350.0);
  EXPECT_EQ(total->missing, std::vector<std::string>{"gpu1"});
  EXPECT_TRUE(total->joules.lo && !total->joules.hi) << "a lower bound of the whole";
}

TEST(AddUp, AVoidCounterIsNotMissingWhereTheWattsOfTheSamePointAreThere) {
  WindowRecord window;
  window.energy = {sensor("nvml:GPU-a#power", "gpu0", "board", "", 100.0, 1.0, 0.05)};
  window.voids = {{"nvml:GPU-a", "gpu0", "board", "", "not supported", {}}};
  EXPECT_TRUE(add_up({&window})->missing.empty());
}

TEST(AddUp, LeavesMirrorsOut) {
  WindowRecord window;
  window.energy = {sensor("rapl:package-0", "cpu", "package", "", 68.0, 0.0, 0.0),
                   sensor("rapl:package-0-die-1", "cpu", "package", "", 68.0, 0.0, 0.0)};
  EXPECT_EQ(add_up({&window})->joules.value, 136.0);
  window.energy[1].flags = {"mirror"};
  EXPECT_EQ(add_up({&window})->joules.value, 68.0);
}

TEST(AddUp, TellsTheMeasuredShareOfAMixAndTakesItsWeakestGrade) {
  WindowRecord window;
  window.energy = {sensor("nvml:GPU-a", "gpu0", "board", "", 90.0, 1.0, 0.05), entry("cpu-model", "", 30.0, Grade::modelled, 10.0, 60.0)};
  const auto total = add_up({&window});
  EXPECT_EQ(total->measured_share, 0.75);
  EXPECT_EQ(total->joules.grade, Grade::modelled);
}

TEST(AddUp, AddsAGainWithinADeviceAndInQuadratureBetweenDevices) {
  WindowRecord a;
  a.energy = {sensor("a", "gpu0", "board", "", 100.0, 0.0, 0.05)};
  WindowRecord b = a;
  const auto same = add_up({&a, &b});
  EXPECT_NEAR(*same->joules.hi, 210.0, 1e-9) << "one board in two windows errs alike";
  b.energy[0].device = "another";
  EXPECT_NEAR(*add_up({&a, &b})->joules.hi, 200.0 + std::hypot(5.0, 5.0), 1e-9);
}

TEST(AddUp, AddsHardBoundsAndTakesChanceInQuadrature) {
  WindowRecord window;
  window.energy = {sensor("a", "gpu0", "board", "", 100.0, 3.0, 0.0), sensor("b", "gpu1", "board", "", 100.0, 4.0, 0.0)};
  EXPECT_NEAR(*add_up({&window})->joules.hi, 207.0, 1e-9);
  for (auto& each : window.energy) each.method = "integral";
  EXPECT_NEAR(*add_up({&window})->joules.hi, 205.0, 1e-9);
}

TEST(OwnBounds, AreWhatSetJoulesWasGiven) {
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    EnergyEntry entry;
    entry.method = random.coin() ? "integral" : "counter";
    if (random.coin()) entry.flags = {"disagrees"};
    entry.common_relative = 0.2 * random.below(100) / 100.0;
    const double value = random.below(1000) - 200.0;
    const double down = random.below(50);
    const double up = random.below(50);
    set_joules(entry, value, value - down, value + up);
    const auto own = own_bounds(entry);
    EXPECT_NEAR(own.lo, value - down, 1e-7 * std::max(1.0, std::abs(value)));
    EXPECT_NEAR(*own.hi, value + up, 1e-7 * std::max(1.0, std::abs(value)));
    EXPECT_LE(*entry.joules.lo, own.lo);
    EXPECT_GE(*entry.joules.hi, *own.hi);
  }
}

TEST(EnergyRatio, IsTighterThanTheQuotientOfAbsolutesOnOneDevice) {
  WindowRecord a;
  a.energy = {sensor("gpu", "gpu0", "board", "", 100.0, 1.0, 0.05)};
  WindowRecord b;
  b.energy = {sensor("gpu", "gpu0", "board", "", 400.0, 2.0, 0.05)};
  const auto ratio = energy_ratio({&a}, {&b});
  ASSERT_TRUE(ratio && ratio->lo && ratio->hi);
  EXPECT_EQ(ratio->value, 0.25);
  EXPECT_NEAR(*ratio->lo, 99.0 / 402.0, 1e-9) << "the gain is gone altogether";
  EXPECT_NEAR(*ratio->hi, 101.0 / 398.0, 1e-9);
  const double absolute = *a.energy[0].joules.hi / *b.energy[0].joules.lo;
  EXPECT_LT(*ratio->hi, absolute);
}

TEST(EnergyRatio, HoldsTheTrueRatioForAnyGainsWithinTheirBounds) {
  Random random(11);
  const auto share = [&] { return 2.0 * random.below(1001) / 1000.0 - 1.0; };
  int outside = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    // Gains are drawn with a 95 % half-width of 5 %, the windows' own errors anywhere in their hard bounds.
    const double gain[2] = {1.0 + 0.05 / 1.96 * (share() + share() + share()), 1.0 + 0.05 / 1.96 * (share() + share() + share())};
    WindowRecord windows[2];
    double truth[2] = {0.0, 0.0};
    for (int w = 0; w < 2; ++w) {
      for (int d = 0; d < 2; ++d) {
        const double shown = 50.0 + random.below(1000);
        const double own = 0.01 * shown;
        truth[w] += gain[d] * (shown + share() * own);
        windows[w].energy.push_back(
            sensor("gpu" + std::to_string(d), "gpu" + std::to_string(d), "board", "", shown, own, 0.05));
      }
    }
    const auto ratio = energy_ratio({&windows[0]}, {&windows[1]});
    ASSERT_TRUE(ratio && ratio->lo && ratio->hi);
    const double value = truth[0] / truth[1];
    outside += value < *ratio->lo || value > *ratio->hi ? 1 : 0;
  }
  EXPECT_LE(outside, kTrials / 20);
}

TEST(EnergyRatio, IsAbsentWhereTheWindowsMissDifferentThings) {
  const auto whole = server(false);
  auto part = server(false);
  make_void(part, "nvml:GPU-b", "the sensor vanished");
  EXPECT_FALSE(energy_ratio({&part}, {&whole}));
  EXPECT_TRUE(energy_ratio({&part}, {&part}));
  EXPECT_FALSE(energy_ratio({&whole}, {}));
}

EnergyEntry gained(double joules, double lo, double hi, bool hard) {
  auto made = entry("nvml", "", joules, Grade::measured, lo, hi);
  made.method = "counter";
  made.device = "GPU-1";
  made.common_relative = 0.13;
  made.hard_bounds = hard;
  return made;
}

TEST(EnergyRatio, KeepsOwnUncertaintyThatIsNotHard) {
  // A lagging counter: 100 J ± 5 of its own and 13 % of gain, in quadrature.
  const double half = std::hypot(5.0, 13.0);
  const auto one = window({gained(100.0, 100.0 - half, 100.0 + half, false)});
  const auto own = own_bounds(one.energy[0]);
  EXPECT_NEAR(own.lo, 95.0, 1e-9);
  EXPECT_NEAR(own.hi.value(), 105.0, 1e-9);
  EXPECT_FALSE(own.hard);
  const auto ratio = energy_ratio({&one}, {&one});
  ASSERT_TRUE(ratio);
  EXPECT_LT(*ratio->lo, 0.94);
  EXPECT_GT(*ratio->hi, 1.06);
}

TEST(AddUp, OfOneSourceHasThatSourcesInterval) {
  for (const double lo : {0.0, 80.0}) {
    const auto one = window({gained(100.0, lo * 0.87, 150.0 * 1.13, true)});
    const auto total = add_up({&one});
    ASSERT_TRUE(total);
    EXPECT_NEAR(*total->joules.lo, lo * 0.87, 1e-9);
    EXPECT_NEAR(*total->joules.hi, 150.0 * 1.13, 1e-9);
  }
}

}  // namespace
}  // namespace edgeeval
