// SPDX-License-Identifier: Apache-2.0
#include "report_command.hpp"

#include <algorithm>
#include <edgeeval/record.hpp>
#include <edgeeval/reporter.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "bench/bench.hpp"
#include "bench/start_file.hpp"
#include "bench_assembly.hpp"
#include "bench_outputs.hpp"
#include "console.hpp"
#include "core/text.hpp"
#include "decision/scenario.hpp"
#include "output_target.hpp"
#include "report/report.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string run;
  std::string scenario;
  std::string variant;
  std::vector<std::string> outputs;
  bool json = false;
};

/// One output; its format is checked before anything is rendered.
Result<void> write_one(const StudyReport& report, const std::string& text) {
  auto target = output_target(text);
  if (!target) return tl::unexpected(target.error());
  auto reporter = reporter_for(target->format);
  if (!reporter) return tl::unexpected(reporter.error());
  std::ostringstream content;
  return (*reporter)->write(report, content).and_then([&] {
    return write_output(target->path, content.str());
  });
}

Result<void> write_all(const StudyReport& report, const Options& options) {
  auto outputs = options.outputs;
  if (options.json) outputs.emplace_back("json:-");
  if (outputs.empty()) {
    std::ostringstream table;
    return write_reports(report, options.run)
        .and_then([&] { return write_console(report, terminal_of(stdout).colour, table); })
        .and_then([&] { return write_output("-", table.str()); });
  }
  for (const auto& output : outputs) {
    if (auto written = write_one(report, output); !written) return written;
  }
  return {};
}

/// How a benchmark ended whose loads hold no measured request; nothing where one does.
std::optional<Error> nothing_measured(const BenchRun& bench, const std::string& where) {
  const auto measured = [](const BenchPoint& point) { return point.summary.requests > 0; };
  if (std::any_of(bench.points.begin(), bench.points.end(), measured)) return std::nullopt;
  std::string how = "no request was measured";
  for (const auto& check : bench.points.back().validity.checks) {
    if (check.id == "completeness" && check.verdict != CheckVerdict::passed)
      how = "the load holds no figures: " + check.found;
  }
  return Error{ErrorCode::invalid_measurement, how, where,
               "Measure again; -o jsonl:FILE writes what the record holds."};
}

/// A benchmark's folder: its figures computed anew, nothing written but what is asked for.
int run_bench_report(const Options& options) {
  const auto targets = bench_targets(options.outputs, options.json);
  if (!targets) return report_error(targets.error());
  std::optional<ColdStartReport> starts;
  if (holds_starts(options.run)) {
    auto read = read_starts(options.run);
    if (!read) return report_error(read.error());
    starts = std::move(*read);
    // A load that should have followed may have come to nothing.
    if (!is_bench_folder(options.run)) return write_bench(report_of(*starts, options.run), nullptr, *targets);
  }
  const auto bench = read_bench(options.run);
  if (!bench) return report_error(bench.error());
  if (bench->points.empty())
    return report_error(Error{ErrorCode::record_unreadable, "the benchmark holds no load", options.run, ""});
  // Starts are something measured, whatever became of the load after them.
  const auto nothing = starts ? std::nullopt : nothing_measured(*bench, options.run);
  if (nothing && options.outputs.empty() && !options.json) return report_error(*nothing);
  auto report = report_of(*bench);
  if (starts) put_starts(*starts, report);
  const int code = write_bench(report, &*bench, *targets);
  return code == 0 && nothing ? report_error(*nothing) : code;
}

int run(const Options& options) {
  std::error_code status;
  // A file of timelines (-o jsonl:FILE) is read as a folder is.
  const bool bench = is_bench_folder(options.run) || holds_starts(options.run) ||
                     std::filesystem::is_regular_file(options.run, status);
  if (!options.variant.empty() && (bench || (options.outputs.empty() && !options.json)))
    return report_error(Error{ErrorCode::usage, "--variant chooses what -o or --json writes of a study's run",
                              "--variant", "for example -o md:- --variant " + options.variant});
  if (bench) {
    if (options.scenario.empty()) return run_bench_report(options);
    return report_error(Error{ErrorCode::usage, "a benchmark alone is not decided on", "--scenario",
                              "Name the folder of a study."});
  }
  if (std::filesystem::is_directory(options.run, status) &&
      !std::filesystem::exists(std::filesystem::path(options.run) / "record.jsonl", status))
    return report_error(
        Error{ErrorCode::io, "the folder holds neither a run (record.jsonl) nor a benchmark (load.json)",
              options.run, "A benchmark that ended before its load began leaves nothing to report."});
  auto record = read_run(options.run);
  if (!record) return report_error(record.error());
  const auto scenario = scenario_of_run(*record, options.run, options.scenario);
  // A scenario that the user wrote must be right; shipped tables that cannot be read leave the rest of the
  // report.
  const auto own = std::filesystem::path(options.run) / "scenario.yaml";
  if (!scenario && (!options.scenario.empty() || std::filesystem::exists(own, status)))
    return report_error(scenario.error());
  auto report = make_report(std::move(*record), scenario);
  if (!options.variant.empty()) {
    auto one = only_variant(std::move(report), options.variant);
    if (!one) return report_error(one.error());
    report = std::move(*one);
  }
  if (auto written = write_all(report, options); !written) return report_error(written.error());
  return 0;
}

}  // namespace

void register_report(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("report", "Re-create the reports of a run or a benchmark from its folder");
  command->add_option("RUN", options->run, "Run folder, or a benchmark's folder or its file of timelines")
      ->required();
  command->add_option(
      "-o,--output", options->outputs,
      "FORMAT:PATH (repeatable; - is stdout). Formats of a study's run: " + join(report_formats(), ", ") +
          "; of a benchmark: " + join(bench_output_formats(), ", "));
  command->add_option(
      "--scenario", options->scenario,
      "YAML file of prices, demand and other assumptions (default: the run folder's scenario.yaml)");
  command->add_flag("--json", options->json, "The same as -o json:-, beside other outputs");
  command->add_option("--variant", options->variant, "Only this variant; with -o or --json");
  command->footer(
      "Examples:\n  edgeeval report runs/quickstart-20260101-120000\n  edgeeval report RUN -o md:summary.md "
      "-o csv:-\n  edgeeval report RUN --scenario office.yaml\n"
      "  edgeeval report RUN --variant m.rag.lora.int4 -o model-card:README.md -o llmd:report.json\n"
      "Without -o it writes results.json, metrics.csv, report.md and report.html into the run folder, byte "
      "for byte as the run did.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
