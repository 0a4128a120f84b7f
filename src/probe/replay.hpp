// SPDX-License-Identifier: Apache-2.0
// Readings from a recording, as if they were made now: for demonstrations and tests
#pragma once

#include <edgeeval/clock.hpp>
#include <filesystem>
#include <memory>
#include <vector>

#include "probe/value_probe.hpp"

namespace edgeeval {

/// Opens a CSV file of recorded readings, one probe a column. The header names what stands below:
/// "t_s" first, then "<domain>_j" for cumulative joules or "<domain>_w" for watts ("t_s,cpu_j,gpu0_w"). Time
/// 0 is now; between two rows the earlier one shows, as a sensor shows its last value; an empty cell is a
/// reading that failed. Blank lines at the end are no rows. After the last row every read fails: the
/// recording is over.
///
/// Their grade is `published`: somebody's sensor may have measured them, but not here and not now, and
/// nothing in this run can check them; they are no model's output either, so `modelled` would claim an
/// interval that they lack. Errors: io; invalid_table with file, line and column.
[[nodiscard]] Result<std::vector<std::unique_ptr<Probe>>> open_replay(const std::filesystem::path& file,
                                                                      const Clock& clock);

}  // namespace edgeeval
