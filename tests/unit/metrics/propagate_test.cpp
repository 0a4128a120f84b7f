// SPDX-License-Identifier: Apache-2.0
#include "metrics/propagate.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

using Values = std::span<const double>;

Fact fact(double value, std::optional<double> lo = {}, std::optional<double> hi = {}, Grade grade = Grade::measured) {
  return {value, "J", lo, hi, grade, {"a source"}};
}

const Formula kQuotient = [](Values x) { return std::optional(x[0] / x[1]); };

TEST(Propagate, TakesTheCornersOfTheIntervals) {
  const auto result = propagate({fact(10.0, 8.0, 12.0), fact(2.0, 1.0, 4.0)}, "W", kQuotient);
  ASSERT_TRUE(result);
  EXPECT_DOUBLE_EQ(result->value, 5.0);
  EXPECT_DOUBLE_EQ(*result->lo, 2.0);
  EXPECT_DOUBLE_EQ(*result->hi, 12.0);
  EXPECT_EQ(result->unit, "W");
}

TEST(Propagate, OfExactFactsHasNoInterval) {
  const auto result = propagate({fact(10.0), fact(2.0)}, "W", kQuotient);
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->lo);
  EXPECT_FALSE(result->hi);
}

TEST(Propagate, IsAtBestComputedAndElseTheWeakestGrade) {
  EXPECT_EQ(propagate({fact(1.0), fact(1.0)}, "W", kQuotient)->grade, Grade::computed);
  EXPECT_EQ(propagate({fact(1.0, {}, {}, Grade::assumed), fact(1.0, {}, {}, Grade::modelled)}, "W", kQuotient)->grade,
            Grade::assumed);
}

TEST(Propagate, JoinsSourcesOnce) {
  auto other = fact(1.0);
  other.sources = {"b source", "a source"};
  EXPECT_EQ(propagate({fact(1.0), other}, "W", kQuotient)->sources,
            (std::vector<std::string>{"a source", "b source"}));
}

TEST(Propagate, PassesOnWhyAFactIsAbsent) {
  const MaybeFact missing = tl::unexpected<std::string>("it was not read");
  const auto result = propagate({fact(1.0), missing}, "W", kQuotient);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), "it was not read");
}

TEST(Propagate, IsOpenAboveWhereACornerHasNoValue) {
  const Formula saving = [](Values x) { return x[1] >= 1.0 ? std::nullopt : std::optional(x[0] / (1.0 - x[1])); };
  const auto result = propagate({fact(10.0), fact(0.5, 0.2, 1.5)}, "requests", saving, "never");
  ASSERT_TRUE(result);
  EXPECT_DOUBLE_EQ(*result->lo, 12.5);
  EXPECT_FALSE(result->hi);
  const auto never = propagate({fact(10.0), fact(1.5)}, "requests", saving, "never");
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error(), "never");
}

TEST(Propagate, OfAFactThatIsOpenAboveIsOpenWhereItGrows) {
  const auto sum = propagate({fact(10.0, 8.0), fact(2.0)}, "W", kQuotient);
  ASSERT_TRUE(sum);
  EXPECT_DOUBLE_EQ(*sum->lo, 4.0);
  EXPECT_FALSE(sum->hi);
  const auto inverse = propagate({fact(10.0), fact(2.0, 1.0)}, "W", kQuotient);
  ASSERT_TRUE(inverse);
  EXPECT_DOUBLE_EQ(*inverse->lo, 0.0) << "any power is possible, down to none";
  EXPECT_DOUBLE_EQ(*inverse->hi, 10.0);
}

TEST(Propagate, DividesByZeroIntoAbsence) {
  EXPECT_FALSE(propagate({fact(1.0), fact(0.0)}, "W", kQuotient));
  const auto straddling = propagate({fact(1.0), fact(1.0, 0.0, 2.0)}, "W", kQuotient);
  ASSERT_TRUE(straddling);
  EXPECT_FALSE(straddling->hi) << "one over zero is unbounded";
}

TEST(PropagateProperty, TheIntervalHoldsTheValueAndNeverNarrowsAsAnInputWidens) {
  SplitMix64 random(11);
  const auto draw = [&] { return 0.1 + static_cast<double>(random.below(1000000)) / 1e5; };
  const Formula formula = [](Values x) { return std::optional(x[0] * x[1] / x[2]); };
  for (int i = 0; i < 500; ++i) {
    const double a = draw();
    const double b = draw();
    const double c = draw();
    const double width = 1.0 + draw() / 10.0;
    const auto narrow = propagate({fact(a, a / width, a * width), fact(b), fact(c)}, "u", formula);
    const auto wide = propagate({fact(a, a / width, a * width), fact(b, b / width, b * width), fact(c)}, "u", formula);
    ASSERT_TRUE(narrow && wide);
    EXPECT_LE(*narrow->lo, narrow->value);
    EXPECT_GE(*narrow->hi, narrow->value);
    EXPECT_LE(*wide->lo, *narrow->lo);
    EXPECT_GE(*wide->hi, *narrow->hi);
  }
}

}  // namespace
}  // namespace edgeeval
