// SPDX-License-Identifier: Apache-2.0
#include "bench_cold.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "bench/energy_session.hpp"
#include "bench/launch_line.hpp"
#include "bench/start_figures.hpp"
#include "core/files.hpp"

namespace edgeeval {
namespace {

CacheWish cache_wish(const std::string& text) {
  if (text == "warm") return CacheWish::warm;
  return text == "evicted" ? CacheWish::evicted : CacheWish::as_is;
}

/// The address where the server will listen: the URL's, or a free port of this machine for "{port}".
Result<BenchSettings> launch_settings(const BenchOptions& options) {
  if (options.scenario != BenchOptions().scenario || options.requests || options.duration_s)
    return fail(
        ErrorCode::usage, "cold starts are measured alone: no load follows them", "--launch",
        "Leave --scenario, -n and --duration out; bench the URL of a server that you started for a load.");
  auto with_url = options;
  if (with_url.url.empty()) {
    if (!wants_port(options.launch)) {
      return fail(ErrorCode::usage, "the command's port is not known", "--launch",
                  "Put {port} where the port stands, or name the address with --url.");
    }
    with_url.url = "http://127.0.0.1:1";  // The port gives way to the free one that {port} becomes.
  }
  return bench_settings(with_url);
}

}  // namespace

Result<ColdStartReport> cold_start_bench(const BenchOptions& options, const CancelToken& cancel,
                                         const std::function<void(const std::string&)>& tell) {
  auto settings = launch_settings(options);
  if (!settings) return tl::unexpected(settings.error());
  if (auto made = make_folder(settings->folder); !made) return tl::unexpected(made.error());
  ColdStartJob job;
  job.command = options.launch;
  if (!options.url.empty()) job.target = settings->target;
  job.server = settings->dialect;
  job.model = settings->model;
  job.repeats = options.repeat;
  job.timeout_s = settings->ready_timeout_s;
  job.cache = cache_wish(options.page_cache);
  job.folder = settings->folder;
  for (const auto& file : options.model_files) job.model_files.emplace_back(file);
  std::optional<EnergySession> energy;
  if (settings->energy) {
    auto session = EnergySession::open(settings->folder / "power.csv", settings->require_measured);
    if (!session) return tl::unexpected(session.error());
    energy.emplace(std::move(*session));
    if (settings->idle_s > 0.0) energy->rest(settings->idle_s, [&] { return !cancel.requested(); });
  }
  ColdStartHooks hooks;
  hooks.on_progress = tell;
  const MakeContact contact = options.probe_s ? contacts_by_client(*options.probe_s) : contact_by_client;
  auto report = run_cold_starts(job, contact, energy ? &energy->meter() : nullptr, cancel, hooks);
  if (!report) return report;
  const auto text = to_json(*report).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (auto written = write_file(settings->folder / "cold-start.json", text); !written)
    return tl::unexpected(written.error());
  return report;
}

}  // namespace edgeeval
