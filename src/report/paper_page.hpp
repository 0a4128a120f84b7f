// SPDX-License-Identifier: Apache-2.0
// The published study's metrics and claims as one self-contained HTML page.
#pragma once

#include <string>

#include "paper/paper_report.hpp"

namespace edgeeval {

/// Claims with verdicts and the rows behind them, then all variants with their metrics and flags. Loads
/// nothing; text of the tables is escaped.
[[nodiscard]] std::string paper_page(const paper::PaperReport& report);

}  // namespace edgeeval
