// SPDX-License-Identifier: Apache-2.0
// What a benchmark found, as the model that its reports are made of.
#pragma once

#include <filesystem>

#include "bench/bench.hpp"
#include "bench/cold_start.hpp"
#include "report/bench_report.hpp"

namespace edgeeval {

/// The report of a benchmark. Of a series, its last load stands at the front, or the peak's where a search
/// found one.
[[nodiscard]] BenchReport report_of(const BenchRun& run);
/// The report of cold starts alone, whose record is `folder`.
[[nodiscard]] BenchReport report_of(const ColdStartReport& starts, const std::filesystem::path& folder);
/// Puts cold starts before the load that `report` is of, their warnings among its own.
void put_starts(const ColdStartReport& starts, BenchReport& report);

}  // namespace edgeeval
