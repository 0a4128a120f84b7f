// SPDX-License-Identifier: Apache-2.0
#include "probe/battery.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kMicro = 1e-6;
constexpr double kJoulesPerWattHour = 3600.0;
constexpr double kCoarseStepJoules = 36.0;  ///< 10 mWh, the step that most firmware reports.

std::vector<fs::path> supplies(const Sysfs& sysfs, const char* type) {
  std::vector<fs::path> found;
  for (const auto& folder : sysfs.list("sys/class/power_supply")) {
    // "Device" batteries are those of mice and keyboards.
    const bool ours = sysfs.text_or_empty(folder / "scope") != "Device";
    if (ours && sysfs.text_or_empty(folder / "type") == type) found.push_back(folder);
  }
  return found;
}

/// An error where the machine is on mains.
Result<void> discharging(const Sysfs& sysfs) {
  for (const auto& mains : supplies(sysfs, "Mains")) {
    if (sysfs.text_or_empty(mains / "online") == "1")
      return fail(ErrorCode::unavailable, "on mains: a battery then tells nothing of what is used", "battery",
                  "unplug the charger");
  }
  for (const auto& battery : supplies(sysfs, "Battery")) {
    if (sysfs.text_or_empty(battery / "status") == "Discharging") return {};
  }
  return fail(ErrorCode::unavailable, "no battery is discharging", "battery", "unplug the charger");
}

/// Energy that is left in all batteries (J).
Result<double> remaining(const Sysfs& sysfs) {
  double joules = 0.0;
  for (const auto& battery : supplies(sysfs, "Battery")) {
    const auto microwatthours = sysfs.decimal(battery / "energy_now");
    if (!microwatthours) return tl::unexpected(microwatthours.error());
    joules += *microwatthours * kMicro * kJoulesPerWattHour;
  }
  return joules;
}

Result<double> watts(const Sysfs& sysfs) {
  double total = 0.0;
  for (const auto& battery : supplies(sysfs, "Battery")) {
    if (sysfs.text_or_empty(battery / "status") != "Discharging") continue;  // One that rests gives nothing.
    if (const auto power = sysfs.decimal(battery / "power_now")) {
      total += std::abs(*power) * kMicro;
      continue;
    }
    const auto volts = sysfs.decimal(battery / "voltage_now");
    if (!volts) return tl::unexpected(volts.error());
    const auto amperes = sysfs.decimal(battery / "current_now");
    if (!amperes) return tl::unexpected(amperes.error());
    total += std::abs(*volts * kMicro * *amperes * kMicro);
  }
  return total;
}

ProbeInfo describe() {
  ProbeInfo info;
  info.id = "battery";
  info.title = "battery of this machine";
  info.domain = "wall";
  info.boundary = "battery";
  info.grade = Grade::measured;
  info.device = "battery";
  info.pace = std::chrono::seconds(1);  // Firmware refreshes it every 1 to 30 s.
  // No study of fuel gauges was found that gives a figure; firmware smooths what it shows over seconds
  // (amas.sh, "Power readings desmoothed").
  info.character.gain_half_width = 0.10;
  info.character.origin = "default (fuel gauges state no accuracy; 10 % is assumed)";
  return info;
}

}  // namespace

SourceSet open_battery(const Sysfs& sysfs, const Clock& clock) {
  SourceSet set;
  if (supplies(sysfs, "Battery").empty()) return set;
  if (const auto now = discharging(sysfs); !now) {
    set.notes.push_back("battery: " + now.error().message + "; " + now.error().hint);
    return set;
  }
  const auto start = remaining(sysfs);
  if (start) {
    auto info = describe();
    info.kind = ReadingKind::counter;
    info.detail = "fall of energy_now";
    info.character.resolution = kCoarseStepJoules;
    set.probes.push_back(
        std::make_unique<ValueProbe>(info, clock, [sysfs, start = *start]() -> Result<double> {
          if (const auto now = discharging(sysfs); !now) return tl::unexpected(now.error());
          const auto left = remaining(sysfs);
          if (!left) return tl::unexpected(left.error());
          return start - *left;
        }));
  }
  if (watts(sysfs)) {
    auto info = describe();
    info.kind = ReadingKind::power;
    info.detail = "power_now, or voltage_now x current_now";
    if (start) {
      info.point = info.id;
      info.id += "#power";
    }
    set.probes.push_back(std::make_unique<ValueProbe>(info, clock, [sysfs]() -> Result<double> {
      if (const auto now = discharging(sysfs); !now) return tl::unexpected(now.error());
      return watts(sysfs);
    }));
  }
  if (set.probes.empty()) set.notes.emplace_back("battery: it reports neither energy nor power");
  return set;
}

}  // namespace edgeeval
