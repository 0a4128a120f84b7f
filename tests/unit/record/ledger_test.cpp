// SPDX-License-Identifier: Apache-2.0
#include "record/ledger.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace edgeeval
