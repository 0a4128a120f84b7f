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

/// The variants of `task` with score, energy and the five metrics.
[[nodiscard]] TextTable variant_table(const StudyReport& report, const std::string& task);

/// The tasks of a report, in the order of its variants.
[[nodiscard]] std::vector<std::string> tasks_of(const StudyReport& report);

/// The line that explains the signs.
[[nodiscard]] std::string sign_line();

}  // namespace edgeeval
