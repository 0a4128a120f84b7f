// SPDX-License-Identifier: Apache-2.0
// Cold starts as a measured scenario: a server's command started again and again, each phase stamped and
// weighed.
#pragma once

#include <cstdint>
#include <edgeeval/clock.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/launched_server.hpp"
#include "bench/server_contact.hpp"
#include "core/cancel.hpp"
#include "load/target.hpp"
#include "probe/window_meter.hpp"

namespace edgeeval {

/// What is done to the page cache before each start: a start from memory and one from the disk are different
/// experiments.
enum class CacheWish {
  as_is,    ///< Nothing; what is resident is recorded.
  warm,     ///< The model files are read to their end.
  evicted,  ///< The kernel is asked to drop their pages.
};
[[nodiscard]] std::string_view to_string(CacheWish wish);

/// What to start, how often, and what to ask.
struct ColdStartJob {
  std::string command;             ///< As `--launch` gives it; "{port}" stands for a free port.
  std::optional<Target> target{};  ///< Where it listens; its port gives way to "{port}". Absent: 127.0.0.1.
  std::optional<ServerKind> server{};  ///< Absent: found by asking, in the first start that gets so far.
  std::optional<Dialect> dialect{};    ///< Where the caller has chosen it whole; then `server` is not used.
  std::string model{};                 ///< Absent: what the server calls its first.
  int repeats = 5;
  double timeout_s = 600.0;  ///< From the spawn to the end of the first reply; then for each further request.
  std::vector<std::filesystem::path>
      model_files{};  ///< Files or folders, beside those that the command names.
  CacheWish cache = CacheWish::as_is;
  std::filesystem::path folder;  ///< Where the logs go: cold-start-<n>.log.
  std::string prompt = "Say in one sentence what a page cache is.";
  std::uint32_t max_tokens = 16;
  int settle_requests = 0;     ///< So many more requests after the first, one at a time; 0 = none.
  double settle_share = 0.05;  ///< Settled: within this share of the steady latency.
  double unclear_s = 10.0;     ///< How long answers may make no sense before that counts as a failure.
  double stop_grace_s = 10.0;  ///< From SIGTERM to SIGKILL.
  double rest_s = 1.0;         ///< Between a start's end and the next, and for lagging sensors.
};

/// A moment of a start, seconds from just before the process was created.
struct StartMoment {
  double at_s = 0.0;
  double not_before_s =
      0.0;  ///< The last look at which it had not come yet; equals at_s where it was not looked for.
};

/// A model file before and after a start.
struct CachedFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::optional<double> before;  ///< Share of its pages resident just before the start.
  std::optional<double> after;   ///< And after its first token: what the server has read, or mapped.
};

/// One request after the first.
struct SettleRequest {
  int number = 1;                   ///< The first request is 1.
  std::optional<double> latency_s;  ///< From its issue to its last token; absent where it failed.
  double ended_s = 0.0;             ///< From the spawn.
};

/// One start.
struct ColdStartRepeat {
  int number = 1;
  int port = 0;
  std::int64_t spawned_ns = 0;           ///< CLOCK_MONOTONIC; 0 where nothing was started.
  std::optional<StartMoment> accepting;  ///< A connection is accepted.
  std::optional<StartMoment> ready;  ///< The readiness route says so; absent for servers that load lazily.
  std::optional<StartMoment> first_token;  ///< The first token of the first request is here.
  std::optional<StartMoment> first_reply;  ///< Its last token is.
  std::optional<StartMoment> settled;      ///< The end of the first request within `settle_share` of steady.
  bool refused_first = false;              ///< Connections were refused at first.
  bool loading_seen = false;               ///< It accepted and said that it was loading.
  bool lazy = false;                       ///< It loads inside the first request.
  bool kernel_stamps = false;              ///< The first token's moment is the kernel's.
  int asked_again = 0;                     ///< Times the first request was answered "not yet".
  std::optional<double> told_load_s;       ///< The load's length as the server tells it.
  std::optional<double> first_ttft_s;      ///< Of the first request, from its issue.
  std::optional<int> settled_request;      ///< Which request it was, the first being 1.
  std::optional<double> steady_latency_s;
  std::vector<SettleRequest> requests{};
  std::vector<CachedFile> files{};
  std::optional<double> peak_resident_b;  ///< Of all its processes together.
  int processes = 0;
  std::vector<WindowRecord> windows{};  ///< "cold-start" (the whole) and one a phase.
  std::string ended;                    ///< How the process ended; empty while it is kept.
  double stopping_s = 0.0;              ///< From being asked to end to having ended.
  int strays = 0;                       ///< Processes of it that had to be killed one by one.
  std::vector<std::string> notes{};
  std::optional<Error> error;           ///< Why it failed.
  std::vector<std::string> log_tail{};  ///< Of a failed one.
  [[nodiscard]] bool ok() const { return !error; }
};

