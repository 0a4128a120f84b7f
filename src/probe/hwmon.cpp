// SPDX-License-Identifier: Apache-2.0
#include "probe/hwmon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "probe/default_gain.hpp"
#include "probe/ina3221.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kMicro = 1e-6;
constexpr std::array<const char*, 4> kGpuChips{"amdgpu", "xe", "i915", "nouveau"};
constexpr std::array<const char*, 3> kSupplyChips{"power_meter", "corsairpsu", "pmbus"};

template <class List>
bool among(const List& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// The channel's number where `name` is "<kind>N_<what>".
std::string channel_of(const std::string& name, const std::string& kind, const std::string& what) {
  if (name.rfind(kind, 0) != 0 || !name.ends_with(what)) return {};
  const auto number = name.substr(kind.size(), name.size() - kind.size() - what.size());
  const bool digits = !number.empty() && std::all_of(number.begin(), number.end(),
                                                     [](unsigned char c) { return c >= '0' && c <= '9'; });
  return digits ? number : std::string();
}

/// One chip's meters by channel number: "energy1" and "power1" are the same channel.
std::map<std::string, HwmonMeter> meters_of(const Sysfs& sysfs, const fs::path& folder) {
  std::map<std::string, HwmonMeter> meters;
  for (const auto& file : sysfs.list(folder)) {
    const auto name = file.filename().string();
    if (const auto number = channel_of(name, "energy", "_input"); !number.empty())
      meters[number].energy_file = file;
    if (const auto number = channel_of(name, "power", "_input"); !number.empty())
      meters[number].power_file = file;
    const auto average = channel_of(name, "power", "_average");
    if (!average.empty() && meters[average].power_file.empty()) meters[average].power_file = file;
  }
  for (auto& [number, meter] : meters) {
    meter.chip = sysfs.text_or_empty(folder / "name");
    meter.device = sysfs.device_name(folder);
    meter.channel = (meter.energy_file.empty() ? "power" : "energy") + number;
    for (const char* kind : {"energy", "power"}) {
      if (meter.label.empty()) meter.label = sysfs.text_or_empty(folder / (kind + number + "_label"));
    }
    if (meter.power_file.filename().string().ends_with("_average")) {
      if (const auto ms = sysfs.decimal(folder / ("power" + number + "_average_interval")))
        meter.averaging_s = *ms * 1e-3;
    }
    auto accuracy = sysfs.text_or_empty(folder / ("power" + number + "_accuracy"));
    if (!accuracy.empty() && accuracy.back() == '%') accuracy.pop_back();
    if (!accuracy.empty()) meter.accuracy = std::strtod(accuracy.c_str(), nullptr) / 100.0;
  }
  return meters;
}

bool is_battery(const Sysfs& sysfs, const fs::path& folder) {
  const auto type = sysfs.text_or_empty(folder / "device" / "type");
  return type == "Battery" || type == "Mains" || type == "USB";
}

std::string id_of(const HwmonMeter& meter) {
  return fmt::format("hwmon:{}:{}:{}", meter.chip, meter.device, meter.channel);
}

ProbeInfo describe(const HwmonMeter& meter, const HwmonPlace& place) {
  ProbeInfo info;
  info.id = id_of(meter);
  info.title =
      fmt::format("{} {} ({})", meter.chip, meter.label.empty() ? meter.channel : meter.label, meter.device);
  info.domain = place.domain;
  info.boundary = place.boundary;
  info.grade = Grade::measured;
  info.device = fmt::format("{}:{}", meter.chip, meter.device);
  info.character.gain_half_width = meter.accuracy.value_or(kUnstudiedGain);
  info.character.origin =
      meter.accuracy
          ? "stated by the driver"
          : "default (hwmon: the driver states no accuracy; 13 %, as of the worst board published)";
  return info;
}

std::unique_ptr<Probe> reader(ProbeInfo info, const Sysfs& sysfs, const Clock& clock, const fs::path& file) {
  info.detail = "hwmon " + file.filename().string();
  return std::make_unique<ValueProbe>(std::move(info), clock, [sysfs, file]() -> Result<double> {
    const auto value = sysfs.decimal(file);
    if (!value) return tl::unexpected(value.error());
    return *value * kMicro;
  });
}

/// The meter's counter and watts, or why neither answers.
SourceSet open_meter(const Sysfs& sysfs, const Clock& clock, const HwmonMeter& meter, ProbeInfo info) {
  SourceSet set;
  const auto answers = [&](const fs::path& file) {
    if (file.empty()) return false;
    const auto value = sysfs.decimal(file);
    if (!value)
      set.notes.push_back(
          fmt::format("{} {}: {}", info.title, file.filename().string(), value.error().message));
    return value.has_value();
  };
  const bool counts = answers(meter.energy_file);
  const bool shows = answers(meter.power_file);
  if (counts) {
    info.kind = ReadingKind::counter;
    info.character.resolution = kMicro;
    set.probes.push_back(reader(info, sysfs, clock, meter.energy_file));
  }
  if (shows) {
    info.kind = ReadingKind::power;
    info.character.resolution = kMicro;
    if (meter.averaging_s) info.character.averaging = Seconds(*meter.averaging_s);
    if (counts) {
      info.point = info.id;
      info.id += "#power";
    }
    set.probes.push_back(reader(info, sysfs, clock, meter.power_file));
  }
  return set;
}

}  // namespace

