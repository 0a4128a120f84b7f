// SPDX-License-Identifier: Apache-2.0
#include "bench_command.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "bench/bench.hpp"
#include "bench_assembly.hpp"
#include "bench_cold.hpp"
#include "bench_options.hpp"
#include "bench_outputs.hpp"
#include "bench_self_check.hpp"
#include "bench_view.hpp"
#include "console.hpp"
#include "core/cancel.hpp"

namespace edgeeval {
namespace {

/// Whether a search made the load at `i` a second time because the client had spoilt it: the second one
/// counts.
bool made_again(const BenchRun& run, std::size_t i) {
  if (!run.peak || i + 1 >= run.peak->steps.size()) return false;
  const auto& step = run.peak->steps[i];
  return !step.client_fault.empty() && run.peak->steps[i + 1].load == step.load;
}

/// The exit code of a benchmark that was made and written.
int verdict_code(const BenchRun& run, bool allow_invalid) {
  if (run.cancelled) return exit_code(ErrorCode::cancelled);
  const auto all_failed = [](const BenchPoint& point) {
    return point.summary.requests > 0 && point.summary.ok == 0;
  };
  if (std::any_of(run.points.begin(), run.points.end(), all_failed) || run.engine_ended)
    return exit_code(ErrorCode::engine_failed);
  if (allow_invalid) return 0;
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    if (!run.points[i].validity.valid && !made_again(run, i))
      return exit_code(ErrorCode::invalid_measurement);
  }
  return 0;
}

int interrupted_before() {
  return report_error(Error{ErrorCode::cancelled, "interrupted before the first load", "", ""});
}

int run_load_bench(const BenchOptions& options, const std::vector<OutputTarget>& targets,
                   const CancelToken& cancel) {
  auto settings = options.self_check ? self_check_settings(options) : bench_settings(options);
  if (!settings) return report_error(settings.error());
  if (auto unused = check_unused(settings->folder); !unused) return report_error(unused.error());
  LiveView view(options.quiet);
  auto run = options.self_check ? run_self_check(*settings, cancel, view)
                                : run_bench(*settings, cancel, listener_of(view));
  view.clear();
  if (!run) return report_error(run.error());
  if (run->points.empty()) return interrupted_before();
  const auto report = report_of(*run);
  const int code = write_bench(report, &*run, targets);
  return code != 0 ? code : verdict_code(*run, options.allow_invalid);
}

/// The exit code of cold starts that no load followed: what failed, where all did or a load was waited for.
int starts_code(const ColdStartReport& starts, bool load_wanted) {
  if (starts.cancelled) return exit_code(ErrorCode::cancelled);
  const auto failure = failure_of(starts);
  const bool matters = load_wanted || starts.failed == starts.repeats.size();
  return failure && matters ? exit_code(*failure) : 0;
}

int report_starts(const ColdBench& bench, const BenchSettings& settings,
                  const std::vector<OutputTarget>& targets, bool load_wanted) {
  // Timelines and the like are of a load: where none came to be, its absence is told once, not for each.
  std::vector<OutputTarget> possible;
  std::copy_if(targets.begin(), targets.end(), std::back_inserter(possible),
               [](const OutputTarget& target) { return !of_a_load(target.format); });
  const int code = write_bench(report_of(bench.starts, settings.folder), nullptr, possible);
  return code != 0 ? code : starts_code(bench.starts, load_wanted);
}

int run_launch_bench(BenchOptions options, const std::vector<OutputTarget>& targets,
                     const CancelToken& cancel) {
  if (options.out.empty()) options.out = usual_bench_folder().string();
  auto settings = launch_settings(options, targets);
  if (!settings) return report_error(settings.error());
  LiveView view(options.quiet);
  auto bench = cold_start_bench(options, *settings, cancel, view);
  if (!bench) return report_error(bench.error());
  const bool load_wanted = options.scenario.has_value();
  if (!bench->server) {
    const int code = report_starts(*bench, *settings, targets, load_wanted);
    if (load_wanted && !bench->starts.cancelled)
      report_error(Error{ErrorCode::engine_failed, "the last start failed: no load was put on it",
                         options.launch, ""});
    return code;
  }
  auto run = load_after_starts(*bench, *settings, cancel, view);
  if (!run) {
    report_starts(*bench, *settings, targets, load_wanted);
    return report_error(run.error());
  }
  if (run->points.empty()) {
    report_starts(*bench, *settings, targets, load_wanted);
    return interrupted_before();
  }
  auto report = report_of(*run);
  put_starts(bench->starts, report);
  const int code = write_bench(report, &*run, targets);
  return code != 0 ? code : verdict_code(*run, options.allow_invalid);
}

int bench(const BenchOptions& options) {
  const auto targets = bench_targets(options.outputs, options.json);
  if (!targets) return report_error(targets.error());
  CancelToken cancel;
  const SignalGuard guard(cancel);
  const int code = options.launch.empty() || options.self_check ? run_load_bench(options, *targets, cancel)
                                                                : run_launch_bench(options, *targets, cancel);
  // A load that SIGTERM ended says so.
  return code == exit_code(ErrorCode::cancelled) && cancel.requested() ? 128 + cancel.signal_number() : code;
}

}  // namespace

void register_bench(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<BenchOptions>();
  auto* command =
      app.add_subcommand("bench", "Load on a server, its cold starts, or both, measured from outside");
  add_bench_options(*command, *options);
  command->footer(
      "Examples:\n"
      "  edgeeval bench --url http://127.0.0.1:8080 --scenario closed:4 -n 40 --max-tokens 64\n"
      "  edgeeval bench --url http://127.0.0.1:8080 --scenario open:poisson@2 --duration 60\n"
      "  edgeeval bench --self-check --scenario closed:64\n"
      "  edgeeval bench --url http://127.0.0.1:8080 --scenario find-peak --slo ttft_p99=500ms\n"
      "  edgeeval bench --launch 'llama-server -m model.gguf --port {port}' --repeat 5\n"
      "  edgeeval bench --launch 'llama-server -m model.gguf --port {port}' --scenario closed:4 -n 40\n"
      "Without -n and --duration a load takes 10 s and 20 requests at least. How to read the report:\n"
      "docs/bench.md");
  command->callback([options, &chosen] { chosen = [options] { return bench(*options); }; });
}

}  // namespace edgeeval
