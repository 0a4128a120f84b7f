// SPDX-License-Identifier: Apache-2.0
// Which energy sensors there are, found by trying to read each
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "probe/nvml.hpp"
#include "probe/open_probes.hpp"

namespace edgeeval {

/// One kind of sensor on this machine.
struct SensorFinding {
  std::string name;        ///< "CPU counters (powercap)".
  bool found = false;      ///< The kernel or a driver offers it.
  bool readable = false;   ///< A reading succeeded.
  bool used = false;       ///< EdgeEval measures with it where it is readable.
  std::string detail;      ///< What was found: zones, devices; may be empty.
  std::string why_not;     ///< Why it is not there, not readable, or readable and not used.
  std::string how_to_get;  ///< The next step, a command where there is one.
};

/// Tries all kinds: powercap, perf, hwmon, supply rails (INA3221), NVML, AMD GPUs, battery, IPMI, plug,
/// recording.
[[nodiscard]] std::vector<SensorFinding> find_sensors(const SourceOptions& options,
                                                      const std::string& nvml_library = nvml_library_name());

/// The same for a machine made of files.
[[nodiscard]] std::vector<SensorFinding> find_sensors(const std::filesystem::path& root,
                                                      const std::string& nvml_library = nvml_library_name());

/// The same for this machine, with source_options_from_environment().
[[nodiscard]] std::vector<SensorFinding> find_sensors();

}  // namespace edgeeval
