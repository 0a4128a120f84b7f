// SPDX-License-Identifier: Apache-2.0
// The table of variants that console and Markdown share.
#pragma once

#include <edgeeval/reporter.hpp>
#include <string>
#include <vector>

namespace edgeeval {

/// Header cells and one row of cells a variant.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// A table for a terminal: a line a row, the first column to the left, the others to the right; control
/// characters made harmless.
[[nodiscard]] std::string plain_text(const TextTable& table);

/// The width of each column.
[[nodiscard]] std::vector<std::size_t> widths_of(const TextTable& table);

/// One line of cells, padded to `widths`.
[[nodiscard]] std::string line_of(const std::vector<std::string>& cells,
                                  const std::vector<std::size_t>& widths);

/// A table as Markdown, text of others made harmless, with an empty line after it.
[[nodiscard]] std::string markdown_text(const TextTable& table);

/// The variants of `task` with score, energy and the five metrics.
[[nodiscard]] TextTable variant_table(const StudyReport& report, const std::string& task);

/// The tasks of a report, in the order of its variants.
[[nodiscard]] std::vector<std::string> tasks_of(const StudyReport& report);

/// The line that explains the signs.
[[nodiscard]] std::string sign_line();

}  // namespace edgeeval
