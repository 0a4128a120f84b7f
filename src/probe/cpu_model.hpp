// SPDX-License-Identifier: Apache-2.0
// Which published model speaks for this machine's CPU, and how its threads share cores
#pragma once

#include <filesystem>

#include "probe/power_model.hpp"

namespace edgeeval {

/// The best model of the CPU below `root`, with `cpus` logical CPUs: by provider in a virtual machine, by
/// thermal design power on bare metal (the firmware's limit, the maker's product page), else the one for
/// unknown CPUs.
[[nodiscard]] PowerModel cpu_power_model(const std::filesystem::path& root, int cpus);

/// Logical CPUs that share the first one's core, itself included; 1 where the kernel does not tell.
[[nodiscard]] int threads_per_core(const std::filesystem::path& root);

}  // namespace edgeeval
