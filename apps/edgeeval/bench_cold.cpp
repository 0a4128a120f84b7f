// SPDX-License-Identifier: Apache-2.0
#include "bench_cold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "bench/energy_session.hpp"
#include "bench/fresh_folder.hpp"
#include "bench/launch_line.hpp"
#include "bench/start_file.hpp"
#include "bench_outputs.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr const char* kPowerFile = "cold-start-power.csv";
constexpr std::chrono::seconds kStopGrace{10};
constexpr std::size_t kLastWords = 3;

CacheWish cache_wish(const std::string& text) {
  if (text == "warm") return CacheWish::warm;
  return text == "evicted" ? CacheWish::evicted : CacheWish::as_is;
}

/// Options of a load mean nothing where none follows, and are refused rather than passed over.
Result<void> check_no_load(const BenchOptions& options, const std::vector<OutputTarget>& targets) {
  const auto refused = [](const std::string& option) {
    return fail(ErrorCode::usage, "is of a load, and cold starts alone were asked for", option,
                "Name the load that is to follow with --scenario, or leave this out.");
  };
  if (options.requests) return refused("--requests");
  if (options.duration_s) return refused("--duration");
  if (options.min_requests) return refused("--min-requests");
  if (options.warmup) return refused("--warmup");
  if (!options.prompts.empty()) return refused("--prompts");
  if (!options.schedule.empty()) return refused("--schedule");
  if (!options.slo.empty()) return refused("--slo");
  if (!options.metrics_url.empty()) return refused("--metrics-url");
  for (const auto& target : targets) {
    if (of_a_load(target.format)) return refused("-o " + target.format);
  }
  return {};
}

/// Words for a server that ended on its own.
std::string ended_by_itself(const LaunchedServer& server, const std::string& how) {
  auto words = server.last_words();
  if (words.size() > kLastWords) words.erase(words.begin(), words.end() - kLastWords);
  auto text = fmt::format("the server ended during the load ({}); its log is {}", how,
                          server.log().filename().string());
  return words.empty() ? text : text + ", and ends: " + join(words, " · ");
}

}  // namespace

Result<BenchSettings> launch_settings(const BenchOptions& options, const std::vector<OutputTarget>& targets) {
  if (options.server_pid)
    return fail(ErrorCode::usage, "is known where the server is launched", "--server-pid", "Leave it out.");
  auto with_url = options;
  if (with_url.url.empty()) {
    if (!wants_port(options.launch)) {
      return fail(ErrorCode::usage, "the command's port is not known", "--launch",
                  "Put {port} where the port stands, or name the address with --url.");
    }
    with_url.url = "http://127.0.0.1:1";  // The port gives way to the free one that {port} becomes.
  }
  auto settings = bench_settings(with_url);
  if (!settings) return settings;
  const auto fits = options.scenario ? check_bench(*settings) : check_no_load(options, targets);
  if (!fits) return tl::unexpected(fits.error());
  if (auto unused = check_unused(settings->folder); !unused) return tl::unexpected(unused.error());
  return settings;
}

Result<ColdBench> cold_start_bench(const BenchOptions& options, const BenchSettings& settings,
                                   const CancelToken& cancel, LiveView& view) {
  auto folder = FreshFolder::make(settings.folder);
  if (!folder) return tl::unexpected(folder.error());
  ColdStartJob job;
  job.command = options.launch;
  job.target = settings.target;
  job.server = settings.dialect;
  job.model = settings.model;
  job.repeats = options.repeat;
  job.timeout_s = settings.ready_timeout_s;
  job.cache = cache_wish(options.page_cache);
  job.folder = settings.folder;
  for (const auto& file : options.model_files) job.model_files.emplace_back(file);
  std::optional<EnergySession> energy;
  if (settings.energy) {
    folder->will_hold(kPowerFile);
    auto session = EnergySession::open(settings.folder / kPowerFile, settings.require_measured);
    if (!session) return tl::unexpected(session.error());
    energy.emplace(std::move(*session));
    if (settings.idle_s > 0.0) energy->rest(settings.idle_s, [&] { return !cancel.requested(); });
  }
  ColdBench bench;
  ColdStartHooks hooks;
  hooks.on_progress = [&](const std::string& text) { view.note(text); };
  if (options.scenario) hooks.keep = [&](LaunchedServer server) { bench.server.emplace(std::move(server)); };
  const MakeContact contact = options.probe_s ? contacts_by_client(*options.probe_s) : contact_by_client;
  auto starts = run_cold_starts(job, contact, energy ? &energy->meter() : nullptr, cancel, hooks);
  if (!starts) return tl::unexpected(starts.error());
  folder->keep();
  bench.starts = std::move(*starts);
  if (auto written = write_starts(settings.folder, bench.starts); !written)
    return tl::unexpected(written.error());
  return bench;
}

Result<BenchRun> load_after_starts(ColdBench& bench, BenchSettings settings, const CancelToken& cancel,
                                   LiveView& view) {
  auto& server = *bench.server;
  settings.target = server.target();
  auto listener = listener_of(view);
  listener.engine_alive = [&] { return server.alive(); };
  listener.engine_memory = [&] { return server.peak_resident(); };
  Result<BenchRun> run = fail(ErrorCode::cancelled, "interrupted before the load");
  if (!cancel.requested()) run = run_bench(settings, cancel, listener);
  view.clear();
  const bool ended = !server.alive();
  auto& start = bench.starts.repeats.back();
  note_end(start, server.stop(kStopGrace, cancel));
  if (ended) bench.starts.warnings.push_back(ended_by_itself(server, start.ended));
  auto written = write_starts(settings.folder, bench.starts);
  if (run && !written) return tl::unexpected(written.error());
  return run;
}

}  // namespace edgeeval
