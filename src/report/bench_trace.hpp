// SPDX-License-Identifier: Apache-2.0
// A load as a Chrome trace: what each request did when, beside tokens a second, requests in flight and watts.
#pragma once

#include <edgeeval/result.hpp>
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

}  // namespace edgeeval
