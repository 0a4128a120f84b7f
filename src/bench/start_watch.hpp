// SPDX-License-Identifier: Apache-2.0
// One cold start watched from the created process to its settled latency: the state machine and its stamps.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <functional>
#include <optional>
#include <string>

#include "bench/cold_start.hpp"
#include "bench/launched_server.hpp"
#include "bench/server_contact.hpp"
#include "core/cancel.hpp"

namespace edgeeval {

/// What is known of the server from earlier starts, or from the caller.
struct KnownServer {
  std::optional<Dialect> dialect;
  std::string model;
  std::string version;
};

/// What a watch looks at and asks. All references outlive it.
struct WatchedStart {
  const ColdStartJob& job;
  LaunchedServer& server;
  ServerContact& contact;
  const CancelToken& cancel;
  KnownServer& known;                           ///< Completed by the first start that recognises the server.
  std::function<void()> mark;                   ///< Called at each moment, for samples of energy there.
  std::function<void(const std::string&)> say;  ///< What happened: "ready after 1.84 s".
};

/// Watches one start and fills `repeat`, as far as it gets. Errors: engine_missing (its shell found no such
/// program), engine_failed (ended, refused, answers that make no sense), timed_out, cancelled, io.
[[nodiscard]] Result<void> watch_start(const WatchedStart& start, ColdStartRepeat& repeat);

}  // namespace edgeeval
