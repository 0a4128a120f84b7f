// SPDX-License-Identifier: Apache-2.0
// The sections of a study's page that say whether it pays: decision, what-if, two ways to count, findings.
#pragma once

#include <edgeeval/reporter.hpp>
#include <iosfwd>

namespace edgeeval::html {

/// One box a task with what to do, how sure, and what would turn it; then every variant's decision as a
/// table.
void decision_section(const StudyReport& report, std::ostream& out);

/// The place for sliders and the charts that follow them; says so where the page has no script.
void what_if_section(const StudyReport& report, bool has_script, std::ostream& out);

/// The paper's break-even beside the whole reckoning, and why they differ.
void two_ways_section(const StudyReport& report, std::ostream& out);

/// The paper's questions answered from this study's own data.
void findings_section(const StudyReport& report, std::ostream& out);

/// The assumptions of the decision with value, range, grade and source.
void assumptions_table(const StudyReport& report, std::ostream& out);

}  // namespace edgeeval::html
