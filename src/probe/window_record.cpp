// SPDX-License-Identifier: Apache-2.0
#include "probe/window_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edgeeval {
namespace {

constexpr double kNotableSteal = 0.01;  ///< Share of CPU time from which stolen time is noted.
constexpr double kNotableGap = 3.0;     ///< In sampling periods.
constexpr double kNotableLate = 0.05;   ///< Share of samples.

EnergyVoid void_of(const ProbeInfo& info, const energy::NotMeasured& why) {
  return {info.id, info.domain, info.boundary, info.parent, why.reason, why.needed_s};
}

void add_cpu(WindowRecord& record, const CpuTimes& opened, const CpuTimes& closed) {
  const double total_s = closed.total_s() - opened.total_s();
  if (total_s <= 0.0) return;
  record.cpu_utilisation = std::clamp((closed.busy_s - opened.busy_s) / total_s, 0.0, 1.0);
  const double steal = (closed.steal_s - opened.steal_s) / total_s;
  if (steal >= kNotableSteal) {
    record.notes.push_back(
        fmt::format("steal time: the hypervisor gave {:.1f} % of CPU time to others", 100.0 * steal));
  }
}

}  // namespace

void add_energy(WindowRecord& record, const std::vector<PointEstimate>& points) {
  for (const auto& point : points) {
    if (point.result) {
      record.energy.push_back(energy::to_entry(point.info, *point.result));
    } else {
      record.voids.push_back(void_of(point.info, point.result.error()));
    }
  }
}

void add_net(WindowRecord& record, const std::vector<PointEstimate>& points, const IdleBaselines& before,
             const std::optional<IdleBaselines>& after) {
  for (auto& entry : record.energy) {
    const auto point = std::find_if(points.begin(), points.end(),
                                    [&](const PointEstimate& one) { return one.info.id == entry.source; });
    const auto first = before.find(entry.source);
    if (point == points.end() || !point->result || first == before.end()) continue;
    std::optional<energy::IdleBaseline> second;
    if (after && after->contains(entry.source)) second = after->at(entry.source);
    const auto net = energy::net_of_idle(*point->result, record.duration_s, first->second, second);
    entry.net =
        Fact{net.joules,          "J", net.lo_j, net.hi_j, weaker(entry.joules.grade, Grade::computed),
             entry.joules.sources};
  }
}

void add_edges(WindowRecord& record, const WindowEdge& opened, const WindowEdge& closed,
               const WindowPace& pace) {
  if (opened.cpu && closed.cpu) add_cpu(record, *opened.cpu, *closed.cpu);
  for (const auto& [name, value] : closed.conditions) record.conditions[name].second = value;
  for (const auto& [name, value] : opened.conditions) record.conditions[name].first = value;
  record.sampling_cpu_s = std::max(0.0, closed.sampling_cpu_s - opened.sampling_cpu_s);
  if (pace.longest_gap_s > kNotableGap * pace.period_s) {
    record.notes.push_back(
        fmt::format("longest gap between samples {:.2f} s (one every {:g} s was asked for)",
                    pace.longest_gap_s, pace.period_s));
  }
  if (pace.late > kNotableLate * pace.samples) {
    record.notes.push_back(
        fmt::format("{} of {} samples came more than half a period late", pace.late, pace.samples));
  }
}

}  // namespace edgeeval
