// SPDX-License-Identifier: Apache-2.0
// What this machine can run and measure, for `edgeeval doctor`.
#pragma once

#include <cstdint>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probe/sensors.hpp"

namespace edgeeval {

/// A program, a data folder or a model that a study may need.
struct PartFinding {
  std::string name;  ///< "llama-server".
  bool found = false;
  std::string version;     ///< As the program says; empty where it does not.
  std::string location;    ///< Where it was found.
  std::string why_not;     ///< Why it counts as missing.
  std::string how_to_get;  ///< The next step, a command where there is one.
};

/// One machine, looked at.
struct MachineReport {
  std::map<std::string, std::string> environment;  ///< record/environment.hpp.
  std::optional<std::uint64_t> memory_free_b;      ///< Free for new programs without swapping.
  std::optional<std::uint64_t> disk_free_b;        ///< Where the current folder is.
  std::optional<double> load_per_cpu;              ///< Load average of the last minute, per logical CPU.
  std::vector<ProbeInfo> sources;                  ///< What joules would rest on now.
  std::vector<SensorFinding> sensors;
  std::vector<PartFinding> engines;
  std::vector<PartFinding> helpers;
  PartFinding data;                 ///< Shipped tasks and schemas.
  std::vector<PartFinding> models;  ///< Installed models; one missing entry where there is none.
  std::string cache;                ///< The cache folder.
  std::vector<std::string> limits;  ///< What makes figures from here less sure.
  /// Whether the quickstart study has all its parts.
  [[nodiscard]] bool can_run_quickstart() const;
};

/// Looks at this machine. Runs `llama-server --version`; changes nothing.
[[nodiscard]] MachineReport inspect_machine(const std::filesystem::path& root = "/");

}  // namespace edgeeval
