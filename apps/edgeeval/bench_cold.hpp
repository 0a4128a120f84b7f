// SPDX-License-Identifier: Apache-2.0
// `edgeeval bench --launch`: cold starts from the command's options, and the load on the last one's server.
#pragma once

#include <edgeeval/result.hpp>
#include <optional>
#include <vector>

#include "bench/bench.hpp"
#include "bench/cold_start.hpp"
#include "bench_options.hpp"
#include "bench_view.hpp"
#include "core/cancel.hpp"
#include "output_target.hpp"

namespace edgeeval {

/// Cold starts, and the server of the last one where a load is to follow and it succeeded.
struct ColdBench {
  ColdStartReport starts;
  std::optional<LaunchedServer> server;
};

/// The settings of the starts and of the load after them. Whatever can be refused is refused here, before
/// anything is started. Errors: usage, record_mismatch (the folder is in use), those of check_bench().
[[nodiscard]] Result<BenchSettings> launch_settings(const BenchOptions& options,
                                                    const std::vector<OutputTarget>& targets);

/// Starts the command as often as asked and writes what came of it to the folder. Errors: usage, io, and
/// those of the energy sources; then no folder is left behind.
[[nodiscard]] Result<ColdBench> cold_start_bench(const BenchOptions& options, const BenchSettings& settings,
                                                 const CancelToken& cancel, LiveView& view);

/// Puts the load on the server that was kept, and ends the server whatever comes of it; its end is added to
/// the record of its start. Errors: those of run_bench().
[[nodiscard]] Result<BenchRun> load_after_starts(ColdBench& bench, BenchSettings settings,
                                                 const CancelToken& cancel, LiveView& view);

}  // namespace edgeeval
