// SPDX-License-Identifier: Apache-2.0
#include "bench/derive.hpp"

#include <utility>

#include "bench/machine_file.hpp"
#include "bench/same_machine.hpp"
#include "record/series.hpp"
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

/// The client's own part, and what is left without it.
void add_client(BenchPoint& point, const LoadRecord& load, const MachineRecord& machine) {
  point.self_check = machine.self_check;
  if (!load.header.client || !machine.core_watts) return;
  const auto& watts = *machine.core_watts;
  point.client_energy = client_energy(*load.header.client, watts.lo, watts.hi, watts.grade, watts.source);
  point.not_subtracted = why_not_subtracted(machine);
  if (point.not_subtracted.empty())
    point.net_of_client = net_of_client(machine.energy->gross, point.by_phase, point.client_energy->joules);
}

}  // namespace

Result<LoadRecord> record_of(const fs::path& folder, const std::string& in_file) {
  return in_file.empty() ? read_load(folder) : read_load_of_series(folder, in_file);
}

Result<BenchPoint> derive_point(const fs::path& folder, const BenchSettings& settings,
                                const std::string& in_file) {
  auto load = record_of(folder, in_file);
  if (!load) return tl::unexpected(load.error());
  auto machine = read_machine(folder);
  if (!machine) return tl::unexpected(machine.error());
  BenchPoint point;
  point.folder = folder;
  point.in_file = in_file;
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
  limits.cache_wanted = limits.cache_wanted || settings.prefix_cache != PrefixCache::defeat;
  auto validity = check_validity(*load, point.summary, limits);
  if (!validity) return tl::unexpected(validity.error());
  point.validity = std::move(*validity);
  add_energy(point, *load, *machine);
  add_client(point, *load, *machine);
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
