// SPDX-License-Identifier: Apache-2.0
// A closed loop: so many requests in flight, the next one sent as soon as one has ended.
#pragma once

#include <cstddef>
#include <edgeeval/clock.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <functional>
#include <vector>

#include "core/cancel.hpp"
#include "load/chat.hpp"
#include "load/exchange.hpp"

namespace edgeeval {

/// What is asked, of whom, and how hard.
struct LoadPlan {
  Endpoint endpoint;
  std::vector<ChatRequest> requests;
  int concurrency = 1;
  double request_timeout_s = 60.0;
  int retries = 3;  ///< Of a request answered by 503 (the engine is busy or loading).
};

/// Who is told what, and who may stop the loop.
struct LoadHooks {
  std::function<void(std::size_t done, std::size_t total)> on_progress;
  std::function<bool()> engine_alive;  ///< False ends the loop: what is left is recorded as failed.
};

/// Sends every request once and returns their timelines in the order of `requests`; times are seconds from
/// `epoch`. A request that fails is a timeline with ok = false and the reason. Errors: cancelled; io where no
/// socket can be had.
[[nodiscard]] Result<std::vector<RequestTimeline>> run_closed_loop(const LoadPlan& plan, const Clock& clock,
                                                                   SteadyTime epoch,
                                                                   const CancelToken& cancel,
                                                                   const LoadHooks& hooks);

}  // namespace edgeeval