/// A figure over the starts that succeeded. An interval needs two of them, bounds of the median six.
struct StartFigure {
  std::string id;  ///< "accepting", "ready", "first_token", "settled"; "launch_phase", "load_phase"….
  std::string title;
  std::size_t count = 0;
  std::optional<Fact> mean;            ///< Arithmetic (s, J, B).
  std::optional<Fact> geometric_mean;  ///< With bounds by `method`; absent where a start has 0.
  std::string method;                  ///< What those bounds are; empty where there are none.
  std::optional<Fact> median;          ///< Bounds between order statistics.
  double least = 0.0, most = 0.0;
};

/// All starts.
struct ColdStartReport {
  std::string command;
  std::string address;  ///< Where it was looked for: "127.0.0.1:{port}", "127.0.0.1:8080", a socket's path.
  std::optional<Dialect> dialect;
  std::string model;
  std::string version;  ///< Of the server, where told.
  CacheWish cache = CacheWish::as_is;
  std::vector<ColdStartRepeat> repeats;
  std::vector<StartFigure> figures;  ///< Moments, lengths of phases, energies of phases, memory.
  std::size_t failed = 0;
  std::map<std::string, std::size_t> failures;  ///< By error code.
  bool cancelled = false;
  std::vector<std::string> warnings;
};

/// Counts `repeat` among the failures where it is one.
void count_failure(ColdStartReport& report, const ColdStartRepeat& repeat);
/// What the failed starts have in common: their code where all have one, else engine_failed. Nothing where
/// none failed.
[[nodiscard]] std::optional<ErrorCode> failure_of(const ColdStartReport& report);

/// What a start under way tells.
struct ColdStartHooks {
  /// A line for people whenever something has happened: "start 2 of 5: ready after 1.84 s".
  std::function<void(const std::string&)> on_progress{};
  /// Takes the server of the last start, where that succeeded, instead of its being ended; called on the
  /// thread of the starts once that start has been weighed.
  std::function<void(LaunchedServer)> keep{};
};

/// Writes down how a start's server ended.
void note_end(ColdStartRepeat& repeat, const ServerEnd& end);

/// Starts the command `repeats` times, one after the other. Each time: the page cache is prepared; the
/// process is created; a connection is tried every 1 to 2 ms until one is accepted; the readiness route is
/// asked until it says so (research, loadgen.md section 4: refused → 503 → ready, or a lazy load inside the
/// first request); one streamed request is sent; then those that show when latency has settled; the process
/// is ended with all that came of it, and the port waited for. The looks become rarer as a start takes
/// longer, to stay below 0.1 % of it.
///
/// `meter`, where given, has a window for each phase and for the whole; net energies where the caller has
/// told it baselines. A start that fails is a repeat with an error, and the next one goes on. Cancelling ends
/// the start under way and returns what there is. Call it on a thread that lives as long as the starts
/// (Process). Errors: usage (no repeats, no port, a command that cannot be read), io (the folder).
[[nodiscard]] Result<ColdStartReport> run_cold_starts(const ColdStartJob& job, const MakeContact& contact,
                                                      WindowMeter* meter, const CancelToken& cancel,
                                                      const ColdStartHooks& hooks = {});

}  // namespace edgeeval
