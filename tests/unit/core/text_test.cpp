// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace edgeeval {
namespace {

TEST(FormatBytes, UsesDecimalUnits) {
  EXPECT_EQ(format_bytes(850), "850 B");
  EXPECT_EQ(format_bytes(270'885'920), "270.9 MB");
}

TEST(FormatDuration, GrowsItsUnit) {
  EXPECT_EQ(format_duration(0.94), "0.9 s");
  EXPECT_EQ(format_duration(58.2), "58 s");
  EXPECT_EQ(format_duration(125), "2 min 05 s");
  EXPECT_EQ(format_duration(4320), "1 h 12 min");
}

TEST(FormatRoundTrip, ReadsBackExactly) {
  for (const double value : {0.1, 1.0 / 3.0, 1e-300, 123456789.125, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(std::strtod(format_round_trip(value).c_str(), nullptr), value);
  }
}

TEST(FormatSignificant, KeepsSoManyDigits) {
  EXPECT_EQ(format_significant(1234.6), "1235");
  EXPECT_EQ(format_significant(0.012345), "0.0123");
}

TEST(Nearest, FindsASlipAndNothingElse) {
  const std::vector<std::string> words{"steps", "epochs"};
  EXPECT_EQ(nearest("stepz", words), "steps");
  EXPECT_EQ(nearest("colour", words), "");
}

TEST(DisplayWidth, CountsCodePoints) { EXPECT_EQ(display_width("ρ_sys"), 5U); }

TEST(LastLines, AreTheLast) { EXPECT_EQ(last_lines("a\nb\nc\n", 2), (std::vector<std::string>{"b", "c"})); }

TEST(Printable, LeavesNoEscapeForTheTerminal) {
  EXPECT_EQ(printable("a\033[31mb").find('\033'), std::string::npos);
  EXPECT_EQ(printable("a\tb\nc"), "a\tb\nc");
  const std::string shown = "a\xEF\xBF\xBD";
  for (const char* steering : {"a\x1b", "a\x7f", "a\r", "a\xc2\x9b", "a\xd8\x9c", "a\xe2\x80\xae",
                               "a\xe2\x81\xa9", "a\xe2\x80\xa8", "a\xff"})
    EXPECT_EQ(printable(steering), shown) << steering;
  EXPECT_EQ(printable("naïve € 😀 –"), "naïve € 😀 –");
}

}  // namespace
}  // namespace edgeeval
