// SPDX-License-Identifier: Apache-2.0
#include "report/bench_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "catalog/serving_metrics.hpp"
#include "core/text.hpp"
#include "report/bench_words.hpp"
#include "stats/order_ranks.hpp"

namespace edgeeval {
namespace {

constexpr std::array<double, 3> kShownQuantiles = {0.5, 0.9, 0.99};
constexpr std::string_view kNone = "–";

/// What is looked for first; the other distributions are in JSON and CSV.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kLatencies = {{
    {"ttft_user", "TTFT, from the schedule"},
    {"ttft_service", "TTFT, from sending"},
    {"ttfo", "first token of the answer"},
    {"tpot", "TPOT"},
    {"itl_delivered", "ITL, as delivered"},
    {"itl_amortised", "ITL, amortised"},
    {"longest_gap", "longest gap"},
    {"e2e_user", "to the last token, schedule"},
    {"e2e_service", "to the last token, sending"},
    {"schedule_lag", "schedule lag"},
    {"connect", "connecting"},
}};
/// Those whose absence is told.
constexpr std::array<std::string_view, 4> kMissed = {"ttft_user", "tpot", "itl_delivered", "e2e_user"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kDeliveries = {{
    {"request_rate", "requests"},
    {"output_rate", "output tokens"},
    {"total_rate", "prompt and output tokens"},
    {"goodput_requests", "goodput, requests"},
    {"goodput_tokens", "goodput, tokens"},
    {"goodput_share", "share within the objectives"},
    {"concurrency", "in flight"},
    {"density", "output rate a GB"},
    {"cache_hit_share", "prompt tokens from the cache"},
    {"tokens_per_chunk", "tokens a chunk"},
}};

/// A distribution is of the whole measured phase where there is one, else of the steady window.
const ServingFigure* headline(const ServingSummary& summary, std::string_view metric) {
  const auto* whole = find_figure(summary, metric, "whole");
  return whole != nullptr ? whole : find_figure(summary, metric, "steady");
}

std::string single_cell(const ServingFigure* figure) {
  if (figure == nullptr || !figure->fact) return std::string(kNone);
  const auto& fact = *figure->fact;
  const auto scale = scale_for(fact.value, fact.unit);
  auto text = scale.text(fact.value);
  if (fact.lo && fact.hi) text += fmt::format(" [{}, {}]", scale.text(*fact.lo, 3), scale.text(*fact.hi, 3));
  return text;
}

std::string p_text(const ServingSummary& summary, std::string_view metric, double p) {
  const auto* figure = headline(summary, metric);
  const auto* quantile =
      figure != nullptr && figure->distribution ? find_quantile(*figure->distribution, p) : nullptr;
  return quantile == nullptr ? std::string(kNone) : with_unit(quantile->value, metric_unit(*figure));
}

/// Whether a load's rates are of a steady window.
bool has_steady_rates(const ServingSummary& summary) {
  const auto* const figure = find_figure(summary, kRequestRate, "steady");
  return figure != nullptr && figure->fact;
}

/// Of the steady window; where there is none, of the whole load, marked so (see sweep_notes).
std::string rate_text(const ServingSummary& summary, std::string_view metric) {
  const bool steady = has_steady_rates(summary);
  const auto* const figure = find_figure(summary, metric, steady ? "steady" : "whole");
  if (figure == nullptr || !figure->fact) return std::string(kNone);
  return format_significant(figure->fact->value) + (steady ? "" : "*");
}

/// What a dash in place of a bound means, where the latency table has one: "–: no upper bound, which takes
/// 662 values for p99; n = 40".
std::string bounds_note(const ServingSummary& summary) {
  std::set<double> quantiles;
  std::set<std::uint64_t> counts;
  for (const auto& [id, title] : kLatencies) {
    const auto* figure = headline(summary, id);
    if (figure == nullptr || !figure->distribution || figure->distribution->count == 0) continue;
    for (const double p : kShownQuantiles) {
      const auto* quantile = find_quantile(*figure->distribution, p);
      if (quantile == nullptr || !lacks_bound(*quantile)) continue;
      quantiles.insert(p);
      counts.insert(figure->distribution->count);
    }
  }
  if (quantiles.empty()) return {};
  std::vector<std::string> needs;
  for (const double p : quantiles)
    needs.push_back(fmt::format("{} for {}", early_stopping_samples(p), quantile_name(p)));
  const auto n = counts.size() == 1 ? fmt::format("{}", *counts.begin())
                                    : fmt::format("{} to {}", *counts.begin(), *counts.rbegin());
  return fmt::format("–: no upper bound at 99 %, which takes more values ({}); n = {}", join(needs, ", "), n);
}

/// A bucket as its two ends, a single time as itself.
std::string server_quantile_text(const ServerQuantile& quantile) {
  const auto lo = with_unit(quantile.server_lo_s, "s");
  if (!quantile.server_hi_s) return "above " + lo;
  const auto hi = with_unit(*quantile.server_hi_s, "s");
  return quantile.server_lo_s == *quantile.server_hi_s ? hi : fmt::format("{} to {}", lo, hi);
}

}  // namespace

