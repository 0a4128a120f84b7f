// SPDX-License-Identifier: Apache-2.0
// The outputs of `edgeeval bench`: reports in their formats, raw timelines, a trace.
#pragma once

#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "bench/bench.hpp"
#include "output_target.hpp"
#include "report/bench_report.hpp"

namespace edgeeval {

/// The names of all formats that a benchmark is written in, raw timelines and traces among them.
[[nodiscard]] std::vector<std::string> bench_output_formats();

/// Whether an output of that format tells of a load alone, and nothing of cold starts.
[[nodiscard]] bool of_a_load(const std::string& format);

/// The outputs that were asked for, each checked to be writable now. Errors: usage (no such format), io.
[[nodiscard]] Result<std::vector<OutputTarget>> bench_targets(const std::vector<std::string>& texts,
                                                              bool json);

/// Writes them all, and the console's text to stdout where nothing else goes there (else to stderr). `run`
/// holds the loads whose timelines "jsonl" and "trace" tell, all of them; null where there is none. The exit
/// code of the first failure, or 0.
int write_bench(const BenchReport& report, const BenchRun* run, const std::vector<OutputTarget>& targets);

}  // namespace edgeeval
