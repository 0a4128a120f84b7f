// SPDX-License-Identifier: Apache-2.0
// The last self-check that was made on this machine, kept in the user's cache folder.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>

#include "serving/stamp_check.hpp"

namespace edgeeval {

/// The check in `folder`/self-check.json, as of another load; absent where there is none that can be read, or
/// where the machine has another CPU, number of CPUs or kernel by now.
[[nodiscard]] std::optional<StampCheck> kept_self_check(const std::filesystem::path& folder);

/// Keeps `check` there. Errors: io, disk_full.
[[nodiscard]] Result<void> keep_self_check(const std::filesystem::path& folder, const StampCheck& check);

}  // namespace edgeeval
