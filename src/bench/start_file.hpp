// SPDX-License-Identifier: Apache-2.0
// cold-start.json: the cold starts of a benchmark's folder, written and read back.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>

#include "bench/cold_start.hpp"
#include "core/json.hpp"

namespace edgeeval {

/// Whether `folder` holds cold starts.
[[nodiscard]] bool holds_starts(const std::filesystem::path& folder);

/// Writes <folder>/cold-start.json. Errors: io, disk_full.
[[nodiscard]] Result<void> write_starts(const std::filesystem::path& folder, const ColdStartReport& report);

/// Reads it back; figures and counts of failures are computed anew from the starts. Of the dialect its usual
/// route is known, of model files their names. Errors: io, record_unreadable (also of a newer major version).
[[nodiscard]] Result<ColdStartReport> read_starts(const std::filesystem::path& folder);

/// The reverse of to_json(ColdStartReport), as read_starts() does it.
[[nodiscard]] Result<ColdStartReport> starts_from(const Json& json, const std::string& where);

}  // namespace edgeeval
