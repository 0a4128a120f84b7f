// SPDX-License-Identifier: Apache-2.0
#include "decision/difference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "results_of.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"
#include "support/saved_run.hpp"

namespace edgeeval {
namespace {

constexpr auto kHigher = Direction::higher_is_better;
constexpr auto kLower = Direction::lower_is_better;

TEST(Difference, OfScoresPairsItemsByTheirIds) {
  // Every item loses exactly 0.1: however items vary, the paired difference does not.
  auto record = sample_run();
  set_scores(record, "base", 50, [](int i) { return 0.2 + 0.01 * i; });
  const auto before = results_of(record);
  set_scores(record, "base", 60, [](int i) { return 0.1 + 0.01 * i; });
  std::reverse(record.scores["base"].begin(), record.scores["base"].end());
  const auto after = results_of(record);
  const auto difference =
      difference_of(side(before, "base"), side(after, "base"), compared_metric("", "token_f1"));
  EXPECT_EQ(difference.evidence, Evidence::items);
  EXPECT_EQ(difference.pairs, 50U) << "ten items were only asked in the second run";
  EXPECT_NEAR(difference.value.value, -0.1, 1e-12);
  EXPECT_NEAR(*difference.value.lo, -0.1, 1e-12);
  EXPECT_NEAR(*difference.value.hi, -0.1, 1e-12);
}

TEST(Difference, OfScoresWithoutItemsTakesBothIntervals) {
  const auto before = results_of(sample_run());
  auto after = results_of(sample_run());
  after.record.scores.clear();
  const auto difference =
      difference_of(side(before, "base"), side(after, "base"), compared_metric("", "token_f1"));
  EXPECT_EQ(difference.evidence, Evidence::intervals);
  EXPECT_EQ(difference.pairs, 0U);
  EXPECT_DOUBLE_EQ(difference.value.value, 0.0);
  // Mean 0.25 of four items 0, 0, 0.5, 0.5 is known within [0, 0.5]; both ways, √2 times that.
  EXPECT_NEAR(*difference.value.lo, -0.25 * std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(*difference.value.hi, 0.25 * std::sqrt(2.0), 1e-12);
}

TEST(Difference, OfEnergiesOnOneMachineIsThatOfTheirRatio) {
  const auto run = results_of(sample_run());
  const auto difference =
      difference_of(side(run, "base"), side(run, "lora-int4"), compared_metric("", "j_per_request"));
  EXPECT_EQ(difference.evidence, Evidence::energy);
  EXPECT_DOUBLE_EQ(difference.value.value, 0.0);
  // 400 J in [200, 800], hard: the ratio lies in [200 ÷ 800, 800 ÷ 200], at 100 J a request.
  EXPECT_DOUBLE_EQ(*difference.value.lo, -75.0);
  EXPECT_DOUBLE_EQ(*difference.value.hi, 300.0);
}

TEST(Difference, OfAStageThatBothShareIsNone) {
  const auto run = results_of(sample_run());
  const auto again = results_of(sample_run());
  const auto metric = compared_metric("", "adapt_energy");
  const auto shared = difference_of(side(run, "lora-fp16"), side(again, "lora-int4"), metric);
  EXPECT_EQ(shared.value.lo, 0.0) << "one measurement, not two";
  EXPECT_EQ(shared.value.hi, 0.0);
  const auto other = difference_of(side(run, "lora-fp16"), side(run, "qlora"), metric);
  EXPECT_DOUBLE_EQ(other.value.value, 3.6e5);
  EXPECT_LT(*other.value.lo, 0.0) << "each is known within a factor of two";
}

TEST(Difference, OfEnergiesLetsTheGainOfADeviceCancel) {
  const auto run = results_of(measured_run(false));
  const auto metric = compared_metric("", "j_per_request");
  const auto ours = difference_of(side(run, "base"), side(run, "lora-int4"), metric);
  EXPECT_EQ(ours.evidence, Evidence::energy);
  EXPECT_NEAR(ours.value.value, -50.0, 1e-9) << "half the joules";
  // The same two energies, as if they were of two machines.
  auto elsewhere = run;
  elsewhere.record.sittings.back().environment["cpu"] = "another CPU";
  const auto theirs = difference_of(side(run, "base"), side(elsewhere, "lora-int4"), metric);
  EXPECT_EQ(theirs.evidence, Evidence::intervals);
  EXPECT_LT(*ours.value.hi - *ours.value.lo, 0.7 * (*theirs.value.hi - *theirs.value.lo));
}

TEST(Difference, OfCountsIsExact) {
  const auto run = results_of(sample_run());
  const auto difference =
      difference_of(side(run, "base"), side(run, "lora-int4"), compared_metric("", "model_bytes"));
  EXPECT_EQ(difference.evidence, Evidence::exact);
  EXPECT_DOUBLE_EQ(*difference.value.lo, -150e6);
  EXPECT_DOUBLE_EQ(*difference.value.hi, -150e6);
}

TEST(Difference, WithoutAnIntervalSaysSo) {
  const auto run = results_of(sample_run());
  const auto difference =
      difference_of(side(run, "base"), side(run, "lora-int4"), compared_metric("", "cold_start"));
  EXPECT_FALSE(difference.value.lo);
  EXPECT_FALSE(difference.value.hi);
  EXPECT_FALSE(difference.note.empty());
}

TEST(Verdict, NeedsTheWholeIntervalOnOneSide) {
  EXPECT_EQ(verdict_on({0.05, 0.03, 0.10}, 0.02, kHigher), Verdict::better);
  EXPECT_EQ(verdict_on({0.05, 0.03, 0.10}, 0.02, kLower), Verdict::worse);
  EXPECT_EQ(verdict_on({-0.05, -0.10, -0.03}, 0.02, kHigher), Verdict::worse);
  EXPECT_EQ(verdict_on({-0.05, -0.10, -0.03}, 0.02, kLower), Verdict::better);
  EXPECT_EQ(verdict_on({0.0, -0.02, 0.02}, 0.02, kHigher), Verdict::same) << "the margin itself is within it";
  EXPECT_EQ(verdict_on({0.03, 0.01, 0.05}, 0.02, kHigher), Verdict::undecided);
  EXPECT_EQ(verdict_on({0.0, -0.5, 0.5}, 0.02, kLower), Verdict::undecided);
  EXPECT_EQ(verdict_on({0.0, 0.0, 0.0}, 0.0, kLower), Verdict::same);
}

TEST(Verdict, OfAnOpenIntervalIsDecidedByTheEndThatIsKnown) {
  EXPECT_EQ(verdict_on({5.0, 3.0, {}}, 1.0, kHigher), Verdict::better);
  EXPECT_EQ(verdict_on({5.0, 3.0, {}}, 1.0, kLower), Verdict::worse);
  EXPECT_EQ(verdict_on({5.0, {}, 6.0}, 1.0, kHigher), Verdict::undecided);
  EXPECT_EQ(verdict_on({0.0, {}, {}}, 1.0, kHigher), Verdict::undecided);
}

TEST(NotWorse, LooksAtTheBadEndAlone) {
  EXPECT_TRUE(not_worse({0.03, -0.01, 0.07}, 0.02, kHigher));
  EXPECT_FALSE(not_worse({0.03, -0.03, 0.07}, 0.02, kHigher));
  EXPECT_TRUE(not_worse({0.0, {}, 0.02}, 0.02, kLower));
  EXPECT_FALSE(not_worse({0.0, -1.0, {}}, 0.02, kLower));
}

}  // namespace
}  // namespace edgeeval
