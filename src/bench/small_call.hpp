// SPDX-License-Identifier: Apache-2.0
// Small requests to a target by the load generator's own sockets, for probing and scraping.
#pragma once

#include "core/cancel.hpp"
#include "load/target.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// call_once() with a target and a limit (s) of its own; may be called from any thread. `cancel`, where
/// given, must outlive it, and ends a call that waits.
[[nodiscard]] SmallCall small_call(const Target& target, double timeout_s,
                                   const CancelToken* cancel = nullptr);

}  // namespace edgeeval
