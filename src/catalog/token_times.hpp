// SPDX-License-Identifier: Apache-2.0
// The formula of the metric `tpot`, which loads and studies compute alike.
#pragma once

#include <cstdint>
#include <optional>

namespace edgeeval {

/// What of a reply's stream its time per output token is made of.
struct TokenSpan {
  double first_s = 0.0;            ///< Stamp of the first event that carries a token.
  double last_s = 0.0;             ///< Stamp of the last.
  std::uint64_t tokens = 0;        ///< N: in the stream's events.
  std::uint64_t first_tokens = 1;  ///< k_first: in the first of them; 1 where it is not told.
};

/// (last − first) ÷ (N − k_first), in seconds: the time of the tokens that came after the first event, for
/// those alone. Nothing where N <= k_first (research, loadgen.md section 2 "Adopt").
[[nodiscard]] constexpr std::optional<double> time_per_output_token(const TokenSpan& span) {
  if (span.tokens <= span.first_tokens) return std::nullopt;
  return (span.last_s - span.first_s) / static_cast<double>(span.tokens - span.first_tokens);
}

}  // namespace edgeeval
