// SPDX-License-Identifier: Apache-2.0
// What NVIDIA's management library says of the GPUs here, without linking to it.
#pragma once

#include <string>
#include <vector>

namespace edgeeval {

/// One GPU and which of its sensors answered when tried.
struct NvmlDevice {
  std::string name;
  bool energy_counter = false;  ///< nvmlDeviceGetTotalEnergyConsumption answered.
  bool power = false;           ///< nvmlDeviceGetPowerUsage answered.
};

/// What was found.
struct NvmlFinding {
  bool library = false;  ///< The library could be loaded and initialised.
  std::string why_not;   ///< Why there is no library, or no device could be asked.
  std::vector<NvmlDevice> devices;
};

/// Loads `library`, tries each device's sensors once, and unloads it.
[[nodiscard]] NvmlFinding inspect_nvml(const std::string& library = "libnvidia-ml.so.1");

}  // namespace edgeeval
