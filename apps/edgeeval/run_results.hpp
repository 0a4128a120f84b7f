// SPDX-License-Identifier: Apache-2.0
// Runs as compare and gate read them: with every row that a report would show
#pragma once

#include <edgeeval/result.hpp>
#include <string>

#include "decision/result_set.hpp"

namespace edgeeval {

/// read_results() with the rows of make_report(); warnings of the record go to stderr.
[[nodiscard]] Result<ResultSet> read_run_results(const std::string& path);

}  // namespace edgeeval
