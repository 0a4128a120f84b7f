// SPDX-License-Identifier: Apache-2.0
// Whether client and server share a machine, and so the energy that is read.
#pragma once

#include <optional>
#include <string>

#include "bench/machine_file.hpp"
#include "load/target.hpp"

namespace edgeeval {

/// Whether `target` is on this machine: a Unix socket, or an address that this machine has itself. A tunnel
/// that ends here looks the same. Absent where its name has no address.
[[nodiscard]] std::optional<bool> is_on_this_machine(const Target& target);

/// Why the client's energy is not to be taken off what was read; empty where it is: both sides shared the
/// machine, and what was read holds its CPU.
[[nodiscard]] std::string why_not_subtracted(const MachineRecord& machine);

}  // namespace edgeeval
