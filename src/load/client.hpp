// SPDX-License-Identifier: Apache-2.0
// The load generator: requests sent when they are due, replies stamped by the kernel, on one thread or
// several.
#pragma once

#include <cstdint>
#include <edgeeval/clock.hpp>
#include <edgeeval/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/cancel.hpp"
#include "load/target.hpp"
#include "record/load_file.hpp"
#include "wire/dialect.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {

/// What the client asks for each request, just before it is due. Called on the client's threads.
class RequestSource {
 public:
  virtual ~RequestSource() = default;
  /// The JSON body over `out`, whose memory is reused. Must not block. Returns the prompt's own id (may be
  /// empty).
  /// `planned.index` is the index of the request's record, warm-up included: a salt made of it is used once.
  /// With several threads, calls come from all of them at once.
  virtual std::string_view body(const Planned& planned, std::string& out) = 0;
};

/// Limits of time and memory of one request.
struct RequestLimits {
  double connect_s = 10.0;
  double first_byte_s = 600.0;                ///< From the request written to the first byte of the answer.
  double idle_s = 120.0;                      ///< Between two reads.
  double total_s = 3600.0;                    ///< From issue to the end.
  std::size_t largest_event = 1U << 20U;      ///< Bytes of one event.
  std::size_t largest_head = 64U << 10U;      ///< Bytes of a head.
  std::uint64_t largest_reply = 256U << 20U;  ///< Bytes of a whole reply.
  std::size_t kept_text = 0;                  ///< Bytes of text kept of each reply; 0 = none.
};

/// A load to make.
struct LoadJob {
  Target target;
  Dialect dialect;
  const Schedule* schedule = nullptr;
  RequestSource* source = nullptr;
  int concurrency = 1;  ///< Of a closed loop: requests in flight. Not used in an open loop.
  /// So many requests go before the schedule's, marked as warm-up: in a closed loop as many in flight as
  /// later, in an open loop at the schedule's rate (offline: eight in flight). The measured ones begin once
  /// all of them have ended.
  std::uint64_t warmup = 0;
  bool warmup_until_steady = false;  ///< `warmup` is then the window of a SteadyRule, and it ends by that.
  StopRule stop;
  RequestLimits limits;
  double drain_s = 600.0;  ///< How long requests in flight may take after the last one was sent.
  int threads = 1;
  bool keep_alive = true;         ///< Else a new connection a request.
  int busy_retries = 0;           ///< So often a request that is answered by 503 is sent again, at once.
  bool preconnect = true;         ///< Connections of a closed loop are opened before the phase begins.
  std::vector<int> cpus{};        ///< Cores that the client's threads are pinned to; empty = anywhere.
  std::uint32_t first_index = 0;  ///< Index of the first request (after earlier phases in one record).
};

/// A glance at a load under way.
struct LoadGlance {
  std::uint64_t sent = 0, ended = 0, failed = 0, in_flight = 0, late = 0;
  std::uint64_t tokens = 0;  ///< Events with tokens so far.
  std::optional<std::uint64_t> planned;
  double elapsed_s = 0.0;
  std::optional<double> ttft_ms;  ///< Median of the last requests' first tokens, by user stamps.
  bool warming_up = false;
};

/// What a load tells while it goes on.
struct ClientHooks {
  std::function<void(const LoadGlance&)> on_glance;  ///< A few times a second, on the calling thread.
  std::function<bool()> engine_alive;  ///< False ends the load: what is in flight failed as engine_ended.
  std::function<void()> on_measured;   ///< The warm-up has ended, the measured phase begins now.
};

/// What came of a load.
struct LoadOutcome {
  ClientReport client;
  std::int64_t begun_ns = 0;     ///< CLOCK_MONOTONIC; of the warm-up where there is one.
  std::int64_t measured_ns = 0;  ///< Origin of the schedule's due times.
  std::int64_t ended_ns = 0;
  std::uint64_t sent = 0, ended = 0, failed = 0;
  std::uint64_t warmup = 0;  ///< Of those that were sent.
  bool steady = false;       ///< A warm-up until steady ended so, and not at its bounds.
  bool cancelled = false;
  bool engine_ended = false;
  std::vector<std::string> warnings;
};

/// Makes the load; every request and event goes to the sinks, one a thread (`sinks.size() == job.threads`).
///
/// An open loop sends each request when it is due whatever is in flight; what is late is sent and counted,
/// never dropped. A closed loop keeps `concurrency` in flight. A request is tried again only where a reused
/// connection brought not one byte, and where a busy server (503) is to be asked again: its record then tells
/// of the last try. Failures are records, not errors. Cancelling ends sending, and what is in flight is
/// recorded as cancelled. Errors: io where the client itself cannot work (no epoll, no sockets at all),
/// unavailable where the system refuses it a thread, usage.
[[nodiscard]] Result<LoadOutcome> run_load(const LoadJob& job, const std::vector<LoadSink*>& sinks,
                                           const CancelToken& cancel, const ClientHooks& hooks = {});

/// One small request and its whole answer, for probing and scraping. Errors: io, timed_out, unavailable.
struct SmallReply {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case.
};
[[nodiscard]] Result<SmallReply> call_once(const Target& target, const std::string& path,
                                           const std::string& body, double timeout_s);

}  // namespace edgeeval
