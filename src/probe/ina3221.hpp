// SPDX-License-Identifier: Apache-2.0
// The supply rails of Jetson boards: INA3221 chips, volts times amperes
#pragma once

#include <edgeeval/clock.hpp>
#include <optional>
#include <string>
#include <vector>

#include "probe/sysfs.hpp"
#include "probe/value_probe.hpp"

namespace edgeeval {

/// One supply rail and how to ask for its watts.
struct RailProbe {
  std::string id;     ///< "ina3221:1-0040:1".
  std::string label;  ///< "VDD_IN".
  AskSensor watts;
  std::optional<double> period_s;
  std::string device;
};

/// Whether a rail feeds the whole module: "VDD_IN", "POM_5V_IN".
[[nodiscard]] bool feeds_all(const std::string& label);

/// Rails as probes: where one feeds all the others, it is their parent, so that total and parts are never
/// added (jetson_stats issue 344). Domains: "module" of the total, else by the label "cpu", "gpu", "soc"
/// where it names both or neither.
[[nodiscard]] SourceSet place_rails(std::vector<RailProbe> rails, const Clock& clock);

/// Opens channels 1 to 3 of every INA3221 below <root>/sys/class/hwmon: in{n}_input (mV) × curr{n}_input
/// (mA); in4 to in6 are shunt voltages and in7 a sum (kernel documentation, hwmon/ina3221), so they are not
/// rails. A channel that is switched off, or does not answer, is absent with a note. update_interval (ms) is
/// the period.
[[nodiscard]] SourceSet open_ina3221(const Sysfs& sysfs, const Clock& clock);

}  // namespace edgeeval
