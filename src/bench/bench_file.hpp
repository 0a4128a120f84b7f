// SPDX-License-Identifier: Apache-2.0
// bench.json: which loads a benchmark's folder holds, and what a search found.
#pragma once

#include <edgeeval/result.hpp>

#include "bench/bench.hpp"

namespace edgeeval {

/// Writes <folder>/bench.json. Errors: io, disk_full.
[[nodiscard]] Result<void> write_bench_file(const BenchRun& run);

}  // namespace edgeeval
