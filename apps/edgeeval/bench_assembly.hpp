// SPDX-License-Identifier: Apache-2.0
// What a benchmark found, as the model that its reports are made of.
#pragma once

#include <string>

#include "bench/bench.hpp"
#include "bench/cold_start.hpp"
#include "report/bench_report.hpp"

namespace edgeeval {

/// The report of a benchmark. Of a series, its last load stands at the front, or the peak's where a search
/// found one.
[[nodiscard]] BenchReport report_of(const BenchRun& run);
/// Cold starts as a section of it.
[[nodiscard]] ColdStartSection section_of(const ColdStartReport& starts);

}  // namespace edgeeval
