// SPDX-License-Identifier: Apache-2.0
// A table of texts as aligned lines for a terminal, and as a Markdown table
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/text_table.hpp"

namespace edgeeval {

/// The header and each row as a line, columns two spaces apart and set in by `indent`. The first column and
/// the last `words` ones hold words and stand left, the others hold figures and stand right.
[[nodiscard]] std::vector<std::string> aligned_lines(const TextTable& table, std::size_t words,
                                                     std::size_t indent = 0);

/// As a Markdown table with a blank line after it; every cell is escaped here. Columns stand as above.
[[nodiscard]] std::string markdown_table(const TextTable& table, std::size_t words);

}  // namespace edgeeval
