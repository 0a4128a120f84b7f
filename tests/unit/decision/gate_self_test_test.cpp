// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "decision/gate.hpp"
#include "results_of.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

GateSelfTest tried(const std::string& rules, const ResultSet& run, const ResultSet* baseline = nullptr) {
  const auto policy = parse_policy("rules: [" + rules + "]\n", "p.yaml");
  EXPECT_TRUE(policy) << policy.error().message;
  const auto test = self_test(*policy, run, baseline);
  EXPECT_TRUE(test) << test.error().message;
  return *test;
}

std::vector<std::string> let_pass(const GateSelfTest& test) {
  std::vector<std::string> names;
  for (const auto& probe : test.probes) {
    if (!probe.blocks) names.push_back(probe.what);
  }
  return names;
}

TEST(GateSelfTest, ShowsThatALimitBlocksInFourWays) {
  const auto run = results_of(sample_run());
  const auto test = tried("{metric: token_f1, variant: lora-int4, limit: 0.5}", run);
  EXPECT_TRUE(can_block(test));
  std::vector<std::string> copies;
  for (const auto& probe : test.probes) copies.push_back(probe.what);
  EXPECT_EQ(copies, (std::vector<std::string>{"worst", "absent", "not a number", "unsure"}));
  for (const auto& probe : test.probes) EXPECT_FALSE(probe.reason.empty()) << probe.what;
}

TEST(GateSelfTest, ShowsItOfMarginsAndOfMetricsWhereLessIsBetter) {
  const auto run = results_of(sample_run());
  const auto test = tried(
      "{metric: token_f1, margin: 0.02}, {metric: j_per_request, variant: base, margin: 5 %}, "
      "{metric: model_bytes, margin: 0}, {metric: failed_requests, limit: 0}, "
      "{metric: model_bytes, variant: lora-int4, margin: 1 %, baseline: lora-fp16}",
      run, &run);
  EXPECT_TRUE(can_block(test)) << testing::PrintToString(let_pass(test))
                               << testing::PrintToString(test.problems);
  // Exact metrics have no unsure copy: 5 · 4, 4, 5 · 3, 5 · 3 and 3 probes.
  EXPECT_EQ(test.probes.size(), 57U);
}

TEST(GateSelfTest, FindsARuleThatNothingCanBreak) {
  const auto run = results_of(sample_run());
  const auto low = tried("{metric: token_f1, variant: base, limit: 0}", run);
  EXPECT_FALSE(can_block(low)) << "no F1 is below 0";
  EXPECT_EQ(let_pass(low), (std::vector<std::string>{"worst", "unsure"}));
  const auto wide = tried("{metric: token_f1, variant: base, margin: 1}", run, &run);
  EXPECT_FALSE(can_block(wide)) << "no F1 of 0.25 can fall by 1";
}

TEST(GateSelfTest, IsNotPassedByRulesThatCannotBeTried) {
  const auto run = results_of(sample_run());
  for (const char* rule :
       {"{metric: tokn_f1, limit: 0.1}", "{metric: n_break, variant: base, limit: 1}",
        "{metric: token_f1, variant: none, limit: 0.1}", "{metric: token_f1, limit: 0.1, tier: soft}"}) {
    const auto test = tried(rule, run);
    EXPECT_FALSE(can_block(test)) << rule;
    EXPECT_EQ(test.problems.size(), 1U) << rule;
  }
}

TEST(GateSelfTest, LeavesIntervalsToRulesThatLookAtThem) {
  const auto run = results_of(sample_run());
  const auto test = tried("{metric: token_f1, variant: base, limit: 0.2, bound: value}", run);
  EXPECT_TRUE(can_block(test));
  EXPECT_EQ(test.probes.size(), 3U);
}

}  // namespace
}  // namespace edgeeval
