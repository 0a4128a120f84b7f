// SPDX-License-Identifier: Apache-2.0
// The life-cycle ledger as tables: per variant for a glance, per stage with intervals.
#pragma once

#include <edgeeval/reporter.hpp>
#include <string>

#include "report/text_table.hpp"

namespace edgeeval {

/// The variants of `task` with the energy of each phase, gross and in brackets net (J), watts with the model
/// resident and nothing in flight ("idle W"), and the share of the joules that a sensor measured. Columns without any figure are left out; without any
/// row where there is no energy at all.
[[nodiscard]] TextTable energy_table(const StudyReport& report, const std::string& task);

/// What stands above that table.
[[nodiscard]] std::string energy_title(const StudyReport& report);

/// Every stage in the order of the work, a served variant in its phases: outcome, time, gross and net energy with
/// intervals, measured share, and what is to be known of them.
[[nodiscard]] TextTable stage_table(const StudyReport& report);

}  // namespace edgeeval
