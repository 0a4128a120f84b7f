// SPDX-License-Identifier: Apache-2.0
#include "measure_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "console.hpp"
#include "core/text.hpp"
#include "measure_runs.hpp"
#include "measure_targets.hpp"
#include "output_target.hpp"
#include "probe/power_log.hpp"
#include "report/measurement.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string window;
  int repeat = 1;
  int warmup = 0;
  double idle_s = 0.0;
  double tail_s = 0.0;
  double for_s = 0.0;
  int pid = 0;
  std::string require;
  std::string samples;
  std::vector<std::string> outputs;
  bool json = false;
  CLI::Option* tail_given = nullptr;
  CLI::Option* for_given = nullptr;
  CLI::Option* pid_given = nullptr;
};

Result<std::vector<OutputTarget>> targets_of(const Options& options) {
  std::vector<OutputTarget> targets;
  for (const auto& text : options.outputs) {
    auto target = output_target(text);
    if (!target) return tl::unexpected(target.error());
    const auto formats = measurement_formats();
    if (std::find(formats.begin(), formats.end(), target->format) == formats.end()) {
      return fail(ErrorCode::usage, "there is no format \"" + target->format + "\"", "-o",
                  "formats: " + join(formats, ", "));
    }
    if (target->path != "-") {
      if (auto can = check_target(target->path, "-o", Writing::aside); !can)
        return tl::unexpected(can.error());
    }
    targets.push_back(std::move(*target));
  }
  if (options.json) targets.push_back({"json", "-"});
  return targets;
}

Result<MeasureRequest> request_of(const Options& options, const std::vector<std::string>& command) {
  const bool timed = options.for_given->count() > 0;
  const bool other = options.pid_given->count() > 0;
  if (command.empty() && !timed && !other) {
    return fail(ErrorCode::usage, "nothing to measure", "edgeeval measure",
                "for example: edgeeval measure -- sleep 1\nor --pid PID, or --for SECONDS");
  }
  if (!command.empty() && (timed || other)) {
    return fail(ErrorCode::usage, "a command ends by itself: --pid and --for do not go with it",
                "edgeeval measure");
  }
  if (command.empty() && (options.repeat != 1 || options.warmup != 0)) {
    return fail(ErrorCode::usage, "--repeat and --warmup need a command", "edgeeval measure");
  }
  MeasureRequest request;
  request.name = !options.window.empty() ? options.window
                 : !command.empty()      ? "command"
                 : other                 ? "process"
                                         : "machine";
  request.command = command;
  if (other) request.process = options.pid;
  if (timed) request.length_s = options.for_s;
  request.repeat = options.repeat;
  request.warmup = options.warmup;
  request.idle_s = options.idle_s;
  if (options.tail_given->count() > 0) request.tail_s = options.tail_s;
  request.samples = options.samples;
  request.require_measured = options.require == "measured";
  return request;
}

/// Samples go to a file of their own, one of ours.
Result<void> check_samples(const std::string& samples, const std::vector<OutputTarget>& targets) {
  if (samples.empty()) return {};
  if (auto can = check_target(samples, "--samples", Writing::append); !can) return can;
  if (auto ours = check_power_log(samples); !ours) return ours;
  for (const auto& target : targets) {
    if (target.path != "-" && same_file(samples, target.path))
      return fail(ErrorCode::usage, "--samples and -o name the same file", target.path);
  }
  return {};
}

Result<void> write_one(const Measurement& measurement, const OutputTarget& target) {
  const bool colour = target.path == "-" && terminal_of(stdout).colour;
  auto text = measurement_as(target.format, measurement, colour);
  if (!text) return tl::unexpected(text.error());
  return write_output(target.path, *text);
}

/// Writes all that can be written; what fails is told and stands on stderr all the same, so that no
/// measurement is lost with its file. The exit code of the first failure, or 0.
int write_all(const Measurement& measurement, const std::vector<OutputTarget>& targets) {
  bool on_stdout = false;
  int code = 0;
  for (const auto& target : targets) {
    on_stdout = on_stdout || target.path == "-";
    if (auto written = write_one(measurement, target); !written) {
      const int failed = report_error(written.error());
      if (code == 0) code = failed;
    }
  }
  if (!on_stdout || code != 0) {
    fmt::print(stderr, "{}", *measurement_as("console", measurement, terminal_of(stderr).colour));
  }
  return code;
}