std::vector<HwmonMeter> find_hwmon_meters(const Sysfs& sysfs) {
  std::vector<HwmonMeter> found;
  for (const auto& folder : sysfs.list("sys/class/hwmon")) {
    if (is_battery(sysfs, folder) || sysfs.text_or_empty(folder / "name") == "ina3221") continue;
    for (auto& [number, meter] : meters_of(sysfs, folder)) found.push_back(std::move(meter));
  }
  std::stable_sort(found.begin(), found.end(), [](const HwmonMeter& a, const HwmonMeter& b) {
    return std::tie(a.device, a.chip) < std::tie(b.device, b.chip);
  });
  return found;
}

std::optional<HwmonPlace> hwmon_place(const HwmonMeter& meter) {
  if (among(kGpuChips, meter.chip)) return HwmonPlace{"gpu", meter.label == "pkg" ? "package" : "board"};
  const bool whole_supply = meter.chip != "corsairpsu" || meter.label == "power total";
  if (among(kSupplyChips, meter.chip) && whole_supply) return HwmonPlace{"wall", "psu"};
  return std::nullopt;
}

SourceSet open_hwmon(const Sysfs& sysfs, const Clock& clock, const std::set<std::string>& skip,
                     std::size_t first_gpu) {
  SourceSet set;
  std::map<std::string, std::string> gpus;   // Device → "gpu0".
  std::map<std::string, std::string> cards;  // Device → point of the whole card.
  std::string supply;
  for (const auto& meter : find_hwmon_meters(sysfs)) {
    if (skip.count(meter.chip) > 0) continue;
    auto place = hwmon_place(meter);
    if (!place) {
      set.notes.push_back(fmt::format("{} {} ({}): not counted: where this meter sits is not told",
                                      meter.chip, meter.label.empty() ? meter.channel : meter.label,
                                      meter.device));
      continue;
    }
    if (place->domain == "wall" && !supply.empty()) {
      set.notes.push_back(
          fmt::format("{} ({}): left out: {} measures the supply already", meter.chip, meter.device, supply));
      continue;
    }
    if (place->domain == "gpu")
      place->domain = gpus.emplace(meter.device, fmt::format("gpu{}", first_gpu + gpus.size())).first->second;
    auto info = describe(meter, *place);
    if (place->boundary == "package" && cards.count(meter.device) > 0) info.parent = cards[meter.device];
    auto opened = open_meter(sysfs, clock, meter, info);
    if (!opened.probes.empty() && place->boundary == "board") {
      // A second channel that names no other place is the same board's.
      const auto [card, first] = cards.emplace(meter.device, info.id);
      if (!first)
        opened = {{}, {fmt::format("{}: left out: {} measures the board already", info.title, card->second)}};
    }
    if (!opened.probes.empty() && place->domain == "wall") supply = info.title;
    set.append(std::move(opened));
  }
  return set;
}

SourceSet open_iio_power(const Sysfs& sysfs, const Clock& clock) {
  SourceSet set;
  std::vector<RailProbe> rails;
  for (const auto& folder : sysfs.list("sys/bus/iio/devices")) {
    for (int i = 0; i < 3; ++i) {
      const auto file = folder / fmt::format("in_power{}_input", i);
      if (!sysfs.exists(file)) continue;
      const auto label = sysfs.text_or_empty(folder / fmt::format("rail_name_{}", i));
      const auto first = sysfs.decimal(file);
      if (!first) {
        set.notes.push_back(fmt::format("rail {}: {}", label, first.error().message));
        continue;
      }
      rails.push_back({fmt::format("iio:{}:{}", folder.filename().string(), i), label,
                       [sysfs, file]() -> Result<double> {
                         const auto milliwatts = sysfs.decimal(file);
                         if (!milliwatts) return tl::unexpected(milliwatts.error());
                         return *milliwatts * 1e-3;
                       },
                       std::nullopt, folder.filename().string()});
    }
  }
  set.append(place_rails(std::move(rails), clock));
  return set;
}

}  // namespace edgeeval
