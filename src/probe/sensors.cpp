// SPDX-License-Identifier: Apache-2.0
#include "probe/sensors.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/text.hpp"
#include "probe/battery.hpp"
#include "probe/hwmon.hpp"
#include "probe/ina3221.hpp"
#include "probe/nvml.hpp"
#include "probe/plug.hpp"
#include "probe/rapl.hpp"
#include "probe/replay.hpp"
#include "record/environment.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

bool virtualised(const fs::path& root) {
  const auto environment = capture_environment(root);
  const auto found = environment.find("virtualised");
  return found != environment.end() && found->second == "yes";
}

std::string absent_cpu_counters(const fs::path& root) {
  return virtualised(root)
             ? "not there: hypervisors do not pass the CPU's energy counters to virtual machines"
             : "not there: the kernel has no driver for this CPU's counters loaded";
}

std::string cpu_counter_help(const fs::path& root) {
  return virtualised(root) ? "measure on bare metal; until then CPU energy is modelled from CPU time"
                           : "sudo modprobe intel_rapl_msr";
}

SensorFinding named(std::string name) { return {std::move(name), false, false, true, {}, {}, {}}; }

/// What opening a kind of sensor came to: titles, or the first note's reason and command.
void tell(SensorFinding& finding, const SourceSet& set) {
  std::vector<std::string> titles;
  for (const auto& probe : set.probes) {
    const auto& info = probe->info();
    if (info.point.empty() || info.point == info.id) titles.push_back(info.title);
  }
  finding.found = finding.found || !set.probes.empty() || !set.notes.empty();
  finding.readable = !set.probes.empty();
  finding.detail = join(titles, ", ");
  if (finding.readable || set.notes.empty()) return;
  const auto& note = set.notes.front();
  const auto command = note.find("; ");
  finding.why_not = note.substr(0, command);
  if (command != std::string::npos) finding.how_to_get = note.substr(command + 2);
}

SensorFinding find_powercap(const Sysfs& sysfs) {
  auto finding = named("CPU counters (powercap)");
  std::vector<std::string> names;
  for (const auto& zone : find_rapl_zones(sysfs)) {
    finding.found = true;
    if (!sysfs.counter(zone.folder / "energy_uj")) continue;
    finding.readable = true;
    names.push_back(zone.name);
  }
  finding.detail = join(names, ", ");
  if (!finding.found) {
    finding.why_not = absent_cpu_counters(sysfs.root());
    finding.how_to_get = cpu_counter_help(sysfs.root());
  } else if (!finding.readable) {
    finding.why_not = "only root may read them (since Linux 5.10, against the PLATYPUS attack)";
    finding.how_to_get = "sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj   (until the next boot)";
  }
  return finding;
}

SensorFinding find_perf(const Sysfs& sysfs, const std::shared_ptr<PerfEvents>& events) {
  auto finding = named("CPU counters (perf)");
  finding.found = sysfs.exists("sys/bus/event_source/devices/power/type");
  const SystemClock clock;
  if (finding.found) tell(finding, open_perf_energy(sysfs, clock, events));
  if (!finding.found) {
    finding.why_not = absent_cpu_counters(sysfs.root());
    finding.how_to_get = cpu_counter_help(sysfs.root());
  }
  return finding;
}

/// Meters of hwmon chips, GPUs apart; those that measure at a place nobody tells are listed, and not used.
SensorFinding find_hwmon(const Sysfs& sysfs, bool amd_gpus) {
  auto finding = named(amd_gpus ? "AMD GPU (hwmon)" : "board meters (hwmon)");
  std::vector<std::string> names;
  bool placed = false;
  for (const auto& meter : find_hwmon_meters(sysfs)) {
    if ((meter.chip == "amdgpu") != amd_gpus) continue;
    finding.found = true;
    const auto& file = meter.energy_file.empty() ? meter.power_file : meter.energy_file;
    const auto value = sysfs.decimal(file);
    if (!value) finding.why_not = value.error().message;
    if (!value) continue;
    finding.readable = true;
    placed = placed || hwmon_place(meter);
    names.push_back(meter.chip + " " + file.filename().string());
  }
  finding.used = !finding.readable || placed;
  finding.detail = join(names, ", ");
  if (finding.readable) finding.why_not = placed ? "" : "listed only: where these meters sit is not told";
  if (!finding.found)
    finding.why_not = amd_gpus ? "no AMD GPU here, or not through the amdgpu driver"
                               : "no chip here reports power or energy";
  if (!finding.found && amd_gpus) finding.how_to_get = "with an AMD GPU: sudo modprobe amdgpu";
  if (finding.found && !finding.readable)
    finding.how_to_get = "echo 1 | sudo tee /sys/class/hwmon/hwmon*/power*_enable, or read as root";
  return finding;
}

