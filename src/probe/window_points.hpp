// SPDX-License-Identifier: Apache-2.0
// A window's energy by measuring point, from the series of all sources
#pragma once

#include <edgeeval/probe.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "energy/estimate.hpp"
#include "energy/reconcile.hpp"
#include "energy/series.hpp"

namespace edgeeval {

/// What a measuring point tells of a window.
struct PointEstimate {
  ProbeInfo info;  ///< Of the source that speaks for the point; its id is the point.
  energy::EstimateResult result;
};

/// Power at rest by measuring point.
using IdleBaselines = std::map<std::string, energy::IdleBaseline>;

/// The energy of `window` at each measuring point, in the order in which `series` first names them: a counter
/// and the watts of one point are reconciled, a model stands alone. Pass samples on either side of the
/// window.
[[nodiscard]] std::vector<PointEstimate> estimate_points(const std::vector<energy::Series>& series,
                                                         energy::Span window);

/// The energies of two stretches that follow each other, of these lengths, as one. Bounds are added, which is
/// exact where they are hard and cautious where they hold at 95 %. A point that was not measured in one of
/// them is not measured in all.
[[nodiscard]] std::vector<PointEstimate> join_points(const std::vector<PointEstimate>& first, double first_s,
                                                     std::vector<PointEstimate> second, double second_s);

/// Power at rest from a window without work: the mean of up to ten blocks, each of half a second or ten
/// periods of the slowest sensor at least, and the standard error of their mean. Where only one block fits,
/// the standard error comes from its own bounds. Points that cannot be measured are left out.
[[nodiscard]] IdleBaselines idle_baselines(const std::vector<energy::Series>& series, energy::Span window,
                                           const std::string& state);

}  // namespace edgeeval
