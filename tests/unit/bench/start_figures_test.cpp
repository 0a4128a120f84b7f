// SPDX-License-Identifier: Apache-2.0
#include "bench/start_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace edgeeval {
namespace {

ColdStartRepeat start(double accepting_s, std::optional<double> ready_s, double token_s) {
  ColdStartRepeat repeat;
  repeat.accepting = StartMoment{accepting_s, accepting_s};
  if (ready_s) repeat.ready = StartMoment{*ready_s, *ready_s};
  repeat.first_token = StartMoment{token_s, token_s};
  return repeat;
}

WindowRecord window(const std::string& name, double joules, Grade grade) {
  EnergyEntry entry;
  entry.source = entry.domain = "cpu";
  entry.joules = Fact{joules, "J", joules - 1.0, joules + 1.0, grade, {"cpu"}};
  WindowRecord record;
  record.name = name;
  record.energy = {entry};
  return record;
}

const StartFigure* find(const std::vector<StartFigure>& figures, const std::string& id) {
  const auto found =
      std::find_if(figures.begin(), figures.end(), [&](const auto& figure) { return figure.id == id; });
  return found == figures.end() ? nullptr : &*found;
}

std::vector<SettleRequest> latencies(const std::vector<double>& seconds) {
  std::vector<SettleRequest> requests;
  for (std::size_t i = 0; i < seconds.size(); ++i)
    requests.push_back({static_cast<int>(i) + 1, seconds[i], 10.0 + static_cast<double>(i)});
  return requests;
}

TEST(StartFigures, SumUpWhatSucceeded) {
  auto failed = start(9.0, 9.0, 9.0);
  failed.error = Error{ErrorCode::timed_out, "late"};
  const auto figures =
      start_figures({start(0.1, 1.0, 1.5), start(0.2, 2.0, 2.6), failed, start(0.3, 3.0, 4.3)});
  const auto* token = find(figures, "first_token");
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->count, 3U);
  EXPECT_DOUBLE_EQ(token->mean->value, 2.8);
  EXPECT_FALSE(token->mean->lo.has_value());
  EXPECT_DOUBLE_EQ(token->median->value, 2.6);
  EXPECT_FALSE(token->median->lo.has_value());  // Three values do not bound a median at 95 %.
  EXPECT_DOUBLE_EQ(token->least, 1.5);
  EXPECT_DOUBLE_EQ(token->most, 4.3);
  EXPECT_DOUBLE_EQ(find(figures, "load_phase")->mean->value, (0.9 + 1.8 + 2.7) / 3.0);
  EXPECT_DOUBLE_EQ(find(figures, "first_token_phase")->median->value, 0.6000000000000001);
  EXPECT_EQ(find(figures, "load_and_first_token_phase"), nullptr);
  EXPECT_EQ(find(figures, "settled"), nullptr);
}

TEST(StartFigures, BoundTheGeometricMeanAboveNothing) {
  // Logarithms 0, ln 2, 2 ln 2: their mean is ln 2, s = ln 2, t(2) = 4.302653, so ± 4.302653 ln 2 / √3 =
  // 1.721876, and back: 2 e^∓1.721876. The usual mean ± t s / √n would be 2.33 ± 3.79.
  const auto figures = start_figures({start(0.1, {}, 1.0), start(0.1, {}, 4.0), start(0.1, {}, 2.0)});
  const auto* token = find(figures, "first_token");
  ASSERT_NE(token, nullptr);
  ASSERT_TRUE(token->geometric_mean.has_value());
  EXPECT_NEAR(token->geometric_mean->value, 2.0, 1e-12);
  EXPECT_NEAR(token->geometric_mean->lo.value(), 0.357463, 1e-5);
  EXPECT_NEAR(token->geometric_mean->hi.value(), 11.189962, 1e-4);
  EXPECT_EQ(token->method, "95 % by Student's t on the logarithms of the starts' values");
  EXPECT_NEAR(token->mean->value, 7.0 / 3.0, 1e-12);
}

TEST(StartFigures, BoundNothingBelowTwoStarts) {
  const auto figures = start_figures({start(0.1, 0.5, 1.5)});
  const auto* token = find(figures, "first_token");
  ASSERT_NE(token, nullptr);
  EXPECT_DOUBLE_EQ(token->geometric_mean->value, 1.5);
  EXPECT_FALSE(token->geometric_mean->lo.has_value());
  EXPECT_FALSE(token->geometric_mean->hi.has_value());
  EXPECT_TRUE(token->method.empty());
}

TEST(StartFigures, HaveNoGeometricMeanWhereAStartHasNothing) {
  auto told = start(0.1, 1.0, 1.5);
  told.told_load_s = 0.0;
  auto other = told;
  other.told_load_s = 2.0;
  const auto figures = start_figures({told, other});
  const auto* load = find(figures, "told_load");
  ASSERT_NE(load, nullptr);
  EXPECT_DOUBLE_EQ(load->mean->value, 1.0);
  EXPECT_FALSE(load->geometric_mean.has_value());
  EXPECT_TRUE(load->method.empty());
}

/// How often of 100 the interval of `count` starts holds the true geometric mean of 1, where the logarithm
/// of a start's time is what `draw` makes, whose mean is 0.
template <class Draw>
double held(std::size_t count, Draw draw) {
  constexpr int kTrials = 8'000;
  int inside = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<ColdStartRepeat> starts;
    for (std::size_t i = 0; i < count; ++i) starts.push_back(start(0.1, {}, std::exp(draw())));
    const auto figures = start_figures(starts);
    const auto& fact = *find(figures, "first_token")->geometric_mean;
    if (*fact.lo <= 1.0 && 1.0 <= *fact.hi) ++inside;
  }
  return 100.0 * inside / kTrials;
}

