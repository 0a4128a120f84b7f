// SPDX-License-Identifier: Apache-2.0
#include "bench_outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <utility>

#include "bench/derive.hpp"
#include "bench/machine_file.hpp"
#include "console.hpp"
#include "core/text.hpp"
#include "measure_targets.hpp"
#include "report/bench_trace.hpp"

namespace edgeeval {
namespace {

/// What of the machine's power a trace shows beside a load.
std::vector<TracePower> power_of(const BenchPoint& point) {
  auto machine = read_machine(point.folder);
  if (!machine || !machine->power) return {};
  return {{machine->power->source, std::move(machine->power->spans)}};
}

Result<void> write_trace(const BenchRun& run, std::ostream& out) {
  if (!is_series(run.scenario)) {
    const auto& point = run.points.back();
    auto load = record_of(point.folder, point.in_file);
    return load ? write_bench_trace(*load, power_of(point), out) : tl::unexpected(load.error());
  }
  std::vector<TraceLoad> loads;
  for (const auto& point : run.points) {
    const auto name = point.in_file.empty() ? point.folder.filename().string() : point.in_file;
    loads.push_back({name + " " + point.header.scenario,
                     [&point] { return record_of(point.folder, point.in_file); }, power_of(point)});
  }
  return write_series_trace(loads, out);
}

Result<void> write_one(const BenchReport& report, const BenchRun* run, const OutputTarget& target) {
  if (run == nullptr && of_a_load(target.format))
    return fail(ErrorCode::usage, "is of a load, and there are cold starts alone", "-o " + target.format);
  if (target.format != "jsonl" && target.format != "trace") {
    const bool colour = target.path == "-" && terminal_of(stdout).colour;
    auto text = bench_as(target.format, report, colour);
    if (!text) return tl::unexpected(text.error());
    return write_output(target.path, *text);
  }
  if (target.format == "jsonl") return write_bench_timelines(*run, target.path);
  std::ostringstream trace;
  if (auto written = write_trace(*run, trace); !written) return written;
  return write_output(target.path, trace.str());
}

}  // namespace

std::vector<std::string> bench_output_formats() {
  auto formats = bench_formats();
  formats.insert(formats.end(), {"jsonl", "trace"});
  return formats;
}

bool of_a_load(const std::string& format) {
  return format == "jsonl" || format == "trace" || format == "mlperf";
}

Result<std::vector<OutputTarget>> bench_targets(const std::vector<std::string>& texts, bool json) {
  std::vector<OutputTarget> targets;
  const auto formats = bench_output_formats();
  for (const auto& text : texts) {
    auto target = output_target(text);
    if (!target) return tl::unexpected(target.error());
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
  if (json) targets.push_back({"json", "-"});
  return targets;
}

int write_bench(const BenchReport& report, const BenchRun* run, const std::vector<OutputTarget>& targets) {
  bool on_stdout = false;
  int code = 0;
  for (const auto& target : targets) {
    on_stdout = on_stdout || target.path == "-";
    if (auto written = write_one(report, run, target); !written) {
      const int failed = report_error(written.error());
      if (code == 0) code = failed;
    }
  }
  std::FILE* stream = on_stdout ? stderr : stdout;
  fmt::print(stream, "{}", bench_text(report, terminal_of(stream).colour));
  return code;
}

}  // namespace edgeeval
