// SPDX-License-Identifier: Apache-2.0
// What a server tells of its own times, held against the same stretches as the wire shows them.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// A time that the server tells of itself against the same stretch as the wire shows it, over the measured
/// requests that succeeded and have both. What differs is queueing, HTTP, the chat template, and the way
/// between.
struct TimingCheck {
  std::string name;  ///< "prompt_ms".
  std::string wire;  ///< What it is held against: "time to first token, from sending".
  std::uint64_t requests = 0;
  double server_p50_s = 0.0, wire_p50_s = 0.0;
  double difference_p50_s = 0.0, difference_p99_s = 0.0;  ///< Wire less server.
};

/// Those for which any request has both sides: prompt_ms and first_token_ms against the first token from
/// sending, predicted_ms against first to last token, total_ms against sending to last token. Errors: as the
/// events' reading.
[[nodiscard]] Result<std::vector<TimingCheck>> check_timings(LoadRecord& load);

}  // namespace edgeeval
