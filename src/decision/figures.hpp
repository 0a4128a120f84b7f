// SPDX-License-Identifier: Apache-2.0
// A study's figures by variant and metric.
#pragma once

#include <edgeeval/metrics.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgeeval {

/// Finds values among rows. The rows must outlive it.
class Figures {
 public:
  explicit Figures(const std::vector<MetricRow>& rows) {
    for (const auto& row : rows) {
      if (row.value) index_.try_emplace({row.variant, row.metric}, &*row.value);
    }
  }
  /// A variant's metric in whatever mode it has; null where it is absent.
  [[nodiscard]] const Fact* find(std::string_view variant, std::string_view metric) const {
    const auto found = index_.find({variant, metric});
    return found == index_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::pair<std::string_view, std::string_view>, const Fact*> index_;
};

}  // namespace edgeeval
