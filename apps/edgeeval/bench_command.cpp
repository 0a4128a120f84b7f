// SPDX-License-Identifier: Apache-2.0
#include "bench_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <edgeeval/clock.hpp>
#include <edgeeval/version.hpp>
#include <memory>
#include <optional>

#include "bench/bench.hpp"
#include "bench_assembly.hpp"
#include "bench_cold.hpp"
#include "bench_options.hpp"
#include "bench_outputs.hpp"
#include "console.hpp"
#include "core/cancel.hpp"
#include "report/bench_report.hpp"

namespace edgeeval {
namespace {

/// A benchmark as a person at a terminal sees it, on stderr: notes, and a live line where the cursor can
/// move.
class LiveView {
 public:
  explicit LiveView(bool quiet) : terminal_(terminal_of(stderr)), quiet_(quiet) {}

  void note(const std::string& text) {
    if (quiet_) return;
    clear();
    print_if_possible(stderr, text + "\n");
  }

  void show(const LoadGlance& glance) {
    if (quiet_ || !terminal_.interactive) return;
    LiveGlance live;
    live.elapsed_s = glance.elapsed_s;
    live.sent = glance.sent;
    live.ended = glance.ended;
    live.failed = glance.failed;
    live.in_flight = glance.in_flight;
    live.late = glance.late;
    live.planned = glance.planned;
    live.warming_up = glance.warming_up;
    if (glance.ttft_ms) live.ttft_p50_s = *glance.ttft_ms * 1e-3;
    put_rates(glance, live);
    if (live.planned && glance.ended > 0 && *live.planned > glance.ended) {
      live.remaining_s = glance.elapsed_s / static_cast<double>(glance.ended) *
                         static_cast<double>(*live.planned - glance.ended);
    }
    print_if_possible(stderr, "\r\x1b[K" + live_line(live, static_cast<std::size_t>(terminal_.columns) - 1));
    std::fflush(stderr);
    shown_ = true;
    last_ = glance;
  }

  void clear() {
    if (shown_) print_if_possible(stderr, "\r\x1b[K");
    shown_ = false;
  }

 private:
  /// Rates since the last glance.
  void put_rates(const LoadGlance& now, LiveGlance& live) const {
    if (!last_ || now.elapsed_s <= last_->elapsed_s || now.ended < last_->ended) return;
    const double passed = now.elapsed_s - last_->elapsed_s;
    live.rate_rps = static_cast<double>(now.ended - last_->ended) / passed;
    if (now.tokens >= last_->tokens)
      live.tokens_per_s = static_cast<double>(now.tokens - last_->tokens) / passed;
  }

  Terminal terminal_;
  bool quiet_;
  bool shown_ = false;
  std::optional<LoadGlance> last_;
};

/// The exit code of a benchmark that was made and written.
int verdict_code(const BenchRun& run, bool allow_invalid) {
  if (run.cancelled) return exit_code(ErrorCode::cancelled);
  const auto all_failed = [](const BenchPoint& point) {
    return point.summary.requests > 0 && point.summary.ok == 0;
  };
  if (std::any_of(run.points.begin(), run.points.end(), all_failed) || run.engine_ended)
    return exit_code(ErrorCode::engine_failed);
  const auto invalid = [](const BenchPoint& point) { return !point.validity.valid; };
  if (!allow_invalid && std::any_of(run.points.begin(), run.points.end(), invalid))
    return exit_code(ErrorCode::invalid_measurement);
  return 0;
}

int run_load_bench(const BenchOptions& options, const std::vector<OutputTarget>& targets,
                   const CancelToken& cancel) {
  auto settings = bench_settings(options);
  if (!settings) return report_error(settings.error());
  LiveView view(options.quiet);
  BenchListener listener;
  listener.on_note = [&](const std::string& text) { view.note(text); };
  listener.on_glance = [&](const LoadGlance& glance) { view.show(glance); };
  auto run = run_bench(*settings, cancel, listener);
  view.clear();
  if (!run) return report_error(run.error());
  if (run->points.empty())
    return report_error(Error{ErrorCode::cancelled, "interrupted before the first load", "", ""});
  const auto report = report_of(*run);
  const int code = write_bench(report, run->points.back().folder, targets);
  return code != 0 ? code : verdict_code(*run, options.allow_invalid);
}

int run_cold_bench(const BenchOptions& options, const std::vector<OutputTarget>& targets,
                   const CancelToken& cancel) {
  LiveView view(options.quiet);
  auto named = options;
  if (named.out.empty()) named.out = usual_bench_folder().string();
  auto starts = cold_start_bench(named, cancel, [&](const std::string& text) { view.note(text); });
  if (!starts) return report_error(starts.error());
  BenchReport report;
  report.version = std::string(version());
  report.header.scenario = "cold start";
  report.cold_start = section_of(*starts);
  report.header.model = starts->model;
  report.header.how_ended = starts->cancelled ? "cancelled" : "finished";
  report.files = {{"record", named.out}};
  report.warnings = starts->warnings;
  const int code = write_bench(report, {}, targets);
  if (code != 0) return code;
  if (starts->cancelled) return exit_code(ErrorCode::cancelled);
  return starts->failed == starts->repeats.size() ? exit_code(ErrorCode::engine_failed) : 0;
}

int bench(const BenchOptions& options) {
  const auto targets = bench_targets(options.outputs, options.json);
  if (!targets) return report_error(targets.error());
  CancelToken cancel;
  const SignalGuard guard(cancel);
  const int code = options.launch.empty() ? run_load_bench(options, *targets, cancel)
                                          : run_cold_bench(options, *targets, cancel);
  // A load that SIGTERM ended says so.
  return code == exit_code(ErrorCode::cancelled) && cancel.requested() ? 128 + cancel.signal_number() : code;
}

}  // namespace

void register_bench(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<BenchOptions>();
  auto* command = app.add_subcommand("bench", "Load on a server, or its cold starts, measured from outside");
  add_bench_options(*command, *options);
  command->footer(
      "Examples:\n"
      "  edgeeval bench --url http://127.0.0.1:8080 --scenario closed:4 -n 40 --max-tokens 64\n"
      "  edgeeval bench --url http://127.0.0.1:8080 --scenario open:poisson@2 --duration 60\n"
      "  edgeeval bench --url http://127.0.0.1:8080 --scenario find-peak --slo ttft_p99=500ms\n"
      "  edgeeval bench --launch 'llama-server -m model.gguf --port {port}' --repeat 5\n"
      "Without -n and --duration a load takes 10 s and 20 requests at least. How to read the report:\n"
      "docs/bench.md");
  command->callback([options, &chosen] { chosen = [options] { return bench(*options); }; });
}

}  // namespace edgeeval
