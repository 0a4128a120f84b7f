// SPDX-License-Identifier: Apache-2.0
// A comparison of runs as text for a terminal, Markdown and JSON
#pragma once

#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "decision/compare.hpp"

namespace edgeeval {

/// The formats: "console", "json", "md".
[[nodiscard]] std::vector<std::string> compare_formats();

/// The comparisons in a format. Errors: usage (no such format).
[[nodiscard]] Result<std::string> compare_as(const std::string& format,
                                             const std::vector<Comparison>& comparisons, bool colour);

}  // namespace edgeeval
