// SPDX-License-Identifier: Apache-2.0
// Where a series stops depending on how it began.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace edgeeval {

/// How many values at the beginning to leave out, by MSER-5 (White, Cobb and Spratt 2000, "A comparison of
/// five steady-state truncation heuristics for simulation"): the number d of batches of five that makes Σ(y_i
/// − mean)² / (m − d)² over the m − d batch means left smallest; of equals the fewest. Nothing where there
/// are fewer than ten batches, or where the best d lies beyond the first half, which the rule takes as a sign
/// that the series is too short.
[[nodiscard]] std::optional<std::size_t> mser5_truncation(std::span<const double> series);

}  // namespace edgeeval
