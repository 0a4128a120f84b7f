// SPDX-License-Identifier: Apache-2.0
#include "bench/derive.hpp"

#include <utility>

#include "bench/machine_file.hpp"
#include "serving/timings.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

void add_energy(BenchPoint& point, LoadRecord& load, const MachineRecord& machine) {
  if (!machine.power) {
    point.by_phase_absent = "no power was read beside the load";
    return;
  }
  const auto& power = *machine.power;
  auto by_phase = energy_by_phase(load, power.spans, power.grade, power.source);
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
  if (load->header.client && machine->core_watts) {
    const auto& watts = *machine->core_watts;
    point.client_energy = client_energy(*load->header.client, watts.lo, watts.hi, watts.source);
  }
  auto timings = check_timings(*load);
  if (!timings) return tl::unexpected(timings.error());
  point.timings = std::move(*timings);
  auto distributions = check_server_distributions(*load);
  if (!distributions) return tl::unexpected(distributions.error());
  point.server_distributions = std::move(*distributions);
  point.energy = std::move(machine->energy);
  point.resident = std::move(machine->resident);
  point.header = std::move(load->header);
  point.header.warnings.insert(point.header.warnings.end(), load->warnings.begin(), load->warnings.end());
  point.header.warnings.insert(point.header.warnings.end(), machine->warnings.begin(),
                               machine->warnings.end());
  return point;
}

}  // namespace edgeeval
