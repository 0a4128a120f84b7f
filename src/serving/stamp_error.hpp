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

/// The error of a token event's stamp against the moment when its last byte had arrived; events without tokens
/// are not in it. Two parts are added, each by its median and 99th percentile:
/// - Kernel stamps are mapped from the real-time clock by pairs of readings, so each is off by at most half a
///   pair's width. User stamps are off by the delay against kernel stamps that the client found; mixed ones
///   are judged as user stamps.
/// - A stamp is that of the last byte of a read (docs.kernel.org/networking/timestamping), so that the last
///   token event of a read has it for itself, whatever came before. One that another token event of the reply
///   follows in its read may have come earlier: by at most the time since the read before, nor by longer than
///   the client lets bytes wait (99 %).
/// What ends a reply (finish, usage, end mark) is taken to have been sent with its last token: where a server
/// holds it back, and the client is late by as long, that token's stamp is late unseen.
/// A bound, and no measurement: check_stamps() (bench/stamp_check.hpp) measures.
[[nodiscard]] StampError stamp_error(const LoadView& view);

/// How client stamps enter a metric.
enum class StampUse { none, one, gap, per_token };

/// That of a metric which uses stamps as `use` says: one stamp against the client's own clock, a difference
/// of two, or such a difference spread over `tokens` tokens.
[[nodiscard]] std::optional<double> error_in_metric(const StampError& error, StampUse use, double tokens);

}  // namespace edgeeval
