// SPDX-License-Identifier: Apache-2.0
// machine.json: what was read of the machine beside a load: energy windows, the engine's memory, the stamps'
// error.
#pragma once

#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/client_power.hpp"
#include "bench/energy_session.hpp"
#include "bench/power_spans.hpp"
#include "serving/stamp_check.hpp"

namespace edgeeval {

/// What stands in the file.
struct MachineRecord {
  std::optional<LoadEnergy> energy;
  std::optional<TotalPower> power;      ///< Of the measured phase, in steps of a tenth of a second.
  std::optional<CoreWatts> core_watts;  ///< What a CPU second of the client is priced at (J).
  std::optional<Fact> resident;         ///< Peak resident memory of the engine (B).
  std::optional<bool> server_here;  ///< Whether the server was on this machine too; absent where not known.
  std::optional<StampCheck> self_check;  ///< Of this load, else the last one that was made on this machine.
  std::vector<std::string> warnings{};
};

/// Writes <folder>/machine.json. Errors: io, disk_full.
[[nodiscard]] Result<void> write_machine(const std::filesystem::path& folder, const MachineRecord& machine);
/// Reads it; an empty record where there is none. Errors: io, record_unreadable.
[[nodiscard]] Result<MachineRecord> read_machine(const std::filesystem::path& folder);

}  // namespace edgeeval
