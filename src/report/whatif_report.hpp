// SPDX-License-Identifier: Apache-2.0
// A study decided twice, before and after a change of its assumptions, as text and JSON.
#pragma once

#include <edgeeval/record.hpp>
#include <string>
#include <vector>

#include "decision/decision.hpp"
#include "report/text_table.hpp"

namespace edgeeval {

/// Two decisions on one record.
struct WhatIf {
  StudyDecision before;
  StudyDecision after;
  std::vector<std::string> changes;  ///< "rent_usd_per_h=0.5".
  std::string variant;               ///< The only one to show; empty: all.
};

/// One line a variant: decision, probability, cost, floor and break-even, "before → after" where they differ.
[[nodiscard]] TextTable whatif_table(const RunRecord& record, const WhatIf& whatif);

/// The table with what changed above it and the levers after the change below it, for a terminal.
[[nodiscard]] std::string whatif_text(const RunRecord& record, const WhatIf& whatif);

/// The same as one JSON object: changes, scenario, variants with before and after.
[[nodiscard]] std::string whatif_json(const RunRecord& record, const WhatIf& whatif);

/// Every key: unit, range, value with its spread, source.
[[nodiscard]] std::string scenario_list_text(const CostScenario& scenario);
[[nodiscard]] std::string scenario_list_json(const CostScenario& scenario);

}  // namespace edgeeval
