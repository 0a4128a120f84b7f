// SPDX-License-Identifier: Apache-2.0
// Sensors read as fast as they can be while a load is switched, and what that tells of each
#pragma once

#include <chrono>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/cancel.hpp"
#include "energy/characterise.hpp"
#include "probe/square_load.hpp"

namespace edgeeval {

/// How to record, and the seams that tests replace.
struct RecordingSettings {
  double seconds = 20.0;      ///< For one measuring point.
  double least_half_s = 0.1;  ///< Halves of the square wave are no shorter.
  /// Waits between rounds of reads, so that reading alone does not load a CPU.
  std::function<void(std::chrono::microseconds)> pause;
};

/// Reads of the sources of one measuring point, and of a reference beside them.
struct Recording {
  std::vector<energy::Series> series;  ///< In the order of the sources; of a reference last.
  std::vector<energy::LoadSwitch> switches;
  std::string load_problem;  ///< Why the load was not switched to the end; empty where it was.
};

/// Reads `sources` in turn over `settings.seconds`, the first quarter with long halves of the load's square
/// wave, the rest with halves of five update periods or three rises, whichever is longer, as the first
/// quarter found them. A null `load` is none. Slow sources (ProbeInfo::pace) are read at their pace. Times
/// count from `epoch`. A cancelled recording ends at once and holds what was read.
[[nodiscard]] Recording record_point(const std::vector<Probe*>& sources, SwitchedLoad* load,
                                     const RecordingSettings& settings, const Clock& clock, SteadyTime epoch,
                                     const CancelToken& cancel);

/// What a recording says of one of its sources.
struct SensorReport {
  ProbeInfo info;
  energy::Characterisation found;
  energy::Finding counter_ratio;  ///< Of counters: its joules ÷ those of the same point's watts.
  std::size_t reads = 0;
  std::size_t failures = 0;
  std::string last_failure;
};

/// Characterises each series of a recording; a counter is compared with the first power source of its point.
[[nodiscard]] std::vector<SensorReport> report_sensors(const Recording& recording);

}  // namespace edgeeval
