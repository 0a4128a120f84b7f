// SPDX-License-Identifier: Apache-2.0
#include "bench_outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "bench/machine_file.hpp"
#include "console.hpp"
#include "core/text.hpp"
#include "measure_targets.hpp"
#include "record/load_file.hpp"
#include "report/bench_trace.hpp"

namespace edgeeval {
namespace {

Result<void> write_one(const BenchReport& report, const std::filesystem::path& load,
                       const OutputTarget& target) {
  if (load.empty() && of_a_load(target.format))
    return fail(ErrorCode::usage, "is of a load, and there are cold starts alone", "-o " + target.format);
  if (target.format != "jsonl" && target.format != "trace") {
    const bool colour = target.path == "-" && terminal_of(stdout).colour;
    auto text = bench_as(target.format, report, colour);
    if (!text) return tl::unexpected(text.error());
    return write_output(target.path, *text);
  }
  auto record = read_load(load);
  if (!record) return tl::unexpected(record.error());
  if (target.format == "jsonl") return write_timelines(*record, target.path);
  std::ostringstream trace;
  std::vector<TracePower> power;
  if (auto machine = read_machine(load); machine && machine->power)
    power.push_back({machine->power->source, machine->power->spans});
  if (auto written = write_bench_trace(*record, power, trace); !written) return written;
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

int write_bench(const BenchReport& report, const std::filesystem::path& load,
                const std::vector<OutputTarget>& targets) {
  bool on_stdout = false;
  int code = 0;
  for (const auto& target : targets) {
    on_stdout = on_stdout || target.path == "-";
    if (auto written = write_one(report, load, target); !written) {
      const int failed = report_error(written.error());
      if (code == 0) code = failed;
    }
  }
  std::FILE* stream = on_stdout ? stderr : stdout;
  fmt::print(stream, "{}", bench_text(report, terminal_of(stream).colour));
  return code;
}

}  // namespace edgeeval
