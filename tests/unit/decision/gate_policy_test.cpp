// SPDX-License-Identifier: Apache-2.0
#include "decision/gate_policy.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace edgeeval {
namespace {

TEST(GatePolicy, ReadsWhatIsDocumented) {
  const auto policy = parse_policy(
      "version: 1\n"
      "despite: [grades, prices]\n"
      "rules:\n"
      "  - metric: token_f1\n"
      "    limit: 0.3\n"
      "  - name: joules\n"
      "    metric: j_per_request\n"
      "    mode: observed\n"
      "    variant: \"*.int4\"\n"
      "    tier: soft\n"
      "    direction: lower\n"
      "    margin: 5 %\n"
      "    bound: value\n"
      "  - {metric: q_ret_paired, margin: 2, baseline: m.fp16, tier: monitor}\n",
      "gate.yaml");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->despite, (std::set<Concern>{Concern::grades, Concern::prices}));
  ASSERT_EQ(policy->rules.size(), 3U);
  const auto& first = policy->rules[0];
  EXPECT_EQ(first.number, 1U);
  EXPECT_EQ(first.where, "gate.yaml:4:5");
  EXPECT_EQ(first.name, "token_f1 of *");
  EXPECT_EQ(first.variant, "*");
  EXPECT_EQ(first.tier, Tier::hard) << "a rule blocks unless it says otherwise";
  EXPECT_EQ(first.limit, 0.3);
  EXPECT_FALSE(first.margin);
  EXPECT_FALSE(first.direction);
  EXPECT_FALSE(first.on_value);
  const auto& second = policy->rules[1];
  EXPECT_EQ(second.name, "joules");
  EXPECT_EQ(second.mode, "observed");
  EXPECT_EQ(second.variant, "*.int4");
  EXPECT_EQ(second.tier, Tier::soft);
  EXPECT_EQ(second.direction, Direction::lower_is_better);
  EXPECT_DOUBLE_EQ(*second.margin, 0.05);
  EXPECT_TRUE(second.percent);
  EXPECT_TRUE(second.on_value);
  EXPECT_EQ(second.baseline, "run");
  const auto& third = policy->rules[2];
  EXPECT_EQ(third.tier, Tier::monitor);
  EXPECT_EQ(third.baseline, "m.fp16");
  EXPECT_DOUBLE_EQ(*third.margin, 2.0);
  EXPECT_FALSE(third.percent);
}

TEST(GatePolicy, ReadsTheShippedExample) {
  const auto policy =
      read_policy(std::filesystem::path(EDGEEVAL_SOURCE_DIR) / "examples" / "gate-policy.yaml");
  ASSERT_TRUE(policy) << policy.error().where << ": " << policy.error().message;
  EXPECT_GE(policy->rules.size(), 3U);
}

struct Bad {
  const char* text;
  const char* where;
  const char* message;  ///< Found in the message.
  const char* hint;     ///< Found in the hint.
};

class BadPolicy : public testing::TestWithParam<Bad> {};

TEST_P(BadPolicy, IsRefusedWithPlaceKeyAndWhatIsAllowed) {
  const auto& bad = GetParam();
  const auto policy = parse_policy(bad.text, "p.yaml");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, ErrorCode::invalid_policy);
  EXPECT_EQ(exit_code(policy.error().code), 24);
  EXPECT_EQ(policy.error().where, bad.where);
  EXPECT_NE(policy.error().message.find(bad.message), std::string::npos) << policy.error().message;
  EXPECT_NE(policy.error().hint.find(bad.hint), std::string::npos) << policy.error().hint;
}

INSTANTIATE_TEST_SUITE_P(
    Policies, BadPolicy,
    testing::Values(
        Bad{"rules: []\n", "p.yaml:1:1", "no rules", "metric: token_f1"},
        Bad{"version: 1\n", "p.yaml:1:1", "no rules", ""}, Bad{"", "p.yaml", "must be a map", "allowed here"},
        Bad{"version: 2\nrules: [{metric: a, limit: 1}]\n", "p.yaml:1:10", "found \"2\"", "allowed: 1"},
        Bad{"ruls:\n  - metric: a\n", "p.yaml:1:1", "unknown key \"ruls\"", "did you mean \"rules\"?"},
        Bad{"rules:\n  - metrc: token_f1\n    limit: 1\n", "p.yaml:2:5", "unknown key \"metrc\"",
            "did you mean \"metric\"?"},
        Bad{"rules:\n  - metric: a\n", "p.yaml:2:5", "needs a limit, or a margin", "--baseline"},
        Bad{"rules:\n  - limit: 1\n", "p.yaml:2:5", "needs its metric", "edgeeval metrics"},
        Bad{"rules:\n  - {metric: a, limit: 1, margin: 2}\n", "p.yaml:2:5", "not both", "two rules"},
        Bad{"rules:\n  - {metric: a, limit: 1, baseline: v}\n", "p.yaml:2:5", "not both", ""},
        Bad{"rules:\n  - {metric: a, limit: .nan}\n", "p.yaml:2:24", "finite number, found \".nan\"",
            "a number"},
        Bad{"rules:\n  - {metric: a, limit: inf}\n", "p.yaml:2:24", "finite number", ""},
        Bad{"rules:\n  - {metric: a, limit: 5 %}\n", "p.yaml:2:24", "finite number, found \"5 %\"", ""},
        Bad{"rules:\n  - {metric: a, margin: five}\n", "p.yaml:2:25", "found \"five\"", "5 %"},
        Bad{"rules:\n  - {metric: a, margin: -1}\n", "p.yaml:2:25", "0 at least", ""},
        Bad{"rules:\n  - {metric: a, limit: 1, tier: hrd}\n", "p.yaml:2:33", "found \"hrd\"",
            "did you mean \"hard\"?"},
        Bad{"rules:\n  - {metric: a, limit: 1, direction: up}\n", "p.yaml:2:38", "found \"up\"",
            "higher, lower"},
        Bad{"rules:\n  - {metric: a, limit: 1, mode: papr}\n", "p.yaml:2:33", "found \"papr\"",
            "did you mean \"paper\"?"},
        Bad{"rules:\n  - {metric: a, metric: b, limit: 1}\n", "p.yaml:2:17", "given twice", ""},
        Bad{"rules: {metric: a}\n", "p.yaml:1:8", "list of rules", ""},
        Bad{"despite: [energi]\nrules: [{metric: a, limit: 1}]\n", "p.yaml:1:10", "found \"energi\"",
            "did you mean \"energy\"?"},
        Bad{"rules:\n  - metric: [a\n", "p.yaml:3:1", "", ""}),
    [](const auto& bad) { return "Policy" + std::to_string(bad.index); });

TEST(GatePolicy, ThatIsNotThereIsAnIoError) {
  const auto policy = read_policy("no/such/policy.yaml");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, ErrorCode::io);
}

TEST(GatePolicy, TellsARuleInWords) {
  GateRule rule;
  rule.metric = "token_f1";
  rule.limit = 0.3;
  EXPECT_EQ(to_text(rule), "token_f1 of * within 0.3") << "its direction is not known yet";
  rule.direction = Direction::higher_is_better;
  EXPECT_EQ(to_text(rule), "token_f1 of * at least 0.3");
  rule.limit.reset();
  rule.margin = 0.05;
  rule.percent = true;
  EXPECT_EQ(to_text(rule), "token_f1 of * at most 5 % worse than in the baseline run");
}

}  // namespace
}  // namespace edgeeval
