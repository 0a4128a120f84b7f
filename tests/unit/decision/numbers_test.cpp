// SPDX-License-Identifier: Apache-2.0
#include "decision/numbers.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(Spreads, TakeTheShapeThatFits) {
  const auto limits = *limits_of("demand_per_day");
  EXPECT_EQ(read_spread({"10", "", "", ""}, limits)->shape, economics::Shape::fixed);
  EXPECT_EQ(read_spread({"10", "5", "20", ""}, limits)->shape, economics::Shape::split_lognormal);
  EXPECT_EQ(read_spread({"10", "0", "20", ""}, limits)->shape, economics::Shape::split_normal);
  EXPECT_EQ(read_spread({"10", "0", "20", "uniform"}, limits)->shape, economics::Shape::uniform);
  EXPECT_EQ(read_spread({"1.5", "1.1", "2", ""}, *limits_of("pue"))->shape, economics::Shape::split_normal);
}

TEST(Numbers, AreFiniteAndWhole) {
  EXPECT_EQ(read_number("1e3"), 1000.0);
  for (const char* text : {"", "nan", "inf", "1e999", "0x10", "1 ", " 1", "1,5", "--1"})
    EXPECT_FALSE(read_number(text)) << text;
}

TEST(Spreads, SayHowYesAndNoAreWritten) {
  for (const char* text : {"yes", "true", "2", "0.5"}) {
    const auto spread = read_spread({text, "", "", ""}, *limits_of("owned"));
    ASSERT_FALSE(spread) << text;
    EXPECT_EQ(spread.error().hint, "allowed: 0 (no), 1 (yes)") << text;
  }
}

TEST(Limits, AreThoseOfTheInputsAndOfTheExtraFacts) {
  EXPECT_EQ(limits_of("pue")->least, 1.0);
  EXPECT_EQ(limits_of("tdp_w")->unit, "W");
  EXPECT_FALSE(limits_of("tdp"));
  EXPECT_EQ(input_keys().size(), economics::kInputs);
}

}  // namespace
}  // namespace edgeeval
