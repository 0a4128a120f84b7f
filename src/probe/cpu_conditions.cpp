// SPDX-License-Identifier: Apache-2.0
#include "probe/cpu_conditions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "probe/proc_stat.hpp"

namespace edgeeval {
namespace {

constexpr const char* kCpus = "sys/devices/system/cpu";

void keep_hottest(std::optional<double>& hottest, const Result<double>& millidegrees) {
  if (millidegrees) hottest = std::max(hottest.value_or(*millidegrees * 1e-3), *millidegrees * 1e-3);
}

std::optional<double> by_chip(const Sysfs& sysfs) {
  std::optional<double> hottest;
  for (const auto& chip : sysfs.list("sys/class/hwmon")) {
    const auto name = sysfs.text_or_empty(chip / "name");
    if (name != "coretemp" && name != "k10temp" && name != "zenpower") continue;
    for (const auto& file : sysfs.list(chip)) {
      const auto label_file = file.filename().string();
      if (label_file.rfind("temp", 0) != 0 || !label_file.ends_with("_label")) continue;
      const auto label = sysfs.text_or_empty(file);
      if (label.rfind("Package id", 0) != 0 && label != "Tctl") continue;
      keep_hottest(hottest, sysfs.decimal(chip / (label_file.substr(0, label_file.find('_')) + "_input")));
    }
  }
  return hottest;
}

std::optional<double> by_zone(const Sysfs& sysfs) {
  std::optional<double> hottest;
  for (const auto& zone : sysfs.list("sys/class/thermal")) {
    const auto type = sysfs.text_or_empty(zone / "type");
    if (type == "x86_pkg_temp" || type == "cpu-thermal" || type == "CPU-therm")
      keep_hottest(hottest, sysfs.decimal(zone / "temp"));
  }
  return hottest;
}

std::optional<bool> turbo(const Sysfs& sysfs) {
  const auto off = sysfs.text_or_empty(std::string(kCpus) + "/intel_pstate/no_turbo");
  if (!off.empty()) return off == "0";
  const auto boost = sysfs.text_or_empty(std::string(kCpus) + "/cpufreq/boost");
  if (!boost.empty()) return boost == "1";
  return std::nullopt;
}

std::optional<double> mean_clock_mhz(const Sysfs& sysfs) {
  double total = 0.0;
  int count = 0;
  for (const auto& policy : sysfs.list(std::string(kCpus) + "/cpufreq")) {
    if (const auto khz = sysfs.decimal(policy / "scaling_cur_freq")) {
      total += *khz * 1e-3;
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  return total / count;
}

/// Documentation/ABI/testing/sysfs-devices-system-cpu: how often a core or a package was throttled.
std::optional<std::int64_t> throttle_count(const Sysfs& sysfs) {
  std::optional<std::int64_t> most;
  for (const auto& cpu : sysfs.list(kCpus)) {
    const auto name = cpu.filename().string();
    if (name.rfind("cpu", 0) != 0 || name.find_first_not_of("0123456789", 3) != std::string::npos) continue;
    for (const char* file : {"core_throttle_count", "package_throttle_count"}) {
      if (const auto count = sysfs.integer(cpu / "thermal_throttle" / file))
        most = std::max(most.value_or(*count), *count);
    }
  }
  return most;
}

/// Documentation/driver-api/thermal/sysfs-api.rst: the state of the cooling devices that slow CPUs down.
std::optional<std::int64_t> cooling_state(const Sysfs& sysfs) {
  std::optional<std::int64_t> most;
  for (const auto& device : sysfs.list("sys/class/thermal")) {
    if (device.filename().string().rfind("cooling_device", 0) != 0) continue;
    const auto type = sysfs.text_or_empty(device / "type");
    if (type.find("cpufreq") == std::string::npos && type != "Processor") continue;
    if (const auto state = sysfs.integer(device / "cur_state"))
      most = std::max(most.value_or(*state), *state);
  }
  return most;
}

}  // namespace

std::vector<Condition> CpuConditions::read() {
  std::vector<Condition> conditions;
  const auto add = [&](const char* name, std::string value) {
    conditions.push_back({"cpu", name, std::move(value)});
  };
  const auto governor = sysfs_.text_or_empty(std::string(kCpus) + "/cpu0/cpufreq/scaling_governor");
  if (!governor.empty()) add("governor", governor);
  if (const auto on = turbo(sysfs_)) add("turbo", *on ? "on" : "off");
  auto celsius = by_chip(sysfs_);
  if (!celsius) celsius = by_zone(sysfs_);
  if (celsius) add("temperature_c", fmt::format("{:.1f}", *celsius));
  if (const auto mhz = mean_clock_mhz(sysfs_)) add("clock_mhz", fmt::format("{:.0f}", *mhz));
  if (const auto count = throttle_count(sysfs_)) add("throttle_count", fmt::format("{}", *count));
  if (const auto state = cooling_state(sysfs_)) add("cooling_state", fmt::format("{}", *state));
  if (const auto times = read_cpu_times(sysfs_.root()); times && times->steal_s > 0.0)
    add("steal_s", fmt::format("{:.2f}", times->steal_s));
  return conditions;
}

}  // namespace edgeeval
