// SPDX-License-Identifier: Apache-2.0
// Serving figures of a load, derived from its raw stamps alone.
#pragma once

#include <cstdint>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// A quantile as an order statistic with its exact binomial bounds.
struct QuantileFigure {
  double p = 0.5;
  double value = 0.0;
  std::optional<double> lo, hi;  ///< 95 %; absent where too few values were seen.
  std::optional<double>
      upper_99;  ///< One-sided 99 % upper bound, as MLPerf's early stopping asks; absent = insufficient.
  std::optional<double> stamp_error;  ///< What the client's stamps may add to it, in the metric's unit.
};

/// A distribution of one metric.
struct Distribution {
  std::uint64_t count = 0;
  std::uint64_t undefined =
      0;  ///< Requests for which the metric has no value (a reply of one token has no TPOT).
  double mean = 0.0;
  std::optional<double> mean_lo, mean_hi;  ///< 95 %, block bootstrap.
  double min = 0.0, max = 0.0, sd = 0.0;
  std::vector<QuantileFigure> quantiles;  ///< p50, p90, p95, p99, p99.9.
};

/// One metric's figure over one window: a distribution, a single fact, or the reason for its absence.
struct ServingFigure {
  std::string metric;
  std::string window;  ///< "whole" or "steady".
  std::optional<Distribution> distribution;
  std::optional<Fact> fact;
  std::string absent;  ///< Why there is none; empty where there is.
  std::string note;    ///< On what it rests: "kernel stamps", "tokens counted by usage".
};

/// A stretch in which the load was steady.
struct SteadyWindow {
  std::int64_t begin_ns = 0, end_ns = 0;
  std::string how;  ///< "MSER-5 on request latency left out the first 5 completions; to the last send".
};

/// Limits of a goodput: a metric's id and its largest value, in the metric's unit, judged a request.
struct ServiceObjective {
  std::string metric;  ///< ttft_user, tpot, itl_delivered (its largest gap), e2e_user.
  double limit = 0.0;
  std::optional<double> quantile;  ///< For find-peak: the quantile that must meet it ("ttft_p99=200ms").
};
/// Reads `--slo ttft_p99=200ms,tpot_p99=50ms`. "ttft" is ttft_user, "e2e" e2e_user, "itl" itl_delivered.
/// Error: usage.
[[nodiscard]] Result<std::vector<ServiceObjective>> parse_objectives(const std::string& text);

/// What to compute.
struct SummaryOptions {
  std::vector<ServiceObjective> objectives{};
  std::optional<double> resident_gb{};  ///< Peak resident memory of the engine, for density.
  std::string resident_source{};
  int bootstrap_draws = 2000;
  std::uint64_t seed = 1;
};

/// Everything that a load's record says of its serving.
struct ServingSummary {
  std::vector<ServingFigure> figures;
  std::optional<SteadyWindow> steady;
  std::string steady_absent;  ///< Why there is none; empty where there is, or where nothing was sent.
  std::uint64_t requests = 0, ok = 0, failed = 0, retried = 0, late = 0;
  std::map<std::string, std::uint64_t> failures;        ///< By class.
  std::map<std::string, std::string> failure_examples;  ///< By class: the first one's words.
  std::uint64_t events = 0, token_events = 0, tokens = 0;
  std::map<std::string, std::uint64_t> events_by_class;
  std::map<std::string, std::uint64_t> token_sources;  ///< Requests by source of their count.
  /// Events with tokens by source of their count, of the same requests; empty where the record does not tell.
  std::map<std::string, std::uint64_t> event_sources;
  double stamp_error_p50_s = 0.0, stamp_error_p99_s = 0.0;  ///< Of the stamps that figures are made of.
  bool stamp_error_known =
      false;           ///< Whether the record tells it; the two above mean nothing where it does not.
  std::string stamps;  ///< "kernel", "user" or "mixed".
  std::vector<std::string> warnings;  ///< What of the record could not be used.
};

/// Computes them in one pass over the events and a few over the requests: time and memory in proportion to
/// the events, at most some 16 bytes of memory an event. Errors: io, record_unreadable (from the events).
[[nodiscard]] Result<ServingSummary> summarise_load(LoadRecord& load, const SummaryOptions& options = {});

}  // namespace edgeeval
