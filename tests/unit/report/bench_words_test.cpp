// SPDX-License-Identifier: Apache-2.0
#include "report/bench_words.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/text.hpp"

namespace edgeeval {
namespace {

/// U+FFFD, which stands for what is not shown.
const std::string kMark = "\xEF\xBF\xBD";

TEST(Shown, LeavesNothingThatSteersATerminal) {
  EXPECT_EQ(shown("a\x1b[2Jb\x07"), "a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD");
  EXPECT_EQ(shown("one\r\ntwo\tthree"), "one\xEF\xBF\xBD two three");
  EXPECT_EQ(shown("\xc2\x9b"
                  "31m"),
            kMark + "31m")
      << "a C1 control";
  EXPECT_EQ(shown("\xe2\x80\xae"
                  "exe.txt"),
            kMark + "exe.txt")
      << "a right-to-left override";
}

TEST(Shown, MakesAnyBytesValid) {
  EXPECT_EQ(shown("\xff\xfe"), kMark + kMark);
  EXPECT_EQ(shown("\xc3("), kMark + "(");
  EXPECT_EQ(shown("\xc0\xaf"), kMark + kMark) << "overlong";
  EXPECT_EQ(shown("\xe0\x80\xaf"), kMark + kMark + kMark) << "overlong";
  EXPECT_EQ(shown("\xed\xa0\x80"), kMark + kMark + kMark) << "a surrogate";
  EXPECT_EQ(shown("\xf4\x90\x80\x80"), kMark + kMark + kMark + kMark) << "beyond Unicode";
  EXPECT_EQ(shown("\xe2\x82"), kMark + kMark) << "cut off";
  EXPECT_EQ(shown("naïve € 😀"), "naïve € 😀");
}

TEST(Shown, CutsByLettersAndSaysSo) {
  EXPECT_EQ(shown("€€€€", 3), "€€€…");
  EXPECT_EQ(shown("€€€", 3), "€€€");
  EXPECT_EQ(shown("", 3), "");
}

TEST(Words, SecondsTakeTheUnitThatFits) {
  EXPECT_EQ(with_unit(0.0201, "s"), "20.1 ms");
  EXPECT_EQ(with_unit(12.34, "s"), "12.3 s");
  EXPECT_EQ(with_unit(0.0000026, "s"), "2.60 µs");
  EXPECT_EQ(with_unit(1200.0, "tok/s"), "1200 tok/s");
  EXPECT_EQ(with_unit(0.5, "1"), "0.500");
  EXPECT_EQ(with_unit(std::numeric_limits<double>::quiet_NaN(), "s"), "– µs");
}

TEST(Words, AQuantileSaysWhetherItHasSeenEnough) {
  const auto scale = scale_for(0.02, "s");
  EXPECT_EQ(quantile_cell({0.5, 0.0201, 0.0199, 0.0203, 0.0204, {}}, scale), "20.10 [19.9, 20.3]");
  EXPECT_EQ(quantile_cell({0.99, 0.0201, 0.0199, 0.0203, {}, {}}, scale), "20.10 [19.9, –]")
      << "between the 95 % bounds and the floor of 662";
  EXPECT_EQ(quantile_cell({0.99, 0.0201, {}, {}, {}, {}}, scale), "20.10 [–]");
  EXPECT_EQ(quantile_cell({0.99, 0.0201, 0.0199, {}, {}, {}}, scale), "20.10 [19.9, –]");
  const double none = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(quantile_cell({0.99, none, {}, {}, {}, {}}, scale), "insufficient");
  EXPECT_EQ(quantile_name(0.999), "p99.9");
  EXPECT_EQ(quantile_name(0.5), "p50");
}

TEST(Words, FactsSayHowTheyCameToBe) {
  EXPECT_EQ(fact_text({4.9, "J", 3.1, 7.2, Grade::modelled, {}}), "~4.90 J [3.10, 7.20], modelled");
  EXPECT_EQ(fact_text({4.9, "J", 3.1, {}, Grade::measured, {}}), "4.90 J [3.10, ∞], measured");
  EXPECT_EQ(fact_text({0.0012, "s", {}, {}, Grade::measured, {}}), "1.20 ms, measured");
}

TEST(Words, FiguresAreFoundByMetricAndWindow) {
  ServingSummary summary;
  summary.figures = {{"tpot", "whole", {}, {}, "none", ""}, {"tpot", "steady", {}, {}, "none", ""}};
  EXPECT_EQ(find_figure(summary, "tpot", "steady"), &summary.figures[1]);
  EXPECT_EQ(find_figure(summary, "ttft_user", "steady"), nullptr);
  EXPECT_EQ(metric_unit(summary.figures[0]), "s");
  EXPECT_EQ(metric_title("nobody\nknows"), "nobody knows");
}

}  // namespace
}  // namespace edgeeval
