// SPDX-License-Identifier: Apache-2.0
// The metrics that a decision adds to the table: what their ids mean. src/decision computes them.
#pragma once

#include <edgeeval/metrics.hpp>
#include <vector>

namespace edgeeval {

/// Their definitions, in the order of a variant's rows.
[[nodiscard]] const std::vector<MetricDefinition>& decision_metrics();

}  // namespace edgeeval
