// SPDX-License-Identifier: Apache-2.0
// Sets of results in memory, for tests of the decision layer
#pragma once

#include <string>
#include <utility>

#include "decision/result_set.hpp"

namespace edgeeval {

/// `record` with its rows, as read from its folder.
inline ResultSet results_of(RunRecord record, std::string name = "run") {
  auto rows = compute_metrics(record);
  return {std::move(name), std::move(record), std::move(rows), true};
}

/// One variant of it; the variant must be there.
inline Side side(const ResultSet& results, const std::string& variant) {
  return {&results, find_variant(results, variant)};
}

}  // namespace edgeeval
