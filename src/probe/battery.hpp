// SPDX-License-Identifier: Apache-2.0
// The whole machine's power as its batteries tell it, while it runs from them
#pragma once

#include <edgeeval/clock.hpp>

#include "probe/sysfs.hpp"
#include "probe/value_probe.hpp"

namespace edgeeval {

/// Opens <root>/sys/class/power_supply as one source, "battery" (domain "wall", boundary "battery"), all
/// batteries added up since one empties after the other (kernel documentation,
/// ABI/testing/sysfs-class-power):
/// - counter: what energy_now (µWh) has fallen by since the opening, in coarse steps;
/// - power, same point: power_now (µW), else voltage_now (µV) × current_now (µA), whatever its sign.
/// Refused with a note where the machine is on mains: the battery then tells nothing of what is used. A
/// charger plugged in later makes each read fail.
[[nodiscard]] SourceSet open_battery(const Sysfs& sysfs, const Clock& clock);

}  // namespace edgeeval
