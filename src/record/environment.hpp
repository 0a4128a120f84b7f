// SPDX-License-Identifier: Apache-2.0
// What of the machine and the build a reader needs to judge a result; nothing that names a person or a place.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace edgeeval {

/// The machine and the build as text, for the record. Keys: os, kernel, architecture, cpu, logical_cpus,
/// memory (GiB, for people), memory_b, cpu_governor, virtualised ("yes"/"no"), container ("yes"/"no"),
/// compiler, edgeeval. A key whose value cannot be found out is absent. Never holds a host name, a user name
/// or a path. `root` is the folder that proc/, sys/ and etc/ are read below.
[[nodiscard]] std::map<std::string, std::string> capture_environment(const std::filesystem::path& root = "/");

}  // namespace edgeeval
