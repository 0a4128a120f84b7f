// SPDX-License-Identifier: Apache-2.0
// What `edgeeval bench` found, as one model, and its formats: text, Markdown, JSON, CSV, MLPerf-style
// summary.
#pragma once

#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/load_record.hpp"
#include "serving/energy.hpp"
#include "serving/net_of_client.hpp"
#include "serving/stamp_check.hpp"
#include "serving/server_distributions.hpp"
#include "serving/summary.hpp"
#include "serving/timings.hpp"
#include "serving/validity.hpp"

namespace edgeeval {

/// One figure of cold starts: a moment, the length of a phase, or its energy.
struct ColdStartLine {
  std::string id;  ///< "ready", "first_token", "load_energy".
  std::string title;
  std::size_t count = 0;               ///< Starts that have it.
  std::optional<Fact> mean;            ///< Arithmetic.
  std::optional<Fact> geometric_mean;  ///< With bounds by `method`; absent where a start has 0.
  std::string method;                  ///< What those bounds are; empty where there are none.
  std::optional<Fact> median;
  double least = 0.0, most = 0.0;
};

/// A start that failed.
struct FailedStart {
  int number = 1;
  Error error;
  std::vector<std::string> log_tail;  ///< The last lines of the server's log.
};

/// Cold starts that preceded the load, or were all there was.
struct ColdStartSection {
  std::string command;
  std::string page_cache;  ///< "as_is", "warm", "evicted".
  std::size_t starts = 0, failed = 0;
  std::vector<FailedStart> failures;
  std::vector<ColdStartLine> lines;
};

/// One step of a sweep or of a search for the peak.
struct SweepPoint {
  std::string scenario;  ///< "closed:4".
  ServingSummary summary;
  Validity validity;
  std::optional<bool> meets;  ///< The objectives; absent where there are none.
};

/// Everything a report of a load is made of.
struct BenchReport {
  std::string version;  ///< Of EdgeEval.
  LoadHeader header;
  std::string dialect_why;  ///< "given", "GET /props answered".
  std::vector<ServiceObjective> objectives;
  std::optional<bool> meets;             ///< The objectives' quantiles; absent where none was given.
  std::optional<bool> min_duration_met;  ///< Absent where none was asked for, as below.
  std::optional<bool> min_requests_met;
  ServingSummary summary;
  Validity validity;
  std::optional<EnergyByPhase> energy;
  std::optional<Fact> load_energy;  ///< Gross joules over the measured phase.
  std::optional<ClientEnergy> client_energy;
  std::optional<NetOfClient> net_of_client;  ///< Joules without the client's.
  std::string not_subtracted;                ///< Why there is none, where the client's energy is known.
  std::optional<StampCheck> self_check;      ///< Of this load, or an earlier one on the same machine.
  std::string energy_absent;  ///< Why there is none; empty where there is, or where none was asked for.
  std::vector<TimingCheck> timings;
  std::vector<ServerDistribution> server_distributions;
  std::optional<ColdStartSection> cold_start;
  std::vector<SweepPoint> sweep;
  std::string peak;  ///< What a search for the peak found, in words; empty where there was none.
  std::vector<std::pair<std::string, std::string>> files;  ///< What was written: "raw record" → path.
  std::vector<std::string> warnings;                       ///< Beside those of the header.
};

/// The formats of bench_as().
[[nodiscard]] std::vector<std::string> bench_formats();
/// The report in one of bench_formats(). Error: usage for another.
[[nodiscard]] Result<std::string> bench_as(const std::string& format, const BenchReport& report, bool colour);

/// Whether a load was made, and not cold starts alone.
[[nodiscard]] bool bench_has_load(const BenchReport& report);

/// For people, at most 100 columns wide: cold starts; the load's verdict, then what the user waits for, what
/// the machine delivers, what failed, what it cost, and what the client itself did to the figures.
[[nodiscard]] std::string bench_text(const BenchReport& report, bool colour);
[[nodiscard]] std::string bench_markdown(const BenchReport& report);
/// "edgeeval-bench" 1.1 (data/schema/bench.schema.json).
[[nodiscard]] std::string bench_json(const BenchReport& report);
/// A row for each metric, window and statistic (those of cold starts in the window "start"):
/// metric,window,statistic,value,lo,hi,unit,grade,note. Text that a spreadsheet would take for a formula has
/// an apostrophe before it.
[[nodiscard]] std::string bench_csv(const BenchReport& report);
/// A summary with the field names of MLPerf LoadGen's mlperf_log_summary.txt, for those who compare by them.
/// It says that it is no result of MLPerf. Nothing of cold starts stands in it.
[[nodiscard]] std::string bench_mlperf(const BenchReport& report);

/// What a load under way is like.
struct LiveGlance {
  double elapsed_s = 0.0;
  std::optional<double> remaining_s;
  std::uint64_t sent = 0, ended = 0, failed = 0, in_flight = 0, late = 0;
  std::optional<std::uint64_t> planned;
  std::optional<double> rate_rps, tokens_per_s;  ///< Over the last second or so.
  std::optional<double> ttft_p50_s, ttft_p99_s;
  bool warming_up = false;
};

/// One line about it, at most `columns` wide; what matters least is left out first. Without a line end.
[[nodiscard]] std::string live_line(const LiveGlance& glance, std::size_t columns);

}  // namespace edgeeval
