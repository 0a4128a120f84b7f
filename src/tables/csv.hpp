// SPDX-License-Identifier: Apache-2.0
// Rows of a CSV file, with the line each began on.
#pragma once

#include <cstddef>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace edgeeval {

/// One record of a CSV file; `fields` is reused for the next record.
struct CsvRow {
  std::size_t line = 0;  ///< Line of the file on which the record begins, from 1.
  const std::vector<std::string>& fields;
};

/// What is done with a row; an error ends the reading.
using OnCsvRow = std::function<Result<void>(const CsvRow&)>;

/// Reads `path` record by record: RFC 4180 with CRLF or LF, a UTF-8 byte order mark and blank lines allowed.
/// The first record is the header and goes to `on_header`. Every other record must have as many fields.
/// Errors: io; invalid_table for malformed quoting or a wrong number of fields, with file and line.
[[nodiscard]] Result<void> read_csv(const std::filesystem::path& path, const OnCsvRow& on_header,
                                    const OnCsvRow& on_row);

}  // namespace edgeeval
