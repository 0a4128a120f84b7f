// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <edgeeval/sourced.hpp>

namespace edgeeval {
namespace {

TEST(Sourced, ArithmeticKeepsTheWeakestGradeAndAllSources) {
  const auto energy = Sourced<Joules>::modelled(Joules(10), {"model"}, {Joules(5), Joules(20)});
  const auto time = Sourced<Seconds>::computed(Seconds(2), {"clock"});
  const auto power = energy / time;
  EXPECT_EQ(power.grade(), Grade::modelled);
  EXPECT_EQ(power.value(), Watts(5));
  EXPECT_EQ(power.bounds()->lo, Watts(2.5));
  EXPECT_EQ(power.bounds()->hi, Watts(10));
  EXPECT_EQ(power.sources(), (std::vector<std::string>{"clock", "model"}));
}

TEST(Sourced, NothingDerivedIsStrongerThanComputed) {
  EXPECT_EQ(Sourced<Scalar>::derived(Scalar(1), Grade::measured, {}).grade(), Grade::computed);
}

TEST(Sourced, SubtractionTakesTheFarCorners) {
  const auto a = Sourced<Joules>::modelled(Joules(10), {}, {Joules(8), Joules(12)});
  const auto difference = a - a;
  EXPECT_EQ(difference.bounds()->lo, Joules(-4));
  EXPECT_TRUE(straddles_zero(difference));
}

TEST(Grade, NamesReadBackAndOrderByStrength) {
  for (const auto grade :
       {Grade::measured, Grade::computed, Grade::modelled, Grade::published, Grade::assumed}) {
    EXPECT_EQ(grade_from(to_string(grade)), grade);
  }
  EXPECT_FALSE(grade_from("guessed"));
  EXPECT_EQ(weaker(Grade::published, Grade::modelled), Grade::published);
}

}  // namespace
}  // namespace edgeeval
