// SPDX-License-Identifier: Apache-2.0
// power.csv read back into series of samples
#pragma once

#include <edgeeval/probe.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <vector>

#include "energy/series.hpp"

namespace edgeeval {

/// The last sitting's readings of `sources` from a file that PowerLog wrote, one series a source in their
/// order, values raw as there. Sources that the file does not name have no samples; lines of other sources
/// and a torn last line are passed over. A sitting begins where a source's time falls back. Errors: io;
/// record_unreadable with file and line.
[[nodiscard]] Result<std::vector<energy::Series>> read_power_log(const std::filesystem::path& path,
                                                                 const std::vector<ProbeInfo>& sources);

}  // namespace edgeeval
