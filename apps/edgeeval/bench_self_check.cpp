// SPDX-License-Identifier: Apache-2.0
#include "bench_self_check.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "bench/fresh_folder.hpp"
#include "bench/machine_file.hpp"
#include "bench/self_check_file.hpp"
#include "core/paths.hpp"
#include "mock/server.hpp"
#include "serving/stamp_check.hpp"

namespace edgeeval {
namespace {

constexpr const char* kLog = "sent.jsonl";
constexpr double kUsualDuration_s = 5.0;

/// The cores that this process may use.
std::vector<int> usable_cores() {
  std::vector<int> cores;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(static_cast<unsigned>(core), &allowed)) cores.push_back(core);
  return cores;
}

/// Where both sides run: the client where it was asked to, else on the last core; the server on the first
/// that is none of the client's. Absent where there is no other: it then shares the client's.
std::optional<int> part_cores(BenchSettings& settings) {
  const auto cores = usable_cores();
  if (settings.cpus.empty() && cores.size() > 1) settings.cpus = {cores.back()};
  for (const int core : cores)
    if (std::find(settings.cpus.begin(), settings.cpus.end(), core) == settings.cpus.end()) return core;
  return std::nullopt;
}

void pin_thread(int core) {
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  CPU_SET(static_cast<unsigned>(core), &wanted);
  // Where it fails the server runs anywhere, and only the timing of its sends suffers: its log is the truth.
  static_cast<void>(::pthread_setaffinity_np(::pthread_self(), sizeof wanted, &wanted));
}

/// The mock server on a thread of its own, for as long as this lives.
class OwnServer {
 public:
  OwnServer(mock::MockServer server, std::optional<int> core)
      : port_(server.port()), thread_([this, core, held = std::move(server)]() mutable {
          if (core) pin_thread(*core);
          totals_ = held.run(stop_);
        }) {}
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;
  ~OwnServer() { static_cast<void>(stop()); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Ends it; its log is whole then.
  Result<void> stop() {
    stop_.request();
    if (thread_.joinable()) thread_.join();
    if (!totals_) return tl::unexpected(totals_.error());
    return {};
  }

 private:
  CancelToken stop_;
  Result<mock::Totals> totals_{mock::Totals{}};
  std::uint16_t port_;
  std::thread thread_;  ///< Last: it uses what stands above.
};

mock::Script script_of(const BenchSettings& settings) {
  mock::Script script;
  script.reply.tokens_from = script.reply.tokens_to = settings.max_tokens;
  // All streams in the same step, as batching engines send: the hardest for a client.
  script.batch_step = true;
  script.log = settings.folder / kLog;
  return script;
}

/// The join, put where reports and later loads find it.
Result<StampCheck> join(const std::filesystem::path& folder, const std::string& cores) {
  auto load = read_load(folder);
  if (!load) return tl::unexpected(load.error());
  const auto sent = read_sent_log(folder / kLog);
  if (!sent) return tl::unexpected(sent.error());
  auto check = check_stamps(*load, *sent);
  if (!check) return check;
  check->cores = cores;
  auto machine = read_machine(folder);
  if (!machine) return tl::unexpected(machine.error());
  machine->self_check = *check;
  // The process's CPU time is that of both sides here: there is nothing to price the client's by.
  machine->core_watts.reset();
  if (auto written = write_machine(folder, *machine); !written) return tl::unexpected(written.error());
  return check;
}

tl::unexpected<Error> refused(const char* option, const char* why) {
  return fail(ErrorCode::usage, std::string("--self-check ") + why, option, "Leave it out.");
}

}  // namespace

Result<BenchSettings> self_check_settings(BenchOptions options) {
  if (!options.url.empty()) return refused("--url", "asks a mock server of its own");
  if (!options.launch.empty()) return refused("--launch", "asks a mock server of its own");
  if (!options.dialect.empty()) return refused("--dialect", "speaks openai-chat");
  if (options.server_pid) return refused("--server-pid", "has its server in this process");
  if (options.threads > 1)
    return refused("--threads", "tells requests apart by the order in which one thread sends");
  if (options.require == "measured") return refused("--require", "reads no energy");
  if (!options.scenario) options.scenario = "closed:16";
  if (!options.requests && !options.duration_s && !options.min_requests)
    options.duration_s = kUsualDuration_s;
  options.url = "http://127.0.0.1:1";  // The port gives way to the server's.
  options.no_energy = options.no_scrape = true;
  auto settings = bench_settings(options);
  if (!settings) return settings;
  const auto kind = settings->scenario.kind;
  if (kind == Scenario::Kind::sweep || kind == Scenario::Kind::find_peak)
    return fail(ErrorCode::usage, "--self-check is of one load, and no series", "--scenario",
                "for example: edgeeval bench --self-check --scenario closed:64");
  if (auto fits = check_bench(*settings); !fits) return tl::unexpected(fits.error());
  settings->dialect = ServerKind::openai_chat;
  settings->target.api_key.clear();
  return settings;
}

Result<BenchRun> run_self_check(BenchSettings settings, const CancelToken& cancel, LiveView& view) {
  if (auto unused = check_unused(settings.folder); !unused) return tl::unexpected(unused.error());
  auto folder = FreshFolder::make(settings.folder);
  if (!folder) return tl::unexpected(folder.error());
  folder->will_hold(kLog);
  const auto core = part_cores(settings);
  auto started = mock::MockServer::start(script_of(settings));
  if (!started) return tl::unexpected(started.error());
  OwnServer server(std::move(*started), core);
  settings.target.port = server.port();
  auto run = run_bench(settings, cancel, listener_of(view));
  auto stopped = server.stop();
  if (!run) return run;
  folder->keep();
  if (!stopped) return tl::unexpected(stopped.error());
  if (run->points.empty() || run->cancelled) return run;
  const auto cores =
      core ? fmt::format("client on core {}, server on core {}", fmt::join(settings.cpus, ","), *core)
           : "client and server share their cores";
  auto check = join(run->points.back().folder, cores);
  if (!check) return tl::unexpected(check.error());
  run->points.back().self_check = *check;
  run->points.back().client_energy.reset();
  if (auto kept = keep_self_check(cache_folder(), *check); !kept)
    run->points.back().header.warnings.push_back("the self-check is not kept for later loads: " +
                                                 kept.error().message);
  return run;
}

}  // namespace edgeeval