TEST(StartFigures, HoldTheTruthAsOftenAsTheySayOfFewStarts) {
  // The same seed everywhere; 8,000 trials have a standard error of 0.24 %.
  std::mt19937_64 random(20261125);
  std::normal_distribution<double> normal(0.0, 0.4);
  const auto log_normal = [&] { return normal(random); };
  for (const std::size_t count : {3U, 4U, 5U}) EXPECT_NEAR(held(count, log_normal), 95.0, 1.0) << count;
  // A floor that no start goes below and a tail above it: the law of the spread is not log-normal.
  std::exponential_distribution<double> tail(1.0);
  const double mean_log = 0.3 * 1.0;
  const auto floor_and_tail = [&] { return 0.3 * tail(random) - mean_log; };
  for (const std::size_t count : {3U, 5U}) EXPECT_GE(held(count, floor_and_tail), 87.0) << count;
}

TEST(StartFigures, BoundTheMedianOfSixStarts) {
  std::vector<ColdStartRepeat> starts;
  for (int i = 1; i <= 6; ++i) starts.push_back(start(0.1, 0.5, i));
  const auto figures = start_figures(starts);
  // 1 − 2 · 0.5⁶ = 0.969: the least and the largest of six bound the median.
  EXPECT_EQ(find(figures, "first_token")->median->lo, 1.0);
  EXPECT_EQ(find(figures, "first_token")->median->hi, 6.0);
}

TEST(StartFigures, TellALazyLoadApart) {
  const auto figures = start_figures({start(0.1, std::nullopt, 1.6)});
  EXPECT_DOUBLE_EQ(find(figures, "load_and_first_token_phase")->mean->value, 1.5);
  EXPECT_FALSE(find(figures, "load_and_first_token_phase")->mean->lo.has_value());
  EXPECT_EQ(find(figures, "load_phase"), nullptr);
}

TEST(StartFigures, KeepTheWeakestGradeOfTheirEnergies) {
  auto one = start(0.1, 1.0, 1.5);
  auto two = one;
  one.windows = {window("load", 10.0, Grade::measured)};
  two.windows = {window("load", 14.0, Grade::modelled)};
  const auto both = start_figures({one, two});
  const auto* energy = find(both, "load_energy");
  ASSERT_NE(energy, nullptr);
  EXPECT_EQ(energy->mean->unit, "J");
  EXPECT_DOUBLE_EQ(energy->mean->value, 12.0);
  EXPECT_EQ(energy->mean->grade, Grade::modelled);
  // A model is known no better for having been asked twice: √(9 · 13), √(11 · 15) and means of the same.
  EXPECT_EQ(energy->method, "the model's own range, averaged over the starts");
  EXPECT_NEAR(energy->geometric_mean->lo.value(), std::sqrt(117.0), 1e-12);
  EXPECT_NEAR(energy->geometric_mean->hi.value(), std::sqrt(165.0), 1e-12);
  EXPECT_DOUBLE_EQ(energy->mean->lo.value(), 11.0);
  EXPECT_DOUBLE_EQ(energy->mean->hi.value(), 13.0);
}

TEST(StartFigures, BoundMeasuredEnergiesByTheirSpread) {
  auto one = start(0.1, 1.0, 1.5);
  auto two = one;
  one.windows = {window("load", 10.0, Grade::measured)};
  two.windows = {window("load", 40.0, Grade::measured)};
  const auto figures = start_figures({one, two});
  const auto* load = find(figures, "load_energy");
  ASSERT_NE(load, nullptr);
  // Logarithms ln 10, ln 40: mean ln 20, s = ln 4 / √2, t(1) = 12.706205, so ± 12.706205 ln 2.
  EXPECT_NEAR(load->geometric_mean->value, 20.0, 1e-9);
  EXPECT_NEAR(load->geometric_mean->hi.value() / 20.0, std::exp(12.706205 * std::log(2.0)), 0.1);
  EXPECT_FALSE(load->mean->lo.has_value());
  // One start: its own bounds are all there is.
  const auto single = start_figures({one});
  const auto* alone = find(single, "load_energy");
  EXPECT_DOUBLE_EQ(alone->mean->lo.value(), 9.0);
  EXPECT_NEAR(alone->geometric_mean->hi.value(), 11.0, 1e-12);
  EXPECT_EQ(alone->mean->grade, Grade::measured);
  EXPECT_EQ(alone->method, "of the one start's own measurement");
}

TEST(Settled, IsTheFirstRequestNearTheSteadyLatency) {
  // The later half is 1.0, 1.02, 0.98, 1.0: its median is 1.0, and 1.04 is the first within 5 % of it.
  const auto found = settled(latencies({3.0, 1.2, 1.04, 1.01, 1.0, 1.02, 0.98, 1.0}), 0.05);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->number, 3);
  EXPECT_DOUBLE_EQ(found->steady_s, 1.0);
  EXPECT_DOUBLE_EQ(found->ended_s, 12.0);
}

TEST(Settled, LeavesFailedRequestsOutAndNeedsFour) {
  auto requests = latencies({1.0, 1.0, 1.0, 1.0});
  EXPECT_EQ(settled(requests, 0.05)->number, 1);
  requests[0].latency_s.reset();
  EXPECT_FALSE(settled(requests, 0.05).has_value());
}

}  // namespace
}  // namespace edgeeval
