// SPDX-License-Identifier: Apache-2.0
#include "bench/search.hpp"

#include <gtest/gtest.h>

#include "catalog/serving_metrics.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

/// A search over a server that meets everything up to `capacity`.
PeakFound peak_of(double capacity, const SearchRule& rule, std::vector<double>& tried) {
  const auto found = find_peak(rule, [&](double load) -> Result<StepOutcome> {
    tried.push_back(load);
    return StepOutcome{load, true, load <= capacity, {}};
  });
  EXPECT_TRUE(found);
  return *found;
}

TEST(FindPeak, DoublesThenBisectsWholeLoads) {
  std::vector<double> tried;
  const auto found = peak_of(11.0, SearchRule{}, tried);
  EXPECT_EQ(tried, (std::vector<double>{1, 2, 4, 8, 16, 12, 10, 11}));
  EXPECT_EQ(found.peak, 11.0);
  EXPECT_EQ(found.failed_at, 12.0);
  EXPECT_EQ(found.steps.size(), tried.size());
}

TEST(FindPeak, NothingMeets) {
  std::vector<double> tried;
  const auto found = peak_of(0.0, SearchRule{}, tried);
  EXPECT_EQ(tried, std::vector<double>{1});
  EXPECT_FALSE(found.peak);
  EXPECT_EQ(found.failed_at, 1.0);
}

TEST(FindPeak, EverythingMeetsUpToTheLargest) {
  std::vector<double> tried;
  SearchRule rule;
  rule.largest = 6.0;
  const auto found = peak_of(100.0, rule, tried);
  EXPECT_EQ(tried, (std::vector<double>{1, 2, 4, 6}));
  EXPECT_EQ(found.peak, 6.0);
  EXPECT_FALSE(found.failed_at);
}

TEST(FindPeak, RatesAreBracketedToTheResolution) {
  std::vector<double> tried;
  SearchRule rule;
  rule.whole = false;
  const auto found = peak_of(3.3, rule, tried);
  ASSERT_TRUE(found.peak && found.failed_at);
  EXPECT_LE(*found.peak, 3.3);
  EXPECT_GT(*found.failed_at, 3.3);
  EXPECT_LE(*found.failed_at - *found.peak, 0.05 * *found.failed_at);
}

TEST(FindPeak, ARateBelowTheFirstIsFoundToo) {
  std::vector<double> tried;
  SearchRule rule;
  rule.whole = false;
  const auto found = peak_of(0.3, rule, tried);
  ASSERT_TRUE(found.peak);
  EXPECT_LE(*found.peak, 0.3);
  EXPECT_GE(*found.peak, 0.28);
}

/// A step whose only objective stands so.
StepOutcome step_with(double load, ObjectiveState state) {
  StepOutcome step{load, true, state == ObjectiveState::met, {}};
  step.objectives.push_back({{"ttft_user", 0.1, 0.99}, state, {}, {}});
  return step;
}

