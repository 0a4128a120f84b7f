// SPDX-License-Identifier: Apache-2.0
#include "decision/compared_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace edgeeval {
namespace {

constexpr double kDefaultMargin = 0.05;

struct Entry {
  const char* id;
  double margin;
  bool relative;
  Evidence evidence;
  bool shown;
};

/// Where a metric does not stand here, the default holds. Scores: 2 points of a scale from 0 to 1. Energies
/// and rates 5 %, latencies 10 %. These are choices of what is worth a decision, not measurements: they are
/// printed with every verdict, and a user's policy sets its own.
constexpr Entry kEntries[] = {
    {"token_f1", 0.02, false, Evidence::items, true},
    {"exact_match", 0.02, false, Evidence::items, true},
    {"rouge_l", 0.02, false, Evidence::items, true},
    {"published_score", 0.02, false, Evidence::intervals, true},
    {"q_ret", 2.0, false, Evidence::intervals, false},
    {"q_ret_paired", 2.0, false, Evidence::intervals, true},
    {"j_per_request", 0.05, true, Evidence::energy, true},
    {"j_per_token", 0.05, true, Evidence::energy, true},
    {"output_tok_per_s", 0.05, true, Evidence::intervals, true},
    {"ttft_p50", 0.10, true, Evidence::intervals, true},
    {"ttft_p95", 0.10, true, Evidence::intervals, true},
    {"tpot_p50", 0.10, true, Evidence::intervals, true},
    {"e2e_p50", 0.10, true, Evidence::intervals, true},
    {"cold_start", 0.10, true, Evidence::intervals, true},
    {"model_bytes", 0.01, true, Evidence::exact, true},
    {"peak_resident", 0.05, true, Evidence::exact, true},
    {"failed_requests", 0.0, false, Evidence::exact, true},
    {"measured_share", 0.01, false, Evidence::exact, false},
    {"adapt_energy", 0.05, true, Evidence::energy, true},
    {"energy_merge", 0.05, true, Evidence::energy, false},
    {"energy_quantize", 0.05, true, Evidence::energy, false},
    {"energy_cold_start", 0.05, true, Evidence::energy, false},
    {"energy_serve", 0.05, true, Evidence::energy, false},
    {"n_break", 0.10, true, Evidence::intervals, true},
    {"n_break_making", 0.10, true, Evidence::intervals, false},
    {"c_tax", 0.10, true, Evidence::intervals, false},
    {"c_tax_measured", 0.10, true, Evidence::intervals, false},
};

ComparedMetric with_entry(ComparedMetric metric) {
  metric.margin = kDefaultMargin;
  metric.relative = true;
  metric.negative = metric.id == "saving" || metric.id.ends_with("_net");
  const auto* found = std::find_if(std::begin(kEntries), std::end(kEntries),
                                   [&](const Entry& entry) { return metric.id == entry.id; });
  if (found == std::end(kEntries)) return metric;
  metric.margin = found->margin;
  metric.relative = found->relative;
  metric.evidence = found->evidence;
  metric.shown = found->shown;
  return metric;
}

std::vector<ComparedMetric> all_metrics() {
  std::vector<ComparedMetric> metrics;
  for (const auto& row : metric_table()) {
    ComparedMetric metric;
    metric.mode = row.mode;
    metric.id = row.id;
    metric.better = row.direction;
    metrics.push_back(with_entry(std::move(metric)));
  }
  return metrics;
}

}  // namespace

const std::vector<ComparedMetric>& compared_metrics() {
  static const auto kMetrics = all_metrics();
  return kMetrics;
}

ComparedMetric compared_metric(const std::string& mode, const std::string& id) {
  const auto& metrics = compared_metrics();
  const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const ComparedMetric& metric) {
    return metric.id == id && (mode.empty() || metric.mode == mode);
  });
  if (found != metrics.end()) return *found;
  ComparedMetric metric;
  metric.mode = mode;
  metric.id = id;
  return with_entry(std::move(metric));
}

std::string margin_text(const ComparedMetric& metric) {
  return metric.relative ? fmt::format("{:g} %", 100.0 * metric.margin) : fmt::format("{:g}", metric.margin);
}

double margin_at(const ComparedMetric& metric, double value) {
  return metric.relative ? metric.margin * std::abs(value) : metric.margin;
}

std::string to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::items:
      return "paired items";
    case Evidence::energy:
      return "energy ratio";
    case Evidence::exact:
      return "exact";
    case Evidence::intervals:
      break;
  }
  return "intervals";
}

}  // namespace edgeeval
