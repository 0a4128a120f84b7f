// SPDX-License-Identifier: Apache-2.0
// Every metric there is, of studies and of loads, under one roof: what people look up and documents are made
// of.
#pragma once

#include <edgeeval/metrics.hpp>
#include <string_view>
#include <vector>

namespace edgeeval {

/// The mode under which serving metrics stand in the registry.
inline constexpr std::string_view kServingMode = "serving";

/// Those of a study, those that a decision adds, and those of a load's serving, in this order. Ids are
/// unique.
[[nodiscard]] const std::vector<MetricDefinition>& metric_registry();

/// The one with this id, or nullptr.
[[nodiscard]] const MetricDefinition* find_metric(std::string_view id);

}  // namespace edgeeval
