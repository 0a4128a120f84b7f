// SPDX-License-Identifier: Apache-2.0
#include "probe/window_points.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "energy/counter_window.hpp"
#include "energy/power_window.hpp"
#include "stats/correlated_mean.hpp"

namespace edgeeval {
namespace {

constexpr double kBlock = 0.5;   ///< Shortest block of an idle window (s).
constexpr int kMostBlocks = 30;  ///< Enough to see how each depends on the one before; more have more edges.
constexpr double kBlockPeriods =
    10;  ///< A block holds this many refreshes, so that its edges are a tenth of it.

/// The series of one measuring point, sorted by what they are.
struct Point {
  std::vector<const energy::Series*> counters, powers, models;
};

const energy::Series* first_of(const std::vector<const energy::Series*>& series) {
  return series.empty() ? nullptr : series.front();
}

/// The first that measures, else what the first says.
std::optional<energy::EstimateResult> best_power(const std::vector<const energy::Series*>& powers,
                                                 energy::Span window) {
  std::optional<energy::EstimateResult> best;
  for (const auto* series : powers) {
    auto result = energy::power_window(*series, window);
    if (result) return result;
    if (!best) best = std::move(result);
  }
  return best;
}

PointEstimate estimate_point(const std::string& name, const Point& point, energy::Span window) {
  const auto* counter = first_of(point.counters);
  const auto* power = first_of(point.powers);
  const auto* model = first_of(point.models);
  ProbeInfo info = (counter != nullptr ? counter : power != nullptr ? power : model)->info;
  info.id = name;
  if (counter == nullptr && power == nullptr) return {std::move(info), energy::model_window(*model, window)};
  auto integral = best_power(point.powers, window);
  if (counter == nullptr) return {std::move(info), std::move(*integral)};
  auto counted = energy::counter_window(*counter, window);
  if (!integral) return {std::move(info), std::move(counted)};
  return {std::move(info), energy::reconcile(counted, *integral)};
}

energy::EstimateResult join(const energy::EstimateResult& a, double a_s, const energy::EstimateResult& b,
                            double b_s) {
  if (!a) return a;
  if (!b) return b;
  energy::Estimate sum = *a;
  sum.joules += b->joules;
  sum.lo_j += b->lo_j;
  sum.hi_j += b->hi_j;
  sum.hard = a->hard && b->hard;
  sum.common_relative = std::max(a->common_relative, b->common_relative);
  const double all_s = a_s + b_s;
  if (all_s > 0.0) {
    sum.mean_w = sum.joules / all_s;
    sum.coverage = (a->coverage * a_s + b->coverage * b_s) / all_s;
  }
  sum.peak_w = std::max(a->peak_w, b->peak_w);
  sum.longest_gap_s = std::max(a->longest_gap_s, b->longest_gap_s);
  sum.tail_j = b->tail_j;
  if (a->method != b->method) sum.method = "counter and integral";
  for (const auto& flag : b->flags) {
    if (std::find(sum.flags.begin(), sum.flags.end(), flag) == sum.flags.end()) sum.flags.push_back(flag);
  }
  return sum;
}

double slowest_period_s(const std::vector<energy::Series>& series) {
  double slowest = 0.0;
  for (const auto& one : series) {
    if (one.info.character.period) slowest = std::max(slowest, one.info.character.period->value());
  }
  return slowest;
}

/// Mean watts of each block at each point that was measured in it.
std::map<std::string, std::vector<double>> block_watts(const std::vector<energy::Series>& series,
                                                       energy::Span window, int blocks) {
  std::map<std::string, std::vector<double>> watts;
  const double length_s = window.length_s() / blocks;
  for (int i = 0; i < blocks; ++i) {
    const double begin_s = window.begin_s + i * length_s;
    for (const auto& point : estimate_points(series, {begin_s, begin_s + length_s})) {
      if (point.result) watts[point.info.id].push_back(point.result->joules / length_s);
    }
  }
  return watts;
}

}  // namespace

std::vector<PointEstimate> estimate_points(const std::vector<energy::Series>& series, energy::Span window) {
  std::vector<std::string> order;
  std::map<std::string, Point> points;
  for (const auto& one : series) {
    const auto& name = one.info.measuring_point();
    const auto [point, added] = points.try_emplace(name);
    if (added) order.push_back(name);
    auto& kind = one.info.kind == ReadingKind::counter ? point->second.counters
                 : one.info.kind == ReadingKind::power ? point->second.powers
                                                       : point->second.models;
    kind.push_back(&one);
  }
  std::vector<PointEstimate> estimates;
  for (const auto& name : order) estimates.push_back(estimate_point(name, points.at(name), window));
  return estimates;
}

std::vector<PointEstimate> join_points(const std::vector<PointEstimate>& first, double first_s,
                                       std::vector<PointEstimate> second, double second_s) {
  for (auto& point : second) {
    const auto before = std::find_if(first.begin(), first.end(), [&](const PointEstimate& other) {
      return other.info.id == point.info.id;
    });
    if (before != first.end()) point.result = join(before->result, first_s, point.result, second_s);
  }
  return second;
}

IdleBaselines idle_baselines(const std::vector<energy::Series>& series, energy::Span window,
                             const std::string& state) {
  const double block_s = std::max(kBlock, kBlockPeriods * slowest_period_s(series));
  const int blocks = std::clamp(static_cast<int>(window.length_s() / block_s), 1, kMostBlocks);
  const auto watts = block_watts(series, window, blocks);
  IdleBaselines baselines;
  for (const auto& point : estimate_points(series, window)) {
    if (!point.result || window.length_s() <= 0.0) continue;
    energy::IdleBaseline baseline{state, point.result->joules / window.length_s(), 0.0, window.length_s(),
                                  0.5 * (window.begin_s + window.end_s)};
    const auto found = watts.find(point.info.id);
    const auto error = found == watts.end() ? std::nullopt : correlated_mean_error(found->second);
    if (error) {  // Widened where needed so that twice the error is the 95 % half-width.
      baseline.standard_error_w = std::max(error->standard_error, 0.5 * error->half_width_95);
    } else {  // Its own bounds as a uniform distribution: half-width ÷ √3.
      baseline.standard_error_w =
          0.5 * (point.result->hi_j - point.result->lo_j) / window.length_s() / std::sqrt(3.0);
    }
    baselines.emplace(point.info.id, std::move(baseline));
  }
  return baselines;
}

}  // namespace edgeeval
