// SPDX-License-Identifier: Apache-2.0
// Each request's own figures: latencies from their stamps, lengths from their counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "serving/load_view.hpp"
#include "serving/stamp_error.hpp"

namespace edgeeval {

/// One per-request metric: how it is made of the request at a position. Nothing where it has no value there.
struct RequestMetric {
  std::string_view id;
  std::optional<double> (*value)(const LoadView& view, std::size_t i) = nullptr;
  StampUse stamps = StampUse::none;
  bool failed_too = false;  ///< Failed requests have it as well: it is the client's own doing.
  bool when_there =
      false;  ///< Its absence is not an undefined value: a connection that was reused has no time to connect.
};

/// All of them.
[[nodiscard]] const std::vector<RequestMetric>& request_metrics();
/// The one with this id, or nullptr.
[[nodiscard]] const RequestMetric* find_request_metric(std::string_view id);

/// Time per output token after the first (s), or nothing: see ReplyTokens and docs of the metric `tpot`.
[[nodiscard]] std::optional<double> tpot_of(const LoadView& view, std::size_t i);

}  // namespace edgeeval
