// SPDX-License-Identifier: Apache-2.0
// How far the stamps that figures are made of may be off.
#pragma once

#include <optional>
#include <string>

#include "serving/load_view.hpp"

namespace edgeeval {

/// Bounds of a stamp's error (s), and which stamps they are: "kernel", "user" or "mixed".
struct StampError {
  std::optional<double> p50_s, p99_s;  ///< Absent where the record does not tell.
  std::string stamps;
};

/// Kernel stamps are mapped from the real-time clock by pairs of readings, so a stamp is off by at most half
/// a pair's width (the median and the 99th percentile over the pairs); a token event that shared its read is
/// stamped too late by at most the time since the read before, which enters by its own quantiles over all
/// token events. User stamps are off by the delay against kernel stamps that the client found (median and
/// 99th percentile); mixed ones are judged as user stamps.
[[nodiscard]] StampError stamp_error(const LoadView& view);

/// How client stamps enter a metric.
enum class StampUse { none, one, gap, per_token };

/// That of a metric which uses stamps as `use` says: one stamp against the client's own clock, a difference
/// of two, or such a difference spread over `tokens` tokens.
[[nodiscard]] std::optional<double> error_in_metric(const StampError& error, StampUse use, double tokens);

}  // namespace edgeeval
