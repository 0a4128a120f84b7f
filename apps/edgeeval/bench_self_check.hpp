// SPDX-License-Identifier: Apache-2.0
// `edgeeval bench --self-check`: a load on a mock server of our own, and how far the stamps were from its
// log.
#pragma once

#include <edgeeval/result.hpp>

#include "bench/bench.hpp"
#include "bench_options.hpp"
#include "bench_view.hpp"
#include "core/cancel.hpp"

namespace edgeeval {

/// The settings of the load: as asked, else 16 in flight for five seconds; without energy, and without
/// whatever is of another server. Errors: usage, record_mismatch (the folder is in use).
[[nodiscard]] Result<BenchSettings> self_check_settings(BenchOptions options);

/// Starts the mock server on a thread of this process, on a core apart from the client's where there is one,
/// puts the load on it, and joins its log (sent.jsonl in the record's folder) with the stamps. What is found
/// is the load's own self_check; it is kept in the record and for later loads in the cache folder. Errors:
/// those of the server, of run_bench() and of check_stamps().
[[nodiscard]] Result<BenchRun> run_self_check(BenchSettings settings, const CancelToken& cancel,
                                              LiveView& view);

}  // namespace edgeeval
