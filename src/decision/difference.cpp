// SPDX-License-Identifier: Apache-2.0
#include "decision/difference.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "decision/workload_of.hpp"
#include "record/ledger.hpp"
#include "stats/bootstrap.hpp"

namespace edgeeval {
namespace {

using Score = double ItemScore::*;

Score score_of(const std::string& metric) {
  if (metric == "exact_match") return &ItemScore::exact_match;
  return metric == "rouge_l" ? &ItemScore::rouge_l : &ItemScore::f1;
}

/// The window whose energy a metric is made from.
std::string window_of(const std::string& metric) {
  static const std::map<std::string, std::string> kWindows{{"adapt_energy", "adapt"},
                                                           {"energy_merge", "merge"},
                                                           {"energy_quantize", "quantize"},
                                                           {"energy_cold_start", "start"}};
  const auto found = kWindows.find(metric);
  return found == kWindows.end() ? "load" : found->second;
}

/// Whether both runs were made on one kind of machine, so that sources of one name share their gain.
bool one_machine(const Side& a, const Side& b) {
  const auto machine = [](const Side& side) {
    const auto& sittings = side.results->record.sittings;
    auto values = sittings.empty() ? std::map<std::string, std::string>() : sittings.back().environment;
    return values.contains("cpu") ? values["cpu"] + "/" + values["logical_cpus"] + "/" + values["memory_b"]
                                  : std::string();
  };
  return !machine(a).empty() && machine(a) == machine(b);
}

std::optional<Difference> of_items(const Side& a, const Side& b, const ComparedMetric& metric) {
  const auto& first = a.results->record.scores;
  const auto& second = b.results->record.scores;
  const auto scores_a = first.find(a.variant->id);
  const auto scores_b = second.find(b.variant->id);
  if (scores_a == first.end() || scores_b == second.end()) return std::nullopt;
  const auto score = score_of(metric.id);
  std::map<std::string, double> others;
  for (const auto& item : scores_a->second) others.emplace(item.item, item.*score);
  std::vector<double> before;
  std::vector<double> after;
  for (const auto& item : scores_b->second) {
    const auto found = others.find(item.item);
    if (found == others.end()) continue;
    before.push_back(found->second);
    after.push_back(item.*score);
    others.erase(found);
  }
  const auto bounds = paired_difference_interval(after, before);
  if (!bounds) return std::nullopt;
  Difference difference;
  difference.value = {*mean(after) - *mean(before), bounds->lo, bounds->hi};
  difference.evidence = Evidence::items;
  difference.pairs = after.size();
  return difference;
}

Difference exactly(double moved, Evidence evidence) { return {{moved, moved, moved}, evidence, 0, {}}; }

/// Whether both windows are one and the same, as of a stage that two variants of a run share: no chance lies
/// between a measurement and itself.
bool one_measurement(const Side& a, const Side& b, const std::string& name, const WindowRecord& before,
                     const WindowRecord& after) {
  const auto stage_of = [&](const Side& side) {
    const bool served = name == "load" || name == "start";
    return served ? side.variant->serve_stage : find_stage(side, name).value_or("");
  };
  const auto first = total_energy(before);
  const auto second = total_energy(after);
  return stage_of(a) == stage_of(b) && before.start_s == after.start_s &&
         before.duration_s == after.duration_s && first && second && first->value == second->value;
}

/// On one machine the gain of a device is the same in both energies, and cancels in their ratio.
std::optional<Difference> of_energies(const Side& a, const Side& b, const ComparedMetric& metric,
                                      double first, double second) {
  const auto name = window_of(metric.id);
  const auto* before = find_window(a, name);
  const auto* after = find_window(b, name);
  if (before == nullptr || after == nullptr) return std::nullopt;
  if (one_measurement(a, b, name, *before, *after)) return exactly(second - first, Evidence::energy);
  if (!one_machine(a, b)) return std::nullopt;
  const auto ratio = energy_ratio({after}, {before});
  if (!ratio || ratio->value <= 0.0 || first <= 0.0) return std::nullopt;
  // A figure for each request or token is the energy times a count that has no error.
  const double scale = second / ratio->value;
  Difference difference;
  difference.value.value = second - first;
  if (ratio->lo) difference.value.lo = scale * *ratio->lo - first;
  if (ratio->hi) difference.value.hi = scale * *ratio->hi - first;
  difference.evidence = Evidence::energy;
  // A ratio that is not open on either side and still has no bounds rests on figures without an interval.
  if (!ratio->lo && !ratio->hi) return std::nullopt;
  return difference;
}

Estimated estimated(const Fact& fact) { return {fact.value, fact.lo, fact.hi}; }

Difference of_intervals(const Fact& a, const Fact& b) {
  Difference difference;
  const bool none = (!a.lo && !a.hi) || (!b.lo && !b.hi);
  difference.value =
      none ? Estimated{b.value - a.value, {}, {}} : mover_difference(estimated(a), estimated(b));
  if (none) difference.note = "a figure has no interval: how far it moves by chance is not known";
  return difference;
}

}  // namespace

Difference difference_of(const Side& a, const Side& b, const ComparedMetric& metric) {
  const auto* first = find_row(*a.results, a.variant->id, metric.mode, metric.id);
  const auto* second = find_row(*b.results, b.variant->id, metric.mode, metric.id);
  const Fact& before = *first->value;
  const Fact& after = *second->value;
  if (metric.evidence == Evidence::exact) {
    return exactly(after.value - before.value, Evidence::exact);
  }
  std::optional<Difference> best;
  if (metric.evidence == Evidence::items) best = of_items(a, b, metric);
  if (metric.evidence == Evidence::energy) best = of_energies(a, b, metric, before.value, after.value);
  return best ? std::move(*best) : of_intervals(before, after);
}

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::better:
      return "better";
    case Verdict::worse:
      return "worse";
    case Verdict::same:
      return "same";
    case Verdict::undecided:
      break;
  }
  return "undecided";
}

Verdict verdict_on(const Estimated& difference, double margin, Direction better) {
  // As a gain: positive is good.
  const bool higher = better == Direction::higher_is_better;
  const auto gain_lo = higher ? difference.lo : difference.hi;
  const auto gain_hi = higher ? difference.hi : difference.lo;
  const double sign = higher ? 1.0 : -1.0;
  if (gain_lo && sign * *gain_lo > margin) return Verdict::better;
  if (gain_hi && sign * *gain_hi < -margin) return Verdict::worse;
  if (gain_lo && gain_hi && sign * *gain_lo >= -margin && sign * *gain_hi <= margin) return Verdict::same;
  return Verdict::undecided;
}

bool not_worse(const Estimated& difference, double margin, Direction better) {
  return better == Direction::higher_is_better ? difference.lo && *difference.lo >= -margin
                                               : difference.hi && *difference.hi <= margin;
}

}  // namespace edgeeval
