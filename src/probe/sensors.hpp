// SPDX-License-Identifier: Apache-2.0
// Which energy sensors there are, found by trying to read each.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace edgeeval {

/// One kind of sensor on this machine.
struct SensorFinding {
  std::string name;        ///< "CPU counters (powercap)".
  bool found = false;      ///< The kernel or a driver offers it.
  bool readable = false;   ///< A reading succeeded.
  bool used = false;       ///< This version measures with it where it is readable.
  std::string detail;      ///< What was found: zones, devices; may be empty.
  std::string why_not;     ///< Why it is not there or not readable.
  std::string how_to_get;  ///< The next step, a command where there is one.
};

/// Tries all kinds: powercap, perf, hwmon, NVML, battery. sys/ and proc/ are read below `root`.
[[nodiscard]] std::vector<SensorFinding> find_sensors(const std::filesystem::path& root = "/",
                                                      const std::string& nvml_library = "libnvidia-ml.so.1");

}  // namespace edgeeval
