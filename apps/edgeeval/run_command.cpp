// SPDX-License-Identifier: Apache-2.0
#include "run_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <edgeeval/clock.hpp>
#include <edgeeval/reporter.hpp>
#include <edgeeval/version.hpp>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>

#include "console.hpp"
#include "core/cancel.hpp"
#include "decision/scenario.hpp"
#include "output_target.hpp"
#include "plan/plan.hpp"
#include "probe/open_probes.hpp"
#include "probe/window_meter.hpp"
#include "record/environment.hpp"
#include "report/report.hpp"
#include "run/run_folder.hpp"
#include "run/runner.hpp"
#include "run_events.hpp"
#include "run_progress.hpp"
#include "stage/model_stages.hpp"
#include "stage/serving_stages.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

struct Options {
  std::string study;
  std::string out;
  bool fresh = false;
  bool quiet = false;
  bool json = false;
  std::string require = "any";
};

/// "runs/<study>-20261124-014500": sorts by time.
fs::path new_folder(const Plan& plan, const Clock& clock) {
  auto label = clock.wall_label().substr(0, 19);
  std::erase_if(label, [](char c) { return c == '-' || c == ':'; });
  std::replace(label.begin(), label.end(), 'T', '-');
  return fs::path("runs") / (plan.study.name + "-" + label);
}

fs::path choose_folder(const Options& options, const Plan& plan, const Clock& clock) {
  if (!options.out.empty()) return options.out;
  if (!options.fresh) {
    if (auto unfinished = find_unfinished("runs", plan)) return *unfinished;
  }
  return new_folder(plan, clock);
}

/// The work of each kind of stage.
struct Workers {
  ImportStage import;
  AdaptStage adapt;
  MergeStage merge;
  QuantizeStage quantize;
  ServeStage serve;
  ScoreStage score;
  [[nodiscard]] StageSet set() {
    return {{StageKind::import, &import},     {StageKind::adapt, &adapt}, {StageKind::merge, &merge},
            {StageKind::quantize, &quantize}, {StageKind::serve, &serve}, {StageKind::score, &score}};
  }
};

Result<RunSummary> sit(const Plan& plan, const fs::path& folder, bool require_measured, const Clock& clock,
                       const CancelToken& cancel, ProgressListener& listener) {
  const auto epoch = clock.now();
  auto sources = open_sources(clock, source_options_from_environment());
  if (sources.refused) return tl::unexpected(std::move(*sources.refused));
  for (const auto& note : sources.notes) listener.on_event(Warned{note});
  WindowMeter meter(std::move(sources.probes), clock, epoch, folder / "power.csv", {},
                    std::move(sources.conditions));
  Workers workers;
  const RunOptions options{folder, plan_to_json(plan), capture_environment(), require_measured};
  return run_plan(plan, options, RunServices{clock, meter, epoch, workers.set(), cancel, listener});
}

/// Writes the reports and prints the table; returns the exit code of a run that came to its end.
int conclude(const RunSummary& summary, const fs::path& folder, const Options& options) {
  auto record = read_run(folder.string());
  if (!record) return report_error(record.error());
  const auto scenario = scenario_of_run(*record, folder);
  const auto report = make_report(std::move(*record), scenario);
  if (auto written = write_reports(report, folder); !written) return report_error(written.error());
  if (!options.json) {
    std::ostringstream table;
    if (auto shown = write_console(report, terminal_of(stdout).colour, table).and_then([&] {
          return write_output("-", table.str());
        });
        !shown)
      return report_error(shown.error());
    fmt::print("Report    {}\n          {}\n          {}\n", (folder / "report.html").string(),
               (folder / "report.md").string(), (folder / "results.json").string());
  }
  return summary.failed + summary.skipped > 0 ? exit_code(ErrorCode::variants_failed) : 0;
}

int run(const Options& options) {
  const SystemClock clock;
  if (!options.json && !options.quiet) print_if_possible(stderr, fmt::format("edgeeval  {}\n", version()));
  auto plan = load_plan(options.study, PlanOptions::for_running());
  if (!plan) {
    for (const auto& error : plan.error()) report_error(error);
    return exit_code(plan.error().front().code);
  }
  CancelToken cancel;
  const SignalGuard guard(cancel);
  std::unique_ptr<ProgressListener> listener;
  if (options.json) {
    listener = std::make_unique<RunEvents>(stdout);
  } else {
    listener = std::make_unique<RunProgress>(stderr, clock, options.quiet);
  }
  const auto folder = choose_folder(options, *plan, clock);
  const auto summary = sit(*plan, folder, options.require == "measured", clock, cancel, *listener);
  if (!summary) return report_error(summary.error());
  if (summary->cancelled) {
    // A terminal has shown ^C itself, at the beginning of this line.
    const char* stopped = cancel.signal_number() == SIGTERM ? "Stopped by SIGTERM" : "^C stopped";
    print_if_possible(
        stderr,
        fmt::format("{} after {} of {} stages. Run the same command to go on; {} keeps what is done.\n",
                    stopped, summary->finished, summary->total, folder.string()));
    return 128 + cancel.signal_number();
  }
  return conclude(*summary, folder, options);
}

}  // namespace

void register_run(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("run", "Run a study, or go on with one that was stopped");
  command->add_option("STUDY", options->study, "Study file (docs/study-format.md)")->required();
  command->add_option("--out", options->out,
                      "Run folder (default: the newest unfinished runs/STUDY-*, else a new one)");
  command->add_flag("--fresh", options->fresh,
                    "Begin a new run folder even where an unfinished one could go on");
  command->add_flag("-q,--quiet", options->quiet, "Show only warnings, failures and the result");
  command->add_flag("--json", options->json, "Events as JSON lines on stdout instead of progress and table");
  command
      ->add_option("--require", options->require,
                   "What energy must be: any, or measured (exit code 20 without a sensor)")
      ->check(CLI::IsMember({"any", "measured"}));
  command->footer(
      "Examples:\n  edgeeval run examples/quickstart.yaml\n  edgeeval run study.yaml --out results/monday "
      "--quiet\n"
      "Progress goes to stderr, the result to stdout. Ctrl-C stops cleanly (exit 130); the same command goes "
      "on.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
