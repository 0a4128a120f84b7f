// SPDX-License-Identifier: Apache-2.0
#include "probe/ina3221.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edgeeval {
namespace {

constexpr int kChannels = 3;
constexpr double kMilliTimesMilli = 1e-6;
/// 8 mV and 40 µV over a shunt of 5 mΩ: steps of 8 mA at 5 V.
constexpr double kResolutionWatts = 0.04;

std::string domain_of(const std::string& label) {
  if (feeds_all(label)) return "module";
  const bool cpu = label.find("CPU") != std::string::npos;
  const bool gpu = label.find("GPU") != std::string::npos;
  if (cpu == gpu) return "soc";
  return cpu ? "cpu" : "gpu0";
}

}  // namespace

bool feeds_all(const std::string& label) { return label == "VDD_IN" || label == "POM_5V_IN"; }

SourceSet place_rails(std::vector<RailProbe> rails, const Clock& clock) {
  SourceSet set;
  const auto total =
      std::find_if(rails.begin(), rails.end(), [](const RailProbe& rail) { return feeds_all(rail.label); });
  const std::string total_id = total == rails.end() ? std::string() : total->id;
  for (auto& rail : rails) {
    ProbeInfo info;
    info.id = rail.id;
    info.title = fmt::format("supply rail {}", rail.label.empty() ? rail.id : rail.label);
    info.domain = domain_of(rail.label);
    info.boundary = "rail " + rail.label;
    info.parent = rail.id == total_id ? std::string() : total_id;
    info.grade = Grade::measured;
    info.detail = "voltage x current of " + rail.device;
    info.kind = ReadingKind::power;
    info.device = rail.device;
    if (rail.period_s) info.character.period = Seconds(*rail.period_s);
    info.character.resolution = kResolutionWatts;
    // Texas Instruments, INA3221 datasheet (SBOS576), electrical characteristics: gain error of shunt and bus
    // voltage 0.25 % each at most, offset 80 uV on the shunt, which is 16 mA on 5 mOhm; the shunt's own
    // tolerance is the board's and not told.
    info.character.gain_half_width = 0.05;
    info.character.origin = "default (shunt and amplifier of an INA3221 board; 5 %)";
    set.probes.push_back(std::make_unique<ValueProbe>(std::move(info), clock, std::move(rail.watts)));
  }
  return set;
}

SourceSet open_ina3221(const Sysfs& sysfs, const Clock& clock) {
  SourceSet set;
  std::vector<RailProbe> rails;
  for (const auto& folder : sysfs.list("sys/class/hwmon")) {
    if (sysfs.text_or_empty(folder / "name") != "ina3221") continue;
    const auto device = sysfs.device_name(folder);
    std::optional<double> period_s;
    if (const auto ms = sysfs.decimal(folder / "update_interval")) period_s = *ms * 1e-3;
    for (int i = 1; i <= kChannels; ++i) {
      const auto volts = folder / fmt::format("in{}_input", i);
      const auto amperes = folder / fmt::format("curr{}_input", i);
      if (!sysfs.exists(amperes) || sysfs.text_or_empty(folder / fmt::format("in{}_enable", i)) == "0")
        continue;
      const auto label = sysfs.text_or_empty(folder / fmt::format("in{}_label", i));
      const AskSensor ask = [sysfs, volts, amperes]() -> Result<double> {
        const auto millivolts = sysfs.decimal(volts);
        if (!millivolts) return tl::unexpected(millivolts.error());
        const auto milliamperes = sysfs.decimal(amperes);
        if (!milliamperes) return tl::unexpected(milliamperes.error());
        return *millivolts * *milliamperes * kMilliTimesMilli;
      };
      if (const auto first = ask(); !first) {
        set.notes.push_back(fmt::format("supply rail {}: {}", label, first.error().message));
        continue;
      }
      rails.push_back({fmt::format("ina3221:{}:{}", device, i), label, ask, period_s, device});
    }
  }
  set.append(place_rails(std::move(rails), clock));
  return set;
}

}  // namespace edgeeval
