// SPDX-License-Identifier: Apache-2.0
// A load as a Chrome trace: what each request did when, beside tokens a second, requests in flight and watts.
#pragma once

#include <edgeeval/result.hpp>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "record/load_file.hpp"
#include "serving/energy.hpp"

namespace edgeeval {

/// The power of one measuring point over the load.
struct TracePower {
  std::string name;
  std::vector<PowerSpan> spans;
};

/// Writes the trace event format ("JSON Object Format") that chrome://tracing and ui.perfetto.dev read. A row
/// a slot: requests that overlap lie in different ones. In each the request and its phases: queued (from the
/// schedule to the first byte, or to connecting), connect, prefill (to the first token), decode (to the
/// last). Times are microseconds from the beginning of the load. Errors: io, record_unreadable.
[[nodiscard]] Result<void> write_bench_trace(LoadRecord& load, const std::vector<TracePower>& power,
                                             std::ostream& out);

/// One load on its way into the trace of a series.
struct TraceLoad {
  std::string name;                          ///< "step-01 closed:4", before the names of its rows.
  std::function<Result<LoadRecord>()> open;  ///< Called once.
  std::vector<TracePower> power;
};

/// The same of several loads on one axis of time, each with rows and counters of its own; times are from the
/// beginning of the first. Errors: those of `open`, io, record_unreadable.
[[nodiscard]] Result<void> write_series_trace(const std::vector<TraceLoad>& loads, std::ostream& out);

}  // namespace edgeeval