TextTable latency_table(const ServingSummary& summary) {
  TextTable table{{"what the user waits for", ""}, {}};
  for (const double p : kShownQuantiles) table.header.push_back(quantile_name(p));
  for (const auto& [id, title] : kLatencies) {
    const auto* figure = headline(summary, id);
    if (figure == nullptr || !figure->distribution || figure->distribution->count == 0) continue;
    const auto& distribution = *figure->distribution;
    const auto* largest = find_quantile(distribution, kShownQuantiles.back());
    const auto scale =
        scale_for(largest != nullptr ? largest->value : distribution.max, metric_unit(*figure));
    std::vector<std::string> row{std::string(title), scale.unit};
    for (const double p : kShownQuantiles) {
      const auto* quantile = find_quantile(distribution, p);
      row.push_back(quantile == nullptr ? std::string(kInsufficient) : quantile_cell(*quantile, scale));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<std::string> latency_gaps(const ServingSummary& summary) {
  std::vector<std::string> sentences;
  if (auto note = bounds_note(summary); !note.empty()) sentences.push_back(std::move(note));
  for (const auto id : kMissed) {
    const auto* figure = headline(summary, id);
    if (figure == nullptr || figure->absent.empty()) continue;
    sentences.push_back(metric_title(id) + ": none, " + figure->absent);
  }
  const auto* tpot = headline(summary, "tpot");
  if (tpot != nullptr && tpot->distribution && tpot->distribution->undefined > 0)
    sentences.push_back(fmt::format("{}: not defined for {} of {} replies", metric_title("tpot"),
                                    tpot->distribution->undefined,
                                    tpot->distribution->undefined + tpot->distribution->count));
  return sentences;
}

TextTable delivery_table(const ServingSummary& summary) {
  TextTable table{{"what the machine delivers", "", "whole", "steady"}, {}};
  for (const auto& [id, title] : kDeliveries) {
    const auto* whole = find_figure(summary, id, "whole");
    const auto* steady = find_figure(summary, id, "steady");
    const auto* any = whole != nullptr && whole->fact ? whole : steady;
    if (any == nullptr || !any->fact) continue;
    table.rows.push_back({std::string(title), scale_for(0.0, metric_unit(*any)).unit, single_cell(whole),
                          single_cell(steady)});
  }
  return table;
}

TextTable failure_table(const ServingSummary& summary) {
  TextTable table{{"failures", "count", "the first one"}, {}};
  for (const auto& [name, count] : summary.failures) {
    const auto example = summary.failure_examples.find(name);
    table.rows.push_back(
        {name, fmt::format("{}", count), example == summary.failure_examples.end() ? "" : example->second});
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
    return summary.failures.at(a[0]) > summary.failures.at(b[0]);
  });
  return table;
}

TextTable sweep_table(const BenchReport& report) {
  TextTable table{
      {"load", "req/s", "tok/s", "TTFT p50", "TTFT p99", "TPOT p50", "TPOT p99", "failed", "verdict"}, {}};
  for (const auto& point : report.sweep) {
    auto verdict = bench_verdict(point.validity);
    if (point.meets) verdict += *point.meets ? ", meets" : ", misses";
    table.rows.push_back({point.scenario, rate_text(point.summary, kRequestRate),
                          rate_text(point.summary, kOutputRate), p_text(point.summary, "ttft_user", 0.5),
                          p_text(point.summary, "ttft_user", 0.99), p_text(point.summary, "tpot", 0.5),
                          p_text(point.summary, "tpot", 0.99), fmt::format("{}", point.summary.failed),
                          verdict});
  }
  return table;
}

std::vector<std::string> sweep_notes(const BenchReport& report) {
  const bool marked = std::any_of(report.sweep.begin(), report.sweep.end(),
                                  [](const auto& point) { return !has_steady_rates(point.summary); });
  if (!marked) return {};
  return {"* over the whole load, its filling and emptying included: this step has no steady window"};
}

TextTable timing_table(const BenchReport& report) {
  TextTable table{{"server against wire", "n", "server p50", "wire p50", "difference p50", "p99"}, {}};
  for (const auto& check : report.timings) {
    table.rows.push_back({check.name + " · " + check.wire, fmt::format("{}", check.requests),
                          with_unit(check.server_p50_s, "s"), with_unit(check.wire_p50_s, "s"),
                          with_unit(check.difference_p50_s, "s"), with_unit(check.difference_p99_s, "s")});
  }
  return table;
}

TextTable server_distribution_table(const BenchReport& report) {
  TextTable table{{"server's own against wire", "n", "server", "wire", "difference"}, {}};
  for (const auto& check : report.server_distributions) {
    const auto count = check.server_count == check.wire_count
                           ? fmt::format("{}", check.server_count)
                           : fmt::format("{} and {}", check.server_count, check.wire_count);
    table.rows.push_back({check.name + " · mean", count, with_unit(check.server_mean_s, "s"),
                          with_unit(check.wire_mean_s, "s"),
                          with_unit(check.wire_mean_s - check.server_mean_s, "s")});
    for (const auto& quantile : check.quantiles) {
      const auto apart = quantile.difference_s();
      table.rows.push_back({check.wire + " · " + quantile_name(quantile.p), "",
                            server_quantile_text(quantile), with_unit(quantile.wire_s, "s"),
                            apart == 0.0 ? "none" : with_unit(apart, "s")});
    }
  }
  return table;
}

}  // namespace edgeeval
