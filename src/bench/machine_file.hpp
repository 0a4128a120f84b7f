// SPDX-License-Identifier: Apache-2.0
// machine.json: what was read of the machine beside a load: energy windows, the engine's memory.
#pragma once

#include <cstdint>
#include <edgeeval/probe.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/energy_session.hpp"

namespace edgeeval {

/// One source of power.csv, as far as figures need to know it.
struct PowerSource {
  std::string id, domain, parent;
  Grade grade = Grade::measured;
};

/// What stands in the file.
struct MachineRecord {
  std::optional<LoadEnergy> energy;
  std::optional<std::int64_t> epoch_ns;  ///< Zero of the windows' and of power.csv's times, on CLOCK_MONOTONIC.
  std::filesystem::path power_csv{};     ///< Relative to the folder of the load.
  std::vector<PowerSource> sources{};
  std::optional<Fact> resident;          ///< Peak resident memory of the engine (B).
  std::vector<std::string> warnings{};
};

/// Writes <folder>/machine.json. Errors: io, disk_full.
[[nodiscard]] Result<void> write_machine(const std::filesystem::path& folder, const MachineRecord& machine);
/// Reads it; an empty record where there is none. Errors: io, record_unreadable.
[[nodiscard]] Result<MachineRecord> read_machine(const std::filesystem::path& folder);

}  // namespace edgeeval
