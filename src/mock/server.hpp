// SPDX-License-Identifier: Apache-2.0
// A scripted server of token streams, on one thread: an oracle to measure clients against.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <memory>
#include <optional>
#include <string>

#include "core/cancel.hpp"
#include "mock/script.hpp"

namespace edgeeval::mock {

/// What a server did, from its start to its end.
struct Totals {
  std::uint64_t connections = 0;
  std::uint64_t requests = 0;  ///< For replies; routes such as /health are not among them.
  std::uint64_t other_requests = 0;
  std::uint64_t completed = 0;  ///< Replies sent to their end, faults included.
  std::uint64_t abandoned = 0;  ///< Replies whose client went away, or that the end of the server cut off.
  std::uint64_t faults = 0;     ///< Replies with a fault.
  std::uint64_t events = 0;     ///< Events with tokens.
  std::uint64_t tokens = 0;
  std::uint64_t bytes = 0;           ///< Sent, heads and framing included.
  std::uint64_t blocked_events = 0;  ///< Events that had to wait for a slow reader.
  std::uint64_t most_streams = 0;    ///< The most replies under way at once.
  double cpu_s = 0.0;                ///< Of this thread (s), user and kernel.
  double wall_s = 0.0;
  /// Events with tokens (s): from when they were due to just before the call that sent them.
  std::optional<double> late_p50_s{};
  std::optional<double> late_p99_s{};
  std::optional<double> late_max_s{};
  /// The timer (s): from when the first of what was due was due to the server's looking at it. The streams of
  /// a batch step are then served in turn, so that their events are later than this.
  std::optional<double> wake_p50_s{};
  std::optional<double> wake_p99_s{};
};

/// The server. Holds its port from start() on.
class MockServer {
 public:
  /// Binds the port and, where the script does not say otherwise, listens. Errors: usage, port_taken, io, and
  /// invalid_study for a capture that is none.
  [[nodiscard]] static Result<MockServer> start(Script script);
  MockServer(MockServer&&) noexcept;
  MockServer& operator=(MockServer&&) noexcept;
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;
  ~MockServer();

  /// The port it is bound to.
  [[nodiscard]] std::uint16_t port() const;
  /// Serves on this thread until `stop` is requested; seen within a tenth of a second. Errors: io (the log).
  [[nodiscard]] Result<Totals> run(const CancelToken& stop);

 private:
  struct Impl;
  explicit MockServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeeval::mock
