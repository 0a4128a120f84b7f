// SPDX-License-Identifier: Apache-2.0
// Rows of a JSON table: an array of flat objects, read as the CSV it could have been.
#pragma once

#include "tables/csv.hpp"

namespace edgeeval {

/// Reads `path` object by object; the first one's keys are the header, and every other must have the same
/// keys, each once. Numbers come as they were written; null is an empty field. A row's line is that of its
/// opening brace. Errors: io; invalid_table for broken JSON, numbers no double holds, nested values, missing,
/// repeated and unknown keys, with file and line.
[[nodiscard]] Result<void> read_json_rows(const std::filesystem::path& path, const OnCsvRow& on_header,
                                          const OnCsvRow& on_row);

}  // namespace edgeeval
