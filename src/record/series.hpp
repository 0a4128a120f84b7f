// SPDX-License-Identifier: Apache-2.0
// Several loads in one file of JSON lines: a line about all of them, then each load's lines, which bear its
// name.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// One load on its way into such a file.
struct SeriesLoad {
  std::string name;                          ///< "step-01".
  std::function<Result<LoadRecord>()> open;  ///< Called once, so that one load at a time is in memory.
};

/// Writes `index`, a JSON object of "type" "series" on one line, then every load as write_timelines does;
/// each of its lines, header first, begins with the member "load", its name (docs/record-format.md). `path`
/// "-" is stdout. Errors: those of `open`, io, disk_full.
[[nodiscard]] Result<void> write_series(const std::string& index, const std::vector<SeriesLoad>& loads,
                                        const std::filesystem::path& path);

/// The first line of such a file; nothing where `file` is none (a single load's, or no file at all). Error:
/// io.
[[nodiscard]] Result<std::optional<std::string>> series_index(const std::filesystem::path& file);

/// Reads the load `name` of such a file. Errors: as read_load; record_unreadable where it is not in it.
[[nodiscard]] Result<LoadRecord> read_load_of_series(const std::filesystem::path& file,
                                                     const std::string& name);

/// What a line of such a file begins with.
struct SeriesLine {
  std::string_view load;  ///< Names hold nothing that JSON writes otherwise.
  bool header = false;    ///< Of a load; else a request's.
};
/// Nothing where the line has no such beginning.
[[nodiscard]] std::optional<SeriesLine> series_line(std::string_view line);

}  // namespace edgeeval
