// SPDX-License-Identifier: Apache-2.0
// Field names: those of mlperf_log_summary.txt as MLPerf LoadGen writes it (mlcommons/inference b66003e,
// loadgen/results.cc). Times there are integers of nanoseconds.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>

#include "catalog/serving_metrics.hpp"
#include "core/text.hpp"
#include "report/bench_report.hpp"
#include "report/bench_tables.hpp"
#include "report/bench_words.hpp"

namespace edgeeval {
namespace {

constexpr std::string_view kRule = "================================================\n";
constexpr std::array<double, 6> kPercentiles = {0.5, 0.9, 0.95, 0.97, 0.99, 0.999};
/// Of LoadGen's Server and SingleStream scenarios (loadgen/test_settings.h).
constexpr double kServerPercentile = 0.99;
constexpr double kSinglePercentile = 0.9;

std::string scenario_name(const std::string& scenario) {
  if (scenario == "single") return "SingleStream";
  if (scenario == "offline") return "Offline";
  if (scenario.starts_with("open:poisson")) return "Server";
  return shown(scenario, 60) + " (not one of LoadGen's)";
}

std::string line(std::string_view name, std::string_view value) {
  return fmt::format("{:<42}: {}\n", name, value);
}
std::string nanoseconds(double seconds) {
  return std::isfinite(seconds) ? fmt::format("{}", std::llround(seconds * 1e9)) : "-";
}
std::string_view yes(bool is) { return is ? "Yes" : "NO"; }
std::string_view answer(const std::optional<bool>& is) { return is ? yes(*is) : "not asked for"; }

const Distribution* distribution_of(const ServingSummary& summary, std::string_view metric) {
  const auto* figure = find_figure(summary, metric, "whole");
  return figure != nullptr && figure->distribution && figure->distribution->count > 0 ? &*figure->distribution
                                                                                      : nullptr;
}

std::string rate(const ServingSummary& summary, std::string_view metric) {
  const auto* figure = find_figure(summary, metric, "whole");
  return figure != nullptr && figure->fact ? format_significant(figure->fact->value, 6) : "-";
}

std::string latencies(const ServingSummary& summary, std::string_view metric, const std::string& name) {
  const auto* distribution = distribution_of(summary, metric);
  if (distribution == nullptr) return line("Mean " + name + " (ns)", "-");
  auto text = line("Min " + name + " (ns)", nanoseconds(distribution->min));
  text += line("Max " + name + " (ns)", nanoseconds(distribution->max));
  text += line("Mean " + name + " (ns)", nanoseconds(distribution->mean));
  for (const double p : kPercentiles) {
    const auto* quantile = find_quantile(*distribution, p);
    if (quantile != nullptr)
      text += line(fmt::format("{:.2f} percentile {} (ns)", 100.0 * p, name), nanoseconds(quantile->value));
  }
  return text;
}

/// The quantile that the scenario is judged by has enough samples for a 99 % upper bound.
bool early_stopping(const BenchReport& report) {
  const auto* distribution = distribution_of(report.summary, "e2e_user");
  const auto* quantile =
      distribution == nullptr
          ? nullptr
          : find_quantile(*distribution,
                          report.header.scenario == "single" ? kSinglePercentile : kServerPercentile);
  return quantile != nullptr && quantile->upper_99.has_value();
}

std::string parameters(const LoadHeader& header) {
  constexpr std::array<std::string_view, 3> kSeeds = {"qsl_rng_seed", "sample_index_rng_seed",
                                                      "schedule_rng_seed"};
  std::string text;
  text += line("samples_per_query", "1");
  if (header.offered_rps) text += line("target_qps", format_significant(*header.offered_rps, 6));
  if (header.concurrency > 0) text += line("max_async_queries", fmt::format("{}", header.concurrency));
  for (std::size_t i = 0; i < kSeeds.size() && i < header.seeds.size(); ++i)
    text += line(kSeeds.at(i), fmt::format("{}", header.seeds[i]));
  for (const auto& [key, value] : header.settings) text += line(shown(key, 40), shown(value));
  return text;
}

}  // namespace

std::string bench_mlperf(const BenchReport& report) {
  const auto& summary = report.summary;
  const auto& header = report.header;
  std::string text = std::string(kRule) + "Summary in the field names of MLPerf LoadGen\n" +
                     "Written by EdgeEval from its own measurement: not an official MLPerf result, neither\n"
                     "submitted to MLCommons nor checked by it.\n" +
                     std::string(kRule);
  text += line("SUT name", shown(header.dialect + " " + header.model + " at " + header.url));
  text += line("Scenario", scenario_name(header.scenario));
  text += line("Mode", "PerformanceOnly");
  if (header.offered_rps)
    text += line("Scheduled samples per second", format_significant(*header.offered_rps, 6));
  text += line("Completed samples per second", rate(summary, kRequestRate));
  text += line("Completed tokens per second", rate(summary, kOutputRate));
  text += line("Result is", bench_verdict(report.validity));
  text += line("  Performance constraints satisfied", answer(report.meets));
  text += line("  Min duration satisfied", answer(report.min_duration_met));
  text += line("  Min queries satisfied", answer(report.min_requests_met));
  text += line("  Early stopping satisfied", yes(early_stopping(report)));
  for (const auto& check : report.validity.checks) {
    if (check.verdict == CheckVerdict::failed)
      text += line("  Reason", shown(check.title + " - no: " + check.found, 300));
  }
  text += "\n" + std::string(kRule) + "Additional Stats\n" + std::string(kRule);
  text += latencies(summary, "e2e_user", "latency") + "\n";
  text += latencies(summary, "ttft_user", "first token latency") + "\n";
  text += latencies(summary, "tpot", "time to output token") + "\n";
  text += std::string(kRule) + "Test Parameters Used\n" + std::string(kRule) + parameters(header) + "\n";
  text +=
      fmt::format("{} warnings encountered during test.\n", header.warnings.size() + report.warnings.size());
  text += fmt::format("{} of {} requests failed.\n", summary.failed, summary.requests);
  return text;
}

}  // namespace edgeeval
