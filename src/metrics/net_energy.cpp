// SPDX-License-Identifier: Apache-2.0
#include "metrics/net_energy.hpp"

#include <algorithm>
#include <vector>

#include "energy/reconcile.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

constexpr double kNormal95 = 1.959963984540054;  ///< Standard errors in a 95 % half-width.

const EnergyEntry* entry_of(const WindowRecord& window, const std::string& source) {
  const auto found = std::find_if(window.energy.begin(), window.energy.end(),
                                  [&](const EnergyEntry& entry) { return entry.source == source; });
  return found == window.energy.end() ? nullptr : &*found;
}

/// What `source` showed in the idle window of a sitting at a moment.
std::optional<energy::IdleBaseline> baseline_of(const RunRecord& record, int sitting,
                                                const std::string& moment, const std::string& source) {
  for (const auto& idle : record.idle) {
    if (idle.sitting != sitting || idle.moment != moment || idle.state != "bare") continue;
    const auto* entry = entry_of(idle.window, source);
    if (entry == nullptr || idle.window.duration_s <= 0.0) continue;
    const auto own = own_bounds(*entry);
    const double half_width = 0.5 * (own.hi.value_or(2.0 * entry->joules.value - own.lo) - own.lo);
    const double length_s = idle.window.duration_s;
    return energy::IdleBaseline{idle.state, entry->joules.value / length_s, half_width / kNormal95 / length_s,
                                length_s, idle.window.start_s + length_s / 2.0};
  }
  return std::nullopt;
}

energy::Estimate estimate_of(const EnergyEntry& entry) {
  const auto own = own_bounds(entry);
  energy::Estimate estimate;
  estimate.joules = entry.joules.value;
  estimate.lo_j = own.lo;
  estimate.hi_j = own.hi.value_or(entry.joules.value);
  estimate.hard = own.hard;
  // The gain scales gross and idle alike: it is put on their difference by set_joules, not here.
  return estimate;
}

/// Puts the net joules into `entry`; false where there is no baseline.
bool make_net(const RunRecord& record, int sitting, double duration_s, EnergyEntry& entry) {
  if (entry.net) {
    entry.joules = *entry.net;
    return true;
  }
  auto before = baseline_of(record, sitting, "before", entry.source);
  auto after = baseline_of(record, sitting, "after", entry.source);
  if (!before) std::swap(before, after);
  if (!before) return false;
  const bool open_above = entry.joules.lo && !entry.joules.hi;
  const auto net = energy::net_of_idle(estimate_of(entry), duration_s, *before, after);
  entry.joules.grade = weaker(entry.joules.grade, Grade::computed);
  set_joules(entry, net.joules, net.lo_j, open_above ? std::nullopt : std::optional(net.hi_j));
  return true;
}

}  // namespace

tl::expected<WindowRecord, std::string> net_window(const RunRecord& record, int sitting,
                                                   const WindowRecord& window) {
  const auto total = add_up({&window});
  if (!total) return tl::unexpected<std::string>("no energy source was read in window " + window.name);
  WindowRecord net = window;
  for (auto& entry : net.energy) {
    const bool counted =
        std::find(total->counted.begin(), total->counted.end(), entry.source) != total->counted.end();
    if (!make_net(record, sitting, window.duration_s, entry) && counted)
      return tl::unexpected<std::string>("no idle window of the bare machine was read from " + entry.source);
  }
  return net;
}

std::optional<Fact> mean_power(const WindowRecord& window) {
  auto total = total_energy(window);
  if (!total || window.duration_s <= 0.0) return std::nullopt;
  total->unit = "W";
  total->value /= window.duration_s;
  if (total->lo) *total->lo /= window.duration_s;
  if (total->hi) *total->hi /= window.duration_s;
  total->grade = weaker(total->grade, Grade::computed);
  return total;
}

std::optional<Fact> bare_power(const RunRecord& record) {
  Windows windows;
  double length_s = 0.0;
  for (const auto& idle : record.idle) {
    const auto total = add_up({&idle.window});
    if (idle.state != "bare" || !total || !total->missing.empty() || idle.window.duration_s <= 0.0) continue;
    windows.push_back(&idle.window);
    length_s += idle.window.duration_s;
  }
  const auto total = add_up(windows);
  if (!total) return std::nullopt;
  auto power = total->joules;
  power.unit = "W";
  power.value /= length_s;
  if (power.lo) *power.lo /= length_s;
  if (power.hi) *power.hi /= length_s;
  power.grade = weaker(power.grade, Grade::computed);
  return power;
}

}  // namespace edgeeval
