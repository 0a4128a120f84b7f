// SPDX-License-Identifier: Apache-2.0
// Objectives of a service, judged a request.
#pragma once

#include <vector>

#include "serving/load_view.hpp"

namespace edgeeval {

/// The id of the per-request metric that an objective on `metric` is judged on: a reply's longest gap for an
/// inter-token latency, the metric itself otherwise.
[[nodiscard]] std::string_view judged_metric(std::string_view metric);

/// Whether the request at `i` ended well and met every objective. A metric that it has no value of (the TPOT
/// of a reply of one token) cannot be missed; a first token that never came can.
[[nodiscard]] bool meets(const LoadView& view, std::size_t i,
                         const std::vector<ServiceObjective>& objectives);

}  // namespace edgeeval
