// SPDX-License-Identifier: Apache-2.0
// A load as figures see it: its requests, what their events told, and the stretches that figures are made
// over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "serving/replies.hpp"
#include "serving/summary.hpp"

namespace edgeeval {

/// Requests and replies side by side, by position.
struct LoadView {
  const LoadRecord& load;
  ReplyTable table;
  std::vector<ReplyTokens> tokens;
  [[nodiscard]] const std::vector<RequestRecord>& requests() const { return load.requests; }
  /// Whether the request at `i` is measured and ended well: what latencies are made of.
  [[nodiscard]] bool counts(std::size_t i) const { return is_measured(requests()[i]) && requests()[i].ok(); }
};

/// What stands beside every figure that token counts are in, where some are not the server's own; empty where
/// all are.
[[nodiscard]] std::string retokenised_note(const LoadView& view);

/// Reads all events. Errors: those of the stream.
[[nodiscard]] Result<LoadView> view_load(LoadRecord& load);

/// A stretch of CLOCK_MONOTONIC, both ends within it.
struct Stretch {
  std::int64_t begin_ns = 0, end_ns = 0;
  [[nodiscard]] bool holds(std::int64_t ns) const { return begin_ns <= ns && ns <= end_ns; }
  [[nodiscard]] double seconds() const { return static_cast<double>(end_ns - begin_ns) * 1e-9; }
};

/// From the first issue to the last completion of measured requests; nothing where none was issued.
[[nodiscard]] std::optional<Stretch> whole_window(const LoadView& view);

/// Mean times in the system that a steady window must last, and replies a slot in flight that it must bring.
/// A window that begins or ends in a burst of completions counts up to as many too many as are in flight: of
/// the X·T = N·T/R that fall into it (N in flight, R in the system, by Little's law) that is R/T, or 5 %
/// here.
inline constexpr double kLeastResidences = 20.0;

/// The steady window: MSER-5 on request latencies in order of completion says how many completions belong to
/// the start; it begins with the last of them (at least with the first completion, so that the filling of the
/// server is not in it) and ends with the last send, so that the emptying is not either. Where the rule finds
/// no steady part, or it holds fewer than twenty completions or lasts less than kLeastResidences mean times
/// from sending to close, there is none: why, in words.
[[nodiscard]] tl::expected<SteadyWindow, std::string> steady_window(const LoadView& view,
                                                                    const Stretch& whole);

/// Time integral of measured requests in flight (issued to closed) over `window` ÷ its length.
[[nodiscard]] double mean_in_flight(const LoadView& view, const Stretch& window);

}  // namespace edgeeval