int run(const Options& options, const std::vector<std::string>& command) {
  const auto targets = targets_of(options);
  if (!targets) return report_error(targets.error());
  const auto request = request_of(options, command);
  if (!request) return report_error(request.error());
  if (auto samples = check_samples(options.samples, *targets); !samples) return report_error(samples.error());
  const auto outcome = measure(*request);
  if (!outcome) return report_error(outcome.error());
  if (outcome->error) report_error(*outcome->error);
  if (outcome->measurement.runs.empty()) return outcome->status;
  const int code = write_all(outcome->measurement, *targets);
  return outcome->status == 0 ? code : outcome->status;
}

/// As CLI::Range, which lets "nan" through, since it is neither below nor above.
CLI::Validator seconds_within(double least, double most) {
  const CLI::Range range(least, most);
  return CLI::Validator(
      [range](std::string& text) {
        double value = 0.0;
        if (CLI::detail::lexical_cast(text, value) && std::isnan(value))
          return "\"" + text + "\" is no number";
        return range(text);
      },
      range.get_description());
}

void add_options(CLI::App& command, Options& options) {
  command.add_option("--window", options.window, "Name of the window (default: command, process or machine)");
  command.add_option("--repeat", options.repeat, "Measured runs")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command.add_option("--warmup", options.warmup, "Runs before them that are not measured")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command
      .add_option("--idle", options.idle_s,
                  "Leave the machine alone this long (s) before and after, for net joules")
      ->check(seconds_within(0.0, 86'400.0));
  options.tail_given =
      command
          .add_option("--tail", options.tail_s,
                      "Sample on after each run (s), for sensors that lag (default: as they need)")
          ->check(seconds_within(0.0, 3600.0));
  options.pid_given = command.add_option("--pid", options.pid, "Measure while this process runs")
                          ->check(CLI::Range(1, 1 << 30));
  options.for_given =
      command.add_option("--for", options.for_s, "Measure the machine this long (s); with --pid: at most")
          ->check(seconds_within(0.001, 31.0 * 86'400.0));
  command.add_option("--require", options.require, "\"measured\": refuse to run where no sensor can be read")
      ->check(CLI::IsMember({"measured"}));
  command.add_option("--samples", options.samples, "Append raw samples to this CSV file as they are made");
  command.add_option("-o,--output", options.outputs,
                     "FORMAT:PATH (repeatable; formats: console, csv, json, md; - is stdout)");
  command.add_flag("--json", options.json, "The same as -o json:-");
}

/// The command after "--" is unknown to CLI11, and examples tell more than a list of options.
class Help final : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return "Usage: edgeeval measure [OPTIONS] -- CMD…\n"
           "       edgeeval measure [OPTIONS] --pid PID | --for SECONDS\n\n"
           "Examples:\n"
           "  edgeeval measure -- python train.py\n"
           "  edgeeval measure --repeat 10 --warmup 1 --idle 30 -- ./bench\n"
           "  edgeeval measure --pid 4711 --for 60\n"
           "  edgeeval measure --require measured --json -- ./bench > result.json\n";
  }
};

}  // namespace

std::vector<std::string> take_command(std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front() != "measure") return {};
  const auto mark = std::find(arguments.begin(), arguments.end(), "--");
  if (mark == arguments.end()) return {};
  std::vector<std::string> command(mark + 1, arguments.end());
  arguments.erase(mark, arguments.end());
  return command;
}

void register_measure(CLI::App& app, Subcommand& chosen, const std::vector<std::string>& command) {
  auto options = std::make_shared<Options>();
  auto* measure = app.add_subcommand("measure", "The energy of a command, a process or a stretch of time");
  measure->formatter(std::make_shared<Help>());
  add_options(*measure, *options);
  measure->footer(
      "The command has stdin, stdout, stderr, signals and exit code to itself; the report goes to stderr.\n"
      "The energy is that of the whole machine while it runs. How to read it: docs/measure.md");
  measure->callback(
      [options, command, &chosen] { chosen = [options, command] { return run(*options, command); }; });
}

}  // namespace edgeeval
