// SPDX-License-Identifier: Apache-2.0
#include "probe/open_probes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "probe/amd_gpu.hpp"
#include "probe/battery.hpp"
#include "probe/calibration.hpp"
#include "probe/cpu_conditions.hpp"
#include "probe/cpu_counters.hpp"
#include "probe/cpu_model.hpp"
#include "probe/hwmon.hpp"
#include "probe/ina3221.hpp"
#include "probe/model_probes.hpp"
#include "probe/nvml.hpp"
#include "probe/placed_probe.hpp"
#include "probe/plug.hpp"
#include "probe/power_model.hpp"
#include "probe/proc_stat.hpp"
#include "probe/replay.hpp"
#include "record/environment.hpp"

namespace edgeeval {
namespace {

using Environment = std::map<std::string, std::string>;

constexpr const char* kWall = "wall";
constexpr const char* kModule = "module";

std::string at(const Environment& environment, const char* key) {
  const auto found = environment.find(key);
  return found == environment.end() ? std::string() : found->second;
}

bool has_domain(const SourceSet& set, const std::string& domain) {
  return std::any_of(set.probes.begin(), set.probes.end(),
                     [&](const auto& probe) { return probe->info().domain == domain; });
}

/// Models of CPU and memory where no sensor of theirs is open.
SourceSet open_models(const Sysfs& sysfs, const Clock& clock, const SourceSet& sensors) {
  SourceSet set;
  const auto environment = capture_environment(sysfs.root());
  const bool vm = at(environment, "virtualised") == "yes";
  const bool counted = has_domain(sensors, "cpu");
  if (const auto times = read_cpu_times(sysfs.root()); !counted && times) {
    auto probe = CpuModelProbe::open(cpu_power_model(sysfs.root(), times->cpus), vm ? "vcpu" : "package",
                                     clock, sysfs.root());
    if (probe) set.probes.push_back(std::move(*probe));
  }
  const auto bytes = at(environment, "memory_b");
  if (!has_domain(sensors, "dram") && (counted || !set.probes.empty()) && !bytes.empty()) {
    const double gigabytes = std::strtod(bytes.c_str(), nullptr) / 1e9;
    set.probes.push_back(
        std::make_unique<MemoryModelProbe>(memory_power_model(gigabytes, vm && !counted), clock));
  }
  return set;
}

/// How much of the machine a source contains: the larger, the further out; 0 for parts.
int reach(const ProbeInfo& info) {
  if (info.domain == kModule) return 1;
  if (info.domain != kWall) return 0;
  constexpr std::array<const char*, 3> kInsideOut{"battery", "psu", "wall"};
  const auto found = std::find(kInsideOut.begin(), kInsideOut.end(), info.boundary);
  return 2 + static_cast<int>(found - kInsideOut.begin());
}

/// Gives every source without a parent the nearest source further out that contains the whole of it.
void place_inside_whole(std::vector<std::unique_ptr<Probe>>& probes) {
  struct Whole {
    int reach;
    std::string point;
  };
  std::vector<Whole> wholes;
  for (const auto& probe : probes) {
    const auto& info = probe->info();
    const bool known = std::any_of(wholes.begin(), wholes.end(),
                                   [&](const Whole& whole) { return whole.point == info.measuring_point(); });
    if (reach(info) > 0 && !known) wholes.push_back({reach(info), info.measuring_point()});
  }
  std::stable_sort(wholes.begin(), wholes.end(),
                   [](const Whole& a, const Whole& b) { return a.reach < b.reach; });
  for (auto& probe : probes) {
    const auto& info = probe->info();
    if (!info.parent.empty()) continue;
    const auto self = std::find_if(wholes.begin(), wholes.end(),
                                   [&](const Whole& whole) { return whole.point == info.measuring_point(); });
    const auto outer = self == wholes.end() ? wholes.begin() : self + 1;
    if (outer == wholes.end()) continue;
    probe = std::make_unique<PlacedProbe>(std::move(probe), outer->point);
  }
}

void append_all(std::vector<std::string>& lines, const std::vector<std::string>& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

/// GPUs through their makers' libraries, which know more of their boards than hwmon does, and through hwmon
/// where no library answers. A library that is not installed is no news; a board that refuses is.
void open_gpus(const Sysfs& sysfs, const Clock& clock, const SourceOptions& options, SourceSet& set,
               std::vector<std::unique_ptr<ConditionSource>>& conditions) {
  std::set<std::string> taken;
  std::size_t gpus = 0;
  if (!options.nvml_library.empty()) {
    auto nvidia = open_nvml_sources(clock, options.nvml_library);
    gpus += nvidia.devices.size();
    append_all(set.notes, nvidia.notes);
    if (nvidia.library && !nvidia.why_not.empty()) set.notes.push_back("NVIDIA GPU: " + nvidia.why_not);
    if (!nvidia.probes.empty()) taken.insert("nouveau");
    set.append({std::move(nvidia.probes), {}});
    for (auto& source : nvidia.conditions) conditions.push_back(std::move(source));
  }
  if (!options.amd_library.empty()) {
    auto amd = open_amd_gpu_sources(clock, options.amd_library, gpus);
    if (amd.library && !amd.why_not.empty()) set.notes.push_back("AMD GPU: " + amd.why_not);
    if (!amd.probes.empty()) {
      gpus += amd.devices.size();
      taken.insert("amdgpu");
    }
    set.append({std::move(amd.probes), {}});
  }
  set.append(open_hwmon(sysfs, clock, taken, gpus));
}

/// A failure of what the user named in an environment variable.
Error naming(const char* variable, Error error) {
  error.message = fmt::format("{}: {}", variable, error.message);
  if (!error.hint.empty()) error.hint += '\n';
  error.hint += fmt::format("Or unset {} to go without.", variable);
  return error;
}

OpenedSources open_recording(const Clock& clock, const SourceOptions& options) {
  OpenedSources opened;
  auto probes = open_replay(options.replay, clock);
  if (probes) {
    opened.probes = std::move(*probes);
    opened.notes.emplace_back("a recording is replayed: no sensor of this machine is read");
  } else {
    opened.refused = naming("EDGEEVAL_REPLAY", probes.error());
  }
  return opened;
}

}  // namespace

void SourceOptions::sleep_briefly() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

SourceOptions source_options_from_environment() {
  const auto text = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  SourceOptions options;
  options.plug = text("EDGEEVAL_PLUG");
  options.replay = text("EDGEEVAL_REPLAY");
  options.nvml_library = nvml_library_name();
  options.amd_library = "libamd_smi.so";
  options.calibrations = calibration_folder();
  return options;
}

OpenedSources open_sources(const Clock& clock, const SourceOptions& options) {
  if (!options.replay.empty()) return open_recording(clock, options);
  const Sysfs sysfs(options.root);
  SourceSet set = open_cpu_counters(sysfs, clock, options.perf, options.wait);
  OpenedSources opened;
  open_gpus(sysfs, clock, options, set, opened.conditions);
  set.append(open_ina3221(sysfs, clock));
  set.append(open_iio_power(sysfs, clock));
  set.append(open_models(sysfs, clock, set));
  set.append(open_battery(sysfs, clock));
  set.append(open_ipmi(sysfs, clock, options.ipmi));
  if (!options.plug.empty()) {
    if (auto plug = open_plug(options.plug, clock)) {
      set.append(std::move(*plug));
    } else {
      opened.refused = naming("EDGEEVAL_PLUG", plug.error());
    }
  }
  opened.notes = std::move(set.notes);
  opened.probes = std::move(set.probes);
  place_inside_whole(opened.probes);
  if (!options.calibrations.empty()) {
    auto calibrated = with_calibrations(std::move(opened.probes), options.calibrations);
    opened.probes = std::move(calibrated.probes);
    append_all(opened.notes, calibrated.warnings);
  }
  opened.conditions.push_back(std::make_unique<CpuConditions>(sysfs));
  return opened;
}

std::vector<std::unique_ptr<Probe>> open_probes(const Clock& clock) {
  return open_sources(clock, source_options_from_environment()).probes;
}

std::vector<std::unique_ptr<Probe>> open_probes(const Clock& clock, const std::filesystem::path& root) {
  SourceOptions options;
  options.root = root;
  return open_sources(clock, options).probes;
}

}  // namespace edgeeval
