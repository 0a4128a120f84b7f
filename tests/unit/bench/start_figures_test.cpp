// SPDX-License-Identifier: Apache-2.0
#include "bench/start_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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
  // s = √((1.3² + 0.2² + 1.5²) / 2) = √1.99; t(2) = 4.302653: ± 3.504307.
  EXPECT_NEAR(token->mean->lo.value(), 2.8 - 3.504307, 1e-5);
  EXPECT_NEAR(token->mean->hi.value(), 2.8 + 3.504307, 1e-5);
  EXPECT_DOUBLE_EQ(token->median->value, 2.6);
  EXPECT_FALSE(token->median->lo.has_value());  // Three values do not bound a median at 95 %.
  EXPECT_DOUBLE_EQ(token->least, 1.5);
  EXPECT_DOUBLE_EQ(token->most, 4.3);
  EXPECT_DOUBLE_EQ(find(figures, "load_phase")->mean->value, (0.9 + 1.8 + 2.7) / 3.0);
  EXPECT_DOUBLE_EQ(find(figures, "first_token_phase")->median->value, 0.6000000000000001);
  EXPECT_EQ(find(figures, "load_and_first_token_phase"), nullptr);
  EXPECT_EQ(find(figures, "settled"), nullptr);
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
  // One start: its own bounds are all there is.
  const auto single = start_figures({one});
  EXPECT_DOUBLE_EQ(find(single, "load_energy")->mean->lo.value(), 9.0);
  EXPECT_DOUBLE_EQ(find(single, "load_energy")->mean->hi.value(), 11.0);
  EXPECT_EQ(find(single, "load_energy")->mean->grade, Grade::measured);
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
