// SPDX-License-Identifier: Apache-2.0
// Every serving metric: what it is called, what it means, in what unit, and whose definition it is.
#pragma once

#include <span>
#include <string_view>

namespace edgeeval {

/// One serving metric.
struct ServingMetric {
  std::string_view id;          ///< "ttft_service".
  std::string_view title;       ///< "Time to first token, from sending".
  std::string_view unit;        ///< "s", "tok/s", "req/s", "1", "J"…
  std::string_view definition;  ///< In one sentence, as a formula over the record's stamps.
  std::string_view source;      ///< Where the definition is from.
  bool less_is_better = true;
  bool per_request =
      false;  ///< A distribution over requests; else over tokens or chunks, or a single figure.
  bool distribution = false;  ///< Has quantiles.
};

/// Ids by which figures are made and looked for: one name for both, so that neither can go astray.
inline constexpr std::string_view kRequestRate = "request_rate";
inline constexpr std::string_view kOutputRate = "output_rate";

/// All of them, in the order in which reports show them.
[[nodiscard]] std::span<const ServingMetric> serving_metrics();
/// The one with this id, or nullptr.
[[nodiscard]] const ServingMetric* find_serving_metric(std::string_view id);

}  // namespace edgeeval
