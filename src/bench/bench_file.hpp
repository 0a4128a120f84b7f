// SPDX-License-Identifier: Apache-2.0
// bench.json: which loads a benchmark's folder holds, and what a search found.
#pragma once

#include <edgeeval/result.hpp>

#include "bench/bench.hpp"

namespace edgeeval {

/// Writes <folder>/bench.json; `under_way` is the folder of a load that begins now, so that a series that is
/// killed can be read with it. Errors: io, disk_full.
[[nodiscard]] Result<void> write_bench_file(const BenchRun& run, const std::filesystem::path& under_way = {});

}  // namespace edgeeval
