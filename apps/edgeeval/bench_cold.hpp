// SPDX-License-Identifier: Apache-2.0
// `edgeeval bench --launch`: cold starts from the command's options.
#pragma once

#include <edgeeval/result.hpp>
#include <functional>
#include <string>

#include "bench/cold_start.hpp"
#include "bench_options.hpp"
#include "core/cancel.hpp"

namespace edgeeval {

/// Starts the command as often as asked and writes what came of it to the folder. Errors: usage, io, and
/// those of the energy sources.
[[nodiscard]] Result<ColdStartReport> cold_start_bench(const BenchOptions& options, const CancelToken& cancel,
                                                       const std::function<void(const std::string&)>& tell);

}  // namespace edgeeval
