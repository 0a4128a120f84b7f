// SPDX-License-Identifier: Apache-2.0
#include "audit/support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace edgeeval::audit {
namespace {

template <class Row>
void add_column(std::vector<Column>& columns, const std::vector<Row>& rows, const char* name,
                const char* unit, std::optional<double> Row::*member) {
  // Finer steps than this are those of a double, not of a printed figure.
  constexpr double kFinest = 1e-6;
  Column column{name, unit, {}, std::numeric_limits<double>::infinity()};
  for (const auto& row : rows) {
    if (!(row.*member)) continue;
    const double value = *(row.*member);
    column.cells.push_back({row.place, describe(row.key), value});
    column.resolution =
        std::min(column.resolution, written_step(row, member).value_or(decimal_resolution(value)));
  }
  if (column.cells.empty()) return;
  if (column.resolution < kFinest * (1.0 - kFinest)) column.resolution = 0.0;
  columns.push_back(std::move(column));
}

}  // namespace

double decimal_resolution(double value) {
  double step = 1.0;
  for (int decimals = 0; decimals <= 6; ++decimals, step /= 10.0) {
    const double scaled = value / step;
    // A decimal fraction that was parsed is off by a few units in the last place of a double, no more.
    constexpr double kSlack = 16.0 * std::numeric_limits<double>::epsilon();
    if (std::abs(scaled - std::round(scaled)) <= kSlack * std::max(1.0, std::abs(scaled))) return step;
  }
  return 0.0;
}

std::vector<Column> measured_columns(const PublishedStudy& study) {
  std::vector<Column> columns;
  using S = ServingRow;
  add_column(columns, study.serving, "load time", "s", &S::load_time_s);
  add_column(columns, study.serving, "inference time", "s", &S::inference_time_s);
  add_column(columns, study.serving, "throughput", "tok/s", &S::throughput);
  add_column(columns, study.serving, "mean time to first token", "ms", &S::ttft_mean_ms);
  add_column(columns, study.serving, "median time to first token", "ms", &S::ttft_median_ms);
  add_column(columns, study.serving, "mean inter-token latency", "ms", &S::itl_mean_ms);
  add_column(columns, study.serving, "median inter-token latency", "ms", &S::itl_median_ms);
  add_column(columns, study.serving, "serving energy", "J", &S::energy_j);
  add_column(columns, study.serving, "mean serving power", "W", &S::power_mean_w);
  add_column(columns, study.serving, "peak serving power", "W", &S::power_peak_w);
  add_column(columns, study.adaptation, "adaptation energy", "J", &AdaptationRow::energy_j);
  add_column(columns, study.adaptation, "mean adaptation power", "W", &AdaptationRow::power_mean_w);
  add_column(columns, study.adaptation, "adaptation time", "s", &AdaptationRow::time_s);
  add_column(columns, study.merging, "merging energy", "J", &MergingRow::energy_j);
  add_column(columns, study.merging, "mean merging power", "W", &MergingRow::power_mean_w);
  add_column(columns, study.merging, "merging time", "s", &MergingRow::time_s);
  return columns;
}

Outcome found(Finding finding) {
  Outcome outcome;
  outcome.findings.push_back(std::move(finding));
  return outcome;
}

Evidence context_evidence(const Subject& subject, std::string text) {
  return {{subject.run ? "record.jsonl" : "mapping file, context", 0}, subject.name, std::move(text)};
}

}  // namespace edgeeval::audit
