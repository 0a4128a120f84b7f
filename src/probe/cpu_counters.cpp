// SPDX-License-Identifier: Apache-2.0
#include "probe/cpu_counters.hpp"

#include <algorithm>
#include <utility>

#include "probe/placed_probe.hpp"
#include "probe/rapl.hpp"

namespace edgeeval {
namespace {

bool is_memory(const std::unique_ptr<Probe>& probe) { return probe->info().domain == "dram"; }

/// The probes of `preferred` that `wanted` picks, else those of `other`.
void take(SourceSet& into, SourceSet& preferred, SourceSet& other, bool memory) {
  const auto wanted = [memory](const std::unique_ptr<Probe>& probe) { return is_memory(probe) == memory; };
  auto& from = std::any_of(preferred.probes.begin(), preferred.probes.end(), wanted) ? preferred : other;
  for (auto& probe : from.probes) {
    if (probe != nullptr && wanted(probe)) into.probes.push_back(std::move(probe));
  }
  std::erase(from.probes, nullptr);
}

/// Names the platform that is there as the parent of what stands on top without it, and no other.
void place_under_platform(SourceSet& set) {
  const auto has = [&](const std::string& id) {
    return std::any_of(set.probes.begin(), set.probes.end(),
                       [&](const auto& p) { return p->info().id == id; });
  };
  const auto platform = std::find_if(set.probes.begin(), set.probes.end(),
                                     [](const auto& probe) { return probe->info().domain == "platform"; });
  const std::string top = platform == set.probes.end() ? std::string() : (*platform)->info().id;
  for (auto& probe : set.probes) {
    const auto& info = probe->info();
    if (info.id == top || (!info.parent.empty() && has(info.parent)) || info.parent == top) continue;
    probe = std::make_unique<PlacedProbe>(std::move(probe), top);
  }
}

}  // namespace

SourceSet open_cpu_counters(const Sysfs& sysfs, const Clock& clock, const std::shared_ptr<PerfEvents>& events,
                            const LetTimePass& wait) {
  auto perf = open_perf_energy(sysfs, clock, events);
  auto powercap = open_rapl(sysfs, clock);
  SourceSet set;
  take(set, perf, powercap, false);
  take(set, perf, powercap, true);
  for (auto& note : perf.notes) set.notes.push_back(std::move(note));
  // What powercap refuses is of interest only where perf does not give it.
  const bool all_by_perf =
      !set.probes.empty() && std::all_of(set.probes.begin(), set.probes.end(),
                                         [](const auto& p) { return p->info().id.rfind("perf:", 0) == 0; });
  if (!all_by_perf) {
    for (auto& note : powercap.notes) set.notes.push_back(std::move(note));
  }
  leave_out_doubtful_counters(set, wait);
  place_under_platform(set);
  return set;
}

}  // namespace edgeeval
