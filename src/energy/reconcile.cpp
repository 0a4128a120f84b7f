// SPDX-License-Identifier: Apache-2.0
#include "energy/reconcile.hpp"

#include <algorithm>
#include <cmath>

namespace edgeeval::energy {
namespace {

/// Figures that differ by less than this agree.
constexpr double kAgree = 0.05;
/// A device that draws more than this is at work or at least powered (W).
constexpr double kWellAboveZero = 1.0;

void flag(Estimate& estimate, const std::string& name) {
  auto& flags = estimate.flags;
  if (std::find(flags.begin(), flags.end(), name) == flags.end()) flags.push_back(name);
}

bool has_flag(const Estimate& estimate, std::string_view name) {
  return std::find(estimate.flags.begin(), estimate.flags.end(), name) != estimate.flags.end();
}

bool disagree(const Estimate& a, const Estimate& b) {
  const double difference = std::abs(a.joules - b.joules);
  const bool apart = a.hi_j < b.lo_j || b.hi_j < a.lo_j;
  return apart && difference > kAgree * std::max(a.joules, b.joules);
}

Estimate both(const Estimate& counter, const Estimate& integral) {
  Estimate result = counter;
  result.method = "counter and integral";
  result.common_relative = std::max(counter.common_relative, integral.common_relative);
  result.peak_w = std::max(counter.mean_w, integral.peak_w);
  result.coverage = std::max(counter.coverage, integral.coverage);
  result.longest_gap_s = std::min(counter.longest_gap_s, integral.longest_gap_s);
  result.tail_j = integral.tail_j;
  for (const std::string& name : integral.flags)
    if (name != "gap") flag(result, name);
  if (disagree(counter, integral)) {
    result.lo_j = std::min(counter.lo_j, integral.lo_j);
    result.hi_j = std::max(counter.hi_j, integral.hi_j);
    result.hard = false;
    flag(result, "disagrees");
    return result;
  }
  // What the counter missed around a reset, watts have seen.
  const bool cut = has_flag(counter, "reset") || has_flag(counter, "glitch");
  const double lo = std::max(counter.lo_j, integral.lo_j);
  const double hi = std::min(counter.hi_j, integral.hi_j);
  if (cut && lo <= hi && integral.hi_j - integral.lo_j < counter.hi_j - counter.lo_j) {
    result.lo_j = lo;
    result.hi_j = hi;
    result.joules = std::clamp(integral.joules, lo, hi);
    result.mean_w = counter.joules > 0.0 ? counter.mean_w * result.joules / counter.joules : integral.mean_w;
    result.hard = false;
  }
  return result;
}

}  // namespace

EstimateResult reconcile(const EstimateResult& counter, const EstimateResult& integral) {
  if (counter && integral) return both(*counter, *integral);
  if (counter) return counter;
  if (!integral) return counter;
  Estimate result = *integral;
  const NotMeasured& why = counter.error();
  // A counter of coarse steps need not have moved.
  const bool hidden = why.step_j && integral->lo_j <= 2.0 * *why.step_j;
  if (why.reason == kNeverMoved && integral->mean_w > kWellAboveZero && !hidden) {
    result.lo_j = 0.0;
    flag(result, "disagrees");
  } else if (why.reason != kNeverMoved && !why.needed_s) {
    flag(result, "no counter");
  }
  return result;
}

NetEstimate net_of_idle(const Estimate& gross, double duration_s, const IdleBaseline& before,
                        const std::optional<IdleBaseline>& after) {
  double idle_w = before.watts;
  double error_w = before.standard_error_w;
  double drift_w = 0.0;
  if (after) {
    idle_w = 0.5 * (before.watts + after->watts);
    error_w = 0.5 * std::hypot(before.standard_error_w, after->standard_error_w);
    drift_w = 0.5 * std::abs(before.watts - after->watts);
  }
  const double net = gross.joules - idle_w * duration_s;
  // The gain is the same for gross and idle, so it scales their difference alone.
  const double random = std::hypot(2.0 * error_w * duration_s, gross.common_relative * net);
  const double drift = drift_w * duration_s;
  const auto side = [&](double own) { return (gross.hard ? own + random : std::hypot(own, random)) + drift; };
  return {net, net - side(gross.joules - gross.lo_j), net + side(gross.hi_j - gross.joules)};
}

Bounds with_common(const Estimate& estimate) {
  const double below = estimate.joules - estimate.lo_j;
  const double above = estimate.hi_j - estimate.joules;
  const double common = estimate.common_relative;
  if (estimate.hard) return {estimate.lo_j * std::max(0.0, 1.0 - common), estimate.hi_j * (1.0 + common)};
  const double shared = common * estimate.joules;
  return {std::max(0.0, estimate.joules - std::hypot(below, shared)),
          estimate.joules + std::hypot(above, shared)};
}

EnergyEntry to_entry(const ProbeInfo& info, const Estimate& estimate) {
  EnergyEntry entry;
  entry.source = info.id;
  entry.domain = info.domain;
  entry.boundary = info.boundary;
  entry.parent = info.parent;
  entry.device = info.device;
  const Bounds bounds = with_common(estimate);
  entry.joules = {estimate.joules, "J", bounds.lo_j, bounds.hi_j, info.grade, {info.id}};
  entry.method = estimate.method;
  entry.hard_bounds = estimate.hard;
  if (estimate.common_relative > 0.0) entry.common_relative = estimate.common_relative;
  if (estimate.tail_j)
    entry.tail = Fact{*estimate.tail_j, "J", std::nullopt, std::nullopt, info.grade, {info.id}};
  entry.mean_w = estimate.mean_w;
  entry.peak_w = estimate.peak_w;
  entry.coverage = estimate.coverage;
  entry.longest_gap_s = estimate.longest_gap_s;
  entry.flags = estimate.flags;
  return entry;
}

}  // namespace edgeeval::energy