SensorFinding find_rails(const Sysfs& sysfs) {
  auto finding = named("supply rails (INA3221)");
  const SystemClock clock;
  auto set = open_ina3221(sysfs, clock);
  set.append(open_iio_power(sysfs, clock));
  tell(finding, set);
  if (!finding.found) finding.why_not = "no INA3221 here (they are on NVIDIA Jetson boards)";
  if (!finding.found) finding.how_to_get = "on a Jetson: sudo modprobe ina3221";
  return finding;
}

SensorFinding find_nvidia(const std::string& library) {
  auto finding = named("NVIDIA GPU (NVML)");
  const auto nvml = inspect_nvml(library);
  std::vector<std::string> names;
  for (const auto& device : nvml.devices) {
    finding.found = true;
    finding.readable = finding.readable || device.energy_counter || device.power;
    const char* how = device.energy_counter ? "energy counter"
                      : device.power        ? "power only"
                                            : "no power sensor";
    names.push_back(fmt::format("{} ({})", device.name, how));
  }
  finding.detail = join(names, ", ");
  finding.why_not = nvml.why_not;
  if (finding.found && !finding.readable)
    finding.why_not = "the driver refuses energy and power (as for many virtual GPUs)";
  if (!nvml.library)
    finding.how_to_get =
        "with an NVIDIA GPU: install its driver (on Debian, sudo apt-get install nvidia-driver)";
  return finding;
}

SensorFinding find_battery(const Sysfs& sysfs) {
  auto finding = named("battery");
  const SystemClock clock;
  tell(finding, open_battery(sysfs, clock));
  if (!finding.found) finding.why_not = "no battery here";
  return finding;
}

SensorFinding find_ipmi(const Sysfs& sysfs, const IpmiOptions& options) {
  auto finding = named("server supply (IPMI DCMI)");
  const SystemClock clock;
  tell(finding, open_ipmi(sysfs, clock, options));
  finding.found = has_ipmi_device(sysfs);
  if (finding.found) return finding;
  finding.why_not = "no management controller here, or no driver for it loaded";
  finding.how_to_get = "on a server: sudo modprobe ipmi_devintf ipmi_si && sudo apt-get install ipmitool";
  return finding;
}

SensorFinding find_plug(const std::string& plug) {
  auto finding = named("plug (Shelly, Tasmota)");
  const SystemClock clock;
  if (!plug.empty()) {
    const auto set = open_plug(plug, clock);
    if (set) tell(finding, *set);
    finding.found = finding.found || (!set && set.error().code != ErrorCode::usage);
    if (!set) finding.why_not = set.error().message;
  } else {
    finding.why_not = "none is named";
  }
  if (!finding.readable) finding.how_to_get = "export EDGEEVAL_PLUG=shelly://HOST   (or tasmota://HOST)";
  return finding;
}

SensorFinding find_recording(const std::string& file) {
  auto finding = named("recorded readings");
  const SystemClock clock;
  if (file.empty()) {
    finding.why_not = "none is named";
    finding.how_to_get =
        "export EDGEEVAL_REPLAY=FILE.csv   (columns t_s,<domain>_j,<domain>_w; replaces all sensors)";
    return finding;
  }
  const auto probes = open_replay(file, clock);
  finding.found = finding.readable = probes.has_value();
  finding.detail = file;
  if (!probes) finding.why_not = probes.error().message;
  if (!probes) finding.how_to_get = probes.error().hint;
  return finding;
}

}  // namespace

std::vector<SensorFinding> find_sensors(const SourceOptions& options, const std::string& nvml_library) {
  const Sysfs sysfs(options.root);
  return {find_powercap(sysfs),      find_perf(sysfs, options.perf),
          find_hwmon(sysfs, false),  find_rails(sysfs),
          find_nvidia(nvml_library), find_hwmon(sysfs, true),
          find_battery(sysfs),       find_ipmi(sysfs, options.ipmi),
          find_plug(options.plug),   find_recording(options.replay)};
}

std::vector<SensorFinding> find_sensors() { return find_sensors(source_options_from_environment()); }

std::vector<SensorFinding> find_sensors(const fs::path& root, const std::string& nvml_library) {
  SourceOptions options;
  options.root = root;
  return find_sensors(options, nvml_library);
}

}  // namespace edgeeval
