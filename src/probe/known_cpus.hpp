// SPDX-License-Identifier: Apache-2.0
// Thermal design power and highest power of a few CPUs, each row with where it is written.
#pragma once

#include <optional>
#include <string_view>

namespace edgeeval {

/// Power of one CPU package, as its maker states it or, where `most_w` is higher than that, as it was
/// measured.
struct KnownCpu {
  double tdp_w = 0.0;   ///< Thermal design power; processor base power from Intel's 12th generation on (W).
  double most_w = 0.0;  ///< Not more than this with the maker's settings, however short the window (W).
};

/// The package of the CPU that calls itself `model_name` in proc/cpuinfo; nothing for those that are not in
/// the short table. docs/sensors.md lists the rows with their sources.
[[nodiscard]] std::optional<KnownCpu> known_cpu(std::string_view model_name);

/// A package may draw this many thermal design powers for a short time, where no row says otherwise: Intel's
/// second power limit is 1.25 TDP unless the firmware sets another (Xeon E3-1200 v3 datasheet, 5.9.2) and
/// "typically 20 %" above the first on servers (Xeon E5-1600/2600/4600 datasheet, 2.5.2.6.26).
inline constexpr double kShortTermShare = 1.25;

}  // namespace edgeeval