TEST(FindPeak, EndsWhereAStepIsTooShortToTell) {
  std::vector<double> tried;
  SearchRule rule;
  rule.whole = false;
  const auto found = find_peak(rule, [&](double load) -> Result<StepOutcome> {
    tried.push_back(load);
    return step_with(load, load < 4.0 ? ObjectiveState::met : ObjectiveState::insufficient);
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(tried, (std::vector<double>{1, 2, 4}));
  EXPECT_EQ(found->peak, 2.0);
  EXPECT_FALSE(found->failed_at) << "4 was not missed";
  EXPECT_NE(found->why.find("too few replies"), std::string::npos);
}

TEST(FindPeak, AMissIsAMissHoweverFewRepliesThereAre) {
  std::vector<double> tried;
  const auto found = find_peak(SearchRule{}, [&](double load) -> Result<StepOutcome> {
    tried.push_back(load);
    auto step = step_with(load, load < 4.0 ? ObjectiveState::met : ObjectiveState::missed);
    if (load >= 4.0) step.objectives.push_back({{"tpot", 0.1, 0.99}, ObjectiveState::insufficient, {}, {}});
    return step;
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(tried, (std::vector<double>{1, 2, 4, 3}));
  EXPECT_EQ(found->failed_at, 4.0);
}

/// A step that is INVALID because of the client.
StepOutcome spoilt(double load) {
  StepOutcome step{load, false, false, {}};
  step.client_fault = "schedule-lag: late";
  return step;
}

TEST(FindPeak, MakesAStepThatTheClientSpoiltOnceMore) {
  std::vector<double> tried;
  SearchRule rule;
  rule.largest = 4.0;
  const auto found = find_peak(rule, [&](double load) -> Result<StepOutcome> {
    tried.push_back(load);
    return tried.size() == 2 ? spoilt(load) : StepOutcome{load, true, true, {}};
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(tried, (std::vector<double>{1, 2, 2, 4}));
  EXPECT_EQ(found->peak, 4.0);
  EXPECT_FALSE(found->failed_at) << "the client's fault is no miss";
  EXPECT_EQ(found->steps.size(), 4U);
}

TEST(FindPeak, EndsWhereTheClientSpoilsAStepTwice) {
  std::vector<double> tried;
  SearchRule rule;
  rule.whole = false;
  const auto found = find_peak(rule, [&](double load) -> Result<StepOutcome> {
    tried.push_back(load);
    return load >= 4.0 ? spoilt(load) : StepOutcome{load, true, true, {}};
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(tried, (std::vector<double>{1, 2, 4, 4}));
  EXPECT_EQ(found->peak, 2.0) << "what was found before stays";
  EXPECT_FALSE(found->failed_at);
  EXPECT_NE(found->why.find("the client, not the server, made both tries of 4.00 req/s INVALID"),
            std::string::npos)
      << found->why;
  EXPECT_NE(found->why.find("schedule-lag: late"), std::string::npos) << found->why;
}

TEST(FindPeak, AnInvalidStepOfTheServersDoingIsAMiss) {
  std::vector<double> tried;
  const auto found = find_peak(SearchRule{}, [&](double load) -> Result<StepOutcome> {
    tried.push_back(load);
    return StepOutcome{load, load < 4.0, load < 4.0, {}};
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(tried, (std::vector<double>{1, 2, 4, 3}));
  EXPECT_EQ(found->peak, 3.0);
  EXPECT_EQ(found->failed_at, 4.0);
}

TEST(FindPeak, NoRateBelowAnEighthOfTheFirstIsTried) {
  std::vector<double> tried;
  SearchRule rule;
  rule.whole = false;
  const auto found = peak_of(0.01, rule, tried);
  EXPECT_EQ(tried, (std::vector<double>{1, 0.5, 0.25, 0.125}));
  EXPECT_FALSE(found.peak);
  EXPECT_EQ(found.failed_at, 0.125);
  EXPECT_EQ(found.why, "no rate below 0.125 req/s is tried");
}

TEST(RequestsToJudge, IsWhatTheHighestQuantileTakes) {
  EXPECT_EQ(requests_to_judge({}), 0U);
  EXPECT_EQ(requests_to_judge({{"ttft_user", 0.1, {}}}), 0U);
  EXPECT_EQ(requests_to_judge({{"ttft_user", 0.1, 0.9}, {"tpot", 0.1, 0.99}}), 662U);
  EXPECT_EQ(requests_to_judge({{"ttft_user", 0.1, 0.9}}), 64U);
}

TEST(FindPeak, AnErrorEndsIt) {
  const auto found =
      find_peak({}, [](double) -> Result<StepOutcome> { return fail(ErrorCode::io, "no disk"); });
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::io);
}

TEST(FindPeak, StepsAreBounded) {
  std::vector<double> tried;
  SearchRule rule;
  rule.most_steps = 3;
  const auto found = peak_of(1e9, rule, tried);
  EXPECT_EQ(tried.size(), 3U);
  EXPECT_EQ(found.peak, 4.0);
}

ServingSummary summary_with(double value, std::optional<double> upper) {
  Distribution distribution;
  QuantileFigure quantile;
  quantile.p = 0.99;
  quantile.value = value;
  quantile.upper_99 = upper;
  distribution.quantiles = {quantile};
  ServingFigure figure;
  figure.metric = "ttft_user";
  figure.window = "whole";
  figure.distribution = distribution;
  ServingSummary summary;
  summary.figures = {figure};
  return summary;
}

ObjectiveState state_of(const ServingSummary& summary) {
  const auto judged = judge(summary, {{"ttft_user", 0.2, 0.99}});
  EXPECT_EQ(judged.size(), 1U);
  return judged.front().state;
}

TEST(Judge, ByTheUpperBound) {
  EXPECT_EQ(state_of(summary_with(0.15, 0.19)), ObjectiveState::met);
  EXPECT_EQ(state_of(summary_with(0.15, 0.21)), ObjectiveState::undecided);
  EXPECT_EQ(state_of(summary_with(0.25, 0.30)), ObjectiveState::missed);
}

TEST(Judge, FewRequestsCanMissButNotMeet) {
  EXPECT_EQ(state_of(summary_with(0.15, {})), ObjectiveState::insufficient);
  EXPECT_EQ(state_of(summary_with(0.25, {})), ObjectiveState::missed);
  EXPECT_EQ(state_of({}), ObjectiveState::insufficient);
}

TEST(Judge, GoodputLimitsAreNotJudged) { EXPECT_TRUE(judge({}, {{"ttft_user", 0.2, {}}}).empty()); }

/// Loads and the output tokens a second that they brought.
std::vector<std::pair<double, Throughput>> tried(const std::vector<std::pair<double, double>>& loads) {
  std::vector<std::pair<double, Throughput>> result;
  for (const auto& [load, tokens] : loads) result.emplace_back(load, Throughput{tokens, 1.0});
  return result;
}

TEST(NextSweepStep, GoesOnWhileThroughputRises) {
  EXPECT_EQ(next_sweep_step({}, 64), 1.0);
  EXPECT_EQ(next_sweep_step(tried({{1, 100}}), 64), 2.0);
  EXPECT_EQ(next_sweep_step(tried({{1, 100}, {2, 180}}), 64), 4.0);
  EXPECT_FALSE(next_sweep_step(tried({{1, 100}, {2, 180}, {4, 185}}), 64));
  EXPECT_EQ(next_sweep_step(tried({{32, 100}, {48, 200}}), 64), 64.0);
  EXPECT_FALSE(next_sweep_step(tried({{32, 100}, {64, 200}}), 64));
  EXPECT_FALSE(next_sweep_step(tried({{1, 0}, {2, 0}}), 64)) << "nothing does not rise";
}

TEST(NextSweepStep, ComparesRequestsWhereTheTokensOfAStepAreNotKnown) {
  EXPECT_EQ(next_sweep_step({{1, {100.0, 10.0}}, {2, {{}, 12.0}}}, 64), 4.0);
  EXPECT_FALSE(next_sweep_step({{1, {100.0, 10.0}}, {2, {{}, 10.5}}}, 64));
}

TEST(ThroughputOf, IsFoundInTheSummaryOfALoad) {
  const auto summarised = [](testing::LoadBuilder builder) {
    auto load = builder.build();
    auto summary = summarise_load(load);
    EXPECT_TRUE(summary);
    return *summary;
  };
  // Ten replies of ten tokens in 9 × 120 + 111 ms.
  const auto throughput = throughput_of(summarised(testing::steady_load(10)));
  ASSERT_TRUE(throughput) << throughput.error().message;
  EXPECT_NEAR(throughput->requests, 10.0 / 1.191, 1e-9);
  ASSERT_TRUE(throughput->tokens);
  EXPECT_NEAR(*throughput->tokens, 100.0 / 1.191, 1e-9);
  auto untold = testing::steady_load(10);
  for (auto& request : untold.requests()) request.completion_tokens.reset();
  for (auto& event : untold.events()) event.flags &= static_cast<std::uint8_t>(~kTokensKnown);
  const auto of_requests = throughput_of(summarised(untold));
  ASSERT_TRUE(of_requests);
  EXPECT_FALSE(of_requests->tokens);
  EXPECT_NEAR(of_requests->requests, 10.0 / 1.191, 1e-9);
  EXPECT_EQ(throughput_of(summarised(testing::LoadBuilder()))->requests, 0.0) << "nothing was sent";
}

TEST(ThroughputOf, AnUnknownNameIsAnErrorAndNotNothing) {
  auto load = testing::steady_load(10).build();
  auto summary = summarise_load(load);
  ASSERT_TRUE(summary);
  for (auto& figure : summary->figures)
    if (figure.metric == kOutputRate) figure.metric = "output_tokens_per_s";
  const auto throughput = throughput_of(*summary);
  ASSERT_FALSE(throughput);
  EXPECT_EQ(throughput.error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace edgeeval
