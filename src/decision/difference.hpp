// SPDX-License-Identifier: Apache-2.0
// By how much a metric differs between two variants, and how surely
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "decision/compared_metrics.hpp"
#include "decision/result_set.hpp"
#include "stats/mover.hpp"

namespace edgeeval {

/// The second figure less the first, in the metric's unit.
struct Difference {
  Estimated value;
  Evidence evidence = Evidence::intervals;  ///< What it was made from in the end.
  std::size_t pairs = 0;                    ///< Of items, where these were paired.
  std::string note;                         ///< Why no interval could be made; empty where there is one.
};

/// `b` − `a` of a metric that both have, by the best evidence there is: items in pairs (paired bootstrap),
/// energies of one device as a ratio, else both intervals. Without an interval where a figure has none.
[[nodiscard]] Difference difference_of(const Side& a, const Side& b, const ComparedMetric& metric);

/// What a difference says, the margin being in the metric's unit.
enum class Verdict {
  better,     ///< Its whole interval is on the good side, beyond the margin.
  worse,      ///< Its whole interval is on the bad side, beyond the margin.
  same,       ///< Its whole interval is within the margin.
  undecided,  ///< Its interval crosses a margin, is open, or is not known.
};
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// The verdict on the second figure against the first.
[[nodiscard]] Verdict verdict_on(const Estimated& difference, double margin, Direction better);

/// Whether being worse by more than the margin is ruled out, whatever else is not decided.
[[nodiscard]] bool not_worse(const Estimated& difference, double margin, Direction better);

}  // namespace edgeeval
