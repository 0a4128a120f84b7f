// SPDX-License-Identifier: Apache-2.0
// The tables and sentences of a load's report that console and Markdown share. Words of others in them are as
// they came: whoever prints them makes them harmless.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/bench_report.hpp"
#include "report/text_table.hpp"

namespace edgeeval {

/// Label and text.
using LabelledLines = std::vector<std::pair<std::string, std::string>>;

/// Who was asked, with what, and when.
[[nodiscard]] LabelledLines bench_heading(const BenchReport& report);
/// How many cold starts succeeded, by which command; why each of the others failed; what the bounds of the
/// table are.
[[nodiscard]] LabelledLines cold_start_lines(const ColdStartSection& section);
/// "VALID" or "INVALID".
[[nodiscard]] std::string bench_verdict(const Validity& validity);
/// The reasons, gravest first: what failed and what was warned of, each with its advice; then what passed,
/// summed up.
[[nodiscard]] std::vector<std::string> bench_reasons(const Validity& validity);
/// What the user waits for: a row a distribution, p50, p90 and p99 with bounds.
[[nodiscard]] TextTable latency_table(const ServingSummary& summary);
/// What its dashes mean, and why a metric that people look for is not in it.
[[nodiscard]] std::vector<std::string> latency_gaps(const ServingSummary& summary);
/// What the machine delivers: a row a figure, over the whole measured phase and over its steady part.
[[nodiscard]] TextTable delivery_table(const ServingSummary& summary);
/// Failures by class, with the first one's words; no rows where there are none.
[[nodiscard]] TextTable failure_table(const ServingSummary& summary);
/// Steps of a sweep; no rows where there are none. Rates are those of the steady window; where a step has
/// none, those of the whole load, with a mark that sweep_notes() explains.
[[nodiscard]] TextTable sweep_table(const BenchReport& report);
[[nodiscard]] std::vector<std::string> sweep_notes(const BenchReport& report);
/// Cold starts; no rows where there are none.
[[nodiscard]] TextTable cold_start_table(const BenchReport& report);
/// Server-side times against the wire; no rows where there are none.
[[nodiscard]] TextTable timing_table(const BenchReport& report);
/// Distributions that the server tells of itself against the wire's; no rows where there are none.
[[nodiscard]] TextTable server_distribution_table(const BenchReport& report);
/// Files and warnings.
[[nodiscard]] LabelledLines bench_ends(const BenchReport& report);
/// Tokens and where their counts are from; energy; what the client did to the figures; bench_ends().
[[nodiscard]] LabelledLines bench_facts(const BenchReport& report);

}  // namespace edgeeval
