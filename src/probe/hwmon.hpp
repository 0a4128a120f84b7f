// SPDX-License-Identifier: Apache-2.0
// Power and energy meters that drivers offer through hwmon, and the older IIO power inputs
#pragma once

#include <cstddef>
#include <edgeeval/clock.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe/sysfs.hpp"
#include "probe/value_probe.hpp"

namespace edgeeval {

/// One meter of a chip: a channel that counts energy, shows power, or both.
struct HwmonMeter {
  std::string chip;                   ///< The driver's name: "amdgpu", "xe", "power_meter".
  std::string device;                 ///< Bus address: "0000:03:00.0".
  std::string channel;                ///< "energy1", "power1".
  std::string label;                  ///< As the driver names the channel; may be empty.
  std::filesystem::path energy_file;  ///< Cumulative µJ; empty where there is none.
  std::filesystem::path power_file;   ///< µW now or averaged; empty where there is none.
  std::optional<double> averaging_s;  ///< Of the power shown, where the driver states it.
  std::optional<double> accuracy;     ///< As a fraction, where the driver states it.
};

/// What a meter measures, as far as its chip tells.
struct HwmonPlace {
  std::string domain;    ///< "gpu", "wall", "rail".
  std::string boundary;  ///< "board", "package", "psu", the rail's label.
};

/// All meters of all chips below <root>/sys/class/hwmon (kernel documentation, hwmon/sysfs-interface),
/// readable or not. Chips of batteries are left out; INA3221 chips too, whose rails ina3221.hpp reads.
[[nodiscard]] std::vector<HwmonMeter> find_hwmon_meters(const Sysfs& sysfs);

/// Where `meter` sits: a GPU board (amdgpu, xe, i915, nouveau), the whole machine's supply (acpi power_meter,
/// PSU drivers). Nothing for a chip whose place no driver tells (a regulator, an INA2xx on some rail): such a
/// meter may be inside the CPU package or around it, so it cannot enter a ledger.
[[nodiscard]] std::optional<HwmonPlace> hwmon_place(const HwmonMeter& meter);

/// Opens the meters whose place is known: the counter where there is one, and beside it the power of the same
/// channel on the same point, as its audit. GPUs are numbered on from `first_gpu` in bus order ("gpu0", "gpu1"); a channel "pkg" is
/// part of the card's. Chips named in `skip` are left to others. A meter that does not answer
/// (switched off: ENODATA; no right: EACCES) is absent, and a note says why.
[[nodiscard]] SourceSet open_hwmon(const Sysfs& sysfs, const Clock& clock,
                                   const std::set<std::string>& skip = {}, std::size_t first_gpu = 0);

/// Older Jetsons: <root>/sys/bus/iio/devices/*/in_power{0,1,2}_input (mW), named by rail_name_N. Relations as
/// open_ina3221() has them.
[[nodiscard]] SourceSet open_iio_power(const Sysfs& sysfs, const Clock& clock);

}  // namespace edgeeval
