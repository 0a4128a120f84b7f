// SPDX-License-Identifier: Apache-2.0
// What the report page's script computes with: a report and its decision as one JSON text.
#pragma once

#include <edgeeval/reporter.hpp>
#include <string>

namespace edgeeval {

/// `report` as JSON for a `<script type="application/json">` element. What could end that element, or begin
/// markup or a comment in it, is written as \u escapes, so that no text of the record leaves its string.
/// Keys: schema, study, grades, inputs (economics::input_table()), sources (texts that facts name by their
/// place), variants, ledger, decision (null where nothing was decided), formulas (of decision_metrics(), by
/// id).
[[nodiscard]] std::string page_data(const StudyReport& report);

/// JSON text in which <, >, &, U+2028 and U+2029 are \u escapes.
[[nodiscard]] std::string script_safe(std::string_view json);

}  // namespace edgeeval
