// SPDX-License-Identifier: Apache-2.0
// What the kernel's books say of processes, ours or not: which there are, and how much memory they took.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <edgeeval/units.hpp>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace edgeeval {

/// All processes that can be seen; in no order. `root` holds proc/.
[[nodiscard]] std::vector<pid_t> all_processes(const std::filesystem::path& root = "/");

/// The first whole number behind `key` ("PPid:", "VmHWM:") in a process's status file, in the unit that
/// stands there (sizes: KiB). Absent where the process has gone, or has no such line (kernel threads,
/// zombies).
[[nodiscard]] std::optional<std::int64_t> status_number(pid_t process, std::string_view key,
                                                        const std::filesystem::path& root = "/");

/// The largest resident set that the process has had so far (VmHWM). Absent as above.
[[nodiscard]] std::optional<Bytes> peak_resident_of(pid_t process, const std::filesystem::path& root = "/");

}  // namespace edgeeval
