// SPDX-License-Identifier: Apache-2.0
// Reports of loads that nobody made: a good one, and one whose server says the worst it can.
#pragma once

#include "record/load_file.hpp"
#include "report/bench_report.hpp"
#include "report/bench_trace.hpp"

namespace edgeeval {

/// An open loop of 400 requests, valid, with energy, timings, a sweep and cold starts.
[[nodiscard]] BenchReport sample_bench();

/// A closed loop that failed, with control characters, markup, invalid UTF-8, formulas and endless words
/// wherever words of others are shown.
[[nodiscard]] BenchReport hostile_bench();

/// Three requests, two of which overlap and one of which failed, and their events.
[[nodiscard]] LoadRecord sample_trace_load();
[[nodiscard]] std::vector<TracePower> sample_trace_power();

}  // namespace edgeeval
