// SPDX-License-Identifier: Apache-2.0
#include "catalog/metric_registry.hpp"

#include <algorithm>

#include "catalog/decision_metrics.hpp"
#include "catalog/serving_metrics.hpp"
#include "catalog/study_metrics.hpp"

namespace edgeeval {
namespace {

MetricDefinition definition_of(const ServingMetric& metric) {
  return {std::string(metric.id),
          std::string(kServingMode),
          std::string(metric.title),
          std::string(metric.unit),
          std::string(metric.definition),
          std::string(metric.source),
          metric.less_is_better ? Direction::lower_is_better : Direction::higher_is_better};
}

}  // namespace

const std::vector<MetricDefinition>& metric_registry() {
  static const std::vector<MetricDefinition> kRegistry = [] {
    auto all = study_metrics();
    const auto& decided = decision_metrics();
    all.insert(all.end(), decided.begin(), decided.end());
    for (const auto& metric : serving_metrics()) all.push_back(definition_of(metric));
    return all;
  }();
  return kRegistry;
}

const MetricDefinition* find_metric(std::string_view id) {
  const auto& all = metric_registry();
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const auto& metric) { return metric.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace edgeeval
