// SPDX-License-Identifier: Apache-2.0
// The metrics of a study: what their ids mean. src/metrics computes them.
#pragma once

#include <edgeeval/metrics.hpp>
#include <vector>

namespace edgeeval {

/// Their definitions, in the order of a variant's rows; those that a decision adds are not among them.
[[nodiscard]] const std::vector<MetricDefinition>& study_metrics();

}  // namespace edgeeval
