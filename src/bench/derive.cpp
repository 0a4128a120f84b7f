// SPDX-License-Identifier: Apache-2.0
#include "bench/derive.hpp"

#include <algorithm>
#include <utility>

#include "bench/client_power.hpp"
#include "bench/machine_file.hpp"
#include "bench/power_spans.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// The joules of a load by phase, from the widest source that was read: one that nothing else contains.
void add_energy(BenchPoint& point, LoadRecord& load, const MachineRecord& machine) {
  if (!machine.epoch_ns || machine.power_csv.empty()) {
    point.by_phase_absent = "no power was read beside the load";
    return;
  }
  const auto source = std::find_if(machine.sources.begin(), machine.sources.end(),
                                   [](const auto& candidate) { return candidate.parent.empty(); });
  if (source == machine.sources.end()) {
    point.by_phase_absent = "no power was read beside the load";
    return;
  }
  const auto begin = load.header.measured_ns.value_or(load.header.started_ns);
  auto spans = power_spans(point.folder / machine.power_csv, *machine.epoch_ns, source->id, begin,
                           load.header.ended_ns.value_or(begin));
  if (!spans) {
    point.by_phase_absent = spans.error().message;
    return;
  }
  auto by_phase = energy_by_phase(load, *spans, source->grade, source->id);
  if (by_phase) {
    point.by_phase = std::move(*by_phase);
  } else {
    point.by_phase_absent = by_phase.error().message;
  }
}

}  // namespace

Result<BenchPoint> derive_point(const fs::path& folder, const BenchSettings& settings) {
  auto load = read_load(folder);
  if (!load) return tl::unexpected(load.error());
  auto machine = read_machine(folder);
  if (!machine) return tl::unexpected(machine.error());
  BenchPoint point;
  point.folder = folder;
  SummaryOptions options;
  options.objectives = settings.objectives;
  if (machine->resident) {
    options.resident_gb = machine->resident->value / 1e9;
    options.resident_source = machine->resident->sources.front();
  }
  auto summary = summarise_load(*load, options);
  if (!summary) return tl::unexpected(summary.error());
  point.summary = std::move(*summary);
  auto limits = settings.validity;
  limits.cache_wanted = limits.cache_wanted || settings.prefix_cache == PrefixCache::allow;
  auto validity = check_validity(*load, point.summary, limits);
  if (!validity) return tl::unexpected(validity.error());
  point.validity = std::move(*validity);
  add_energy(point, *load, *machine);
  if (load->header.client) point.client_energy = energy_of_client(*load->header.client, load->header.environment);
  point.energy = std::move(machine->energy);
  point.resident = std::move(machine->resident);
  point.header = std::move(load->header);
  point.header.warnings.insert(point.header.warnings.end(), load->warnings.begin(), load->warnings.end());
  point.header.warnings.insert(point.header.warnings.end(), machine->warnings.begin(), machine->warnings.end());
  return point;
}

}  // namespace edgeeval
