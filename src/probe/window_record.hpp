// SPDX-License-Identifier: Apache-2.0
// A closed window's findings put into its record
#pragma once

#include <edgeeval/probe.hpp>
#include <edgeeval/record.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probe/proc_stat.hpp"
#include "probe/window_points.hpp"

namespace edgeeval {

/// What an edge of a window found of the machine.
struct WindowEdge {
  std::optional<CpuTimes> cpu;
  std::map<std::string, std::string> conditions;  ///< "gpu0.temperature_c" → "54".
  double sampling_cpu_s = 0.0;                    ///< CPU time that sampling has taken so far.
};

/// How steadily a window was sampled.
struct WindowPace {
  double period_s = 0.0;       ///< As asked for.
  double longest_gap_s = 0.0;  ///< Between two samples.
  int samples = 0;
  int late = 0;  ///< Samples more than half a period late.
};

/// Puts each point's energy, or its reason for none, into `record`, whose duration is set.
void add_energy(WindowRecord& record, const std::vector<PointEstimate>& points);

/// Sets the net energy of each entry of `record` whose point has a baseline.
void add_net(WindowRecord& record, const std::vector<PointEstimate>& points, const IdleBaselines& before,
             const std::optional<IdleBaselines>& after);

/// Puts CPU use, stolen time, conditions and the cost and steadiness of sampling into `record`.
void add_edges(WindowRecord& record, const WindowEdge& opened, const WindowEdge& closed,
               const WindowPace& pace);

}  // namespace edgeeval
