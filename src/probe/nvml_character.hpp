// SPDX-License-Identifier: Apache-2.0
// How the sensors of NVIDIA GPUs behave where nobody has characterised the board at hand
#pragma once

#include <edgeeval/probe.hpp>
#include <optional>
#include <string>

namespace edgeeval::nvml {

/// Which of the library's ways a power reading is taken by.
enum class PowerWay {
  instant_field,  ///< nvmlDeviceGetFieldValues, NVML_FI_DEV_POWER_INSTANT.
  usage_call,     ///< nvmlDeviceGetPowerUsage: a mean over 1 s on Ampere (not GA100) and newer.
  average_field,  ///< NVML_FI_DEV_POWER_AVERAGE: a mean over 1 s.
};

/// Defaults by name and architecture (nvmlDeviceArchitecture_t): refresh and averaging as measured on sibling
/// boards by Yang, Adamek and Armour, "Part-time Power Measurements" (SC'24); gain ±13 % on Turing (the worst
/// seen there) and on families that the study does not hold, ±5 % elsewhere. `way` is absent for the energy
/// counter. `origin` says "default (…)".
[[nodiscard]] SensorCharacter default_character(const std::string& name, std::optional<unsigned> architecture,
                                                std::optional<PowerWay> way, std::optional<Watts> ceiling);

/// "Turing"; "unknown architecture" where it is not known.
[[nodiscard]] std::string architecture_name(std::optional<unsigned> architecture);

}  // namespace edgeeval::nvml
