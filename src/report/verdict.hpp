// SPDX-License-Identifier: Apache-2.0
// Which variant to take, as far as the items and the joules can tell
#pragma once

#include <edgeeval/reporter.hpp>
#include <string>
#include <vector>

namespace edgeeval {

/// The verdict on one task. A variant takes the place of the one with the best score only where a loss of
/// more than the margin (5 points of token F1, and a fifth of the best score at most) is ruled out at 95 %,
/// and where its energy is less with its whole interval; else the sentence says that the items cannot decide.
[[nodiscard]] std::string verdict_for(const StudyReport& report, const std::string& task);

/// What adaptation did to the score on one task, with the number of items, one sentence a variant.
[[nodiscard]] std::vector<std::string> adaptation_effects(const StudyReport& report, const std::string& task);

/// A sentence for each task whose variants were not all scored on the same items.
[[nodiscard]] std::vector<std::string> unequal_items(const StudyReport& report, const std::string& task);

}  // namespace edgeeval
