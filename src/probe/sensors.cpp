// SPDX-License-Identifier: Apache-2.0
#include "probe/sensors.hpp"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "core/files.hpp"
#include "core/text.hpp"
#include "probe/nvml.hpp"
#include "probe/rapl.hpp"
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

/// The text of a small file without its line end; nothing where it cannot be read.
std::string text_of(const fs::path& path) {
  auto text = read_file(path).value_or(std::string());
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

SensorFinding find_powercap(const fs::path& root) {
  SensorFinding finding{"CPU counters (powercap)", false, false, true, {}, {}, {}};
  std::vector<std::string> names;
  for (const auto& zone : find_rapl_zones(root)) {
    finding.found = true;
    if (text_of(zone.folder / "energy_uj").empty()) continue;
    finding.readable = true;
    names.push_back(zone.name);
  }
  finding.detail = join(names, ", ");
  if (!finding.found) {
    finding.why_not = absent_cpu_counters(root);
    finding.how_to_get = cpu_counter_help(root);
  } else if (!finding.readable) {
    finding.why_not = "only root may read them (since Linux 5.10, against the PLATYPUS attack)";
    finding.how_to_get = "sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj   (until the next boot)";
  }
  return finding;
}

/// Whether the package counter of the power PMU opens for us.
bool perf_opens(const fs::path& pmu) {
  constexpr std::uint64_t kPackage = 2;  // "energy-pkg" in the kernel's rapl.c.
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = static_cast<std::uint32_t>(std::strtoul(text_of(pmu / "type").c_str(), nullptr, 10));
  attributes.config = kPackage;
  const int cpu = static_cast<int>(std::strtol(text_of(pmu / "cpumask").c_str(), nullptr, 10));
  const long descriptor = ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  if (descriptor < 0) return false;
  ::close(static_cast<int>(descriptor));
  return true;
}

SensorFinding find_perf(const fs::path& root) {
  SensorFinding finding{"CPU counters (perf)", false, false, false, {}, {}, {}};
  const auto pmu = root / "sys/bus/event_source/devices/power";
  std::error_code status;
  finding.found = fs::exists(pmu / "type", status);
  finding.readable = finding.found && perf_opens(pmu);
  if (!finding.found) {
    finding.why_not = absent_cpu_counters(root);
    finding.how_to_get = cpu_counter_help(root);
  } else if (!finding.readable) {
    finding.why_not = "the kernel refuses system-wide counters to this user";
    finding.how_to_get = "sudo sysctl kernel.perf_event_paranoid=0";
  }
  return finding;
}

SensorFinding find_hwmon(const fs::path& root) {
  SensorFinding finding{"board meters (hwmon)", false, false, false, {}, {}, {}};
  std::vector<std::string> names;
  std::error_code status;
  for (const auto& chip : fs::directory_iterator(root / "sys/class/hwmon", status)) {
    for (const auto& file : fs::directory_iterator(chip.path(), status)) {
      const auto name = file.path().filename().string();
      const bool meter = (name.rfind("power", 0) == 0 || name.rfind("energy", 0) == 0) &&
                         (name.ends_with("_input") || name.ends_with("_average"));
      if (!meter) continue;
      finding.found = true;
      if (text_of(file.path()).empty()) continue;
      finding.readable = true;
      names.push_back(text_of(chip.path() / "name") + " " + name);
    }
  }
  std::sort(names.begin(), names.end());
  finding.detail = join(names, ", ");
  if (!finding.found) finding.why_not = "no chip here reports power or energy";
  if (finding.found && !finding.readable)
    finding.why_not = "there, but reading fails (disabled, or for root only)";
  return finding;
}

SensorFinding find_nvidia(const std::string& library) {
  SensorFinding finding{"NVIDIA GPU (NVML)", false, false, false, {}, {}, {}};
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

SensorFinding find_battery(const fs::path& root) {
  SensorFinding finding{"battery", false, false, false, {}, {}, {}};
  std::error_code status;
  for (const auto& supply : fs::directory_iterator(root / "sys/class/power_supply", status)) {
    if (text_of(supply.path() / "type") != "Battery") continue;
    finding.found = true;
    const bool counted =
        !text_of(supply.path() / "energy_now").empty() || !text_of(supply.path() / "power_now").empty();
    const bool discharging = text_of(supply.path() / "status") == "Discharging";
    finding.readable = finding.readable || (counted && discharging);
    finding.detail = supply.path().filename().string();
    finding.why_not =
        !counted ? "reports neither energy nor power" : "on mains: a charging battery tells nothing";
  }
  if (finding.readable) finding.why_not.clear();
  if (!finding.found) finding.why_not = "no battery here";
  if (finding.found && !finding.readable) finding.how_to_get = "unplug the charger";
  return finding;
}

}  // namespace

std::vector<SensorFinding> find_sensors(const fs::path& root, const std::string& nvml_library) {
  return {find_powercap(root), find_perf(root), find_hwmon(root), find_nvidia(nvml_library),
          find_battery(root)};
}

}  // namespace edgeeval
