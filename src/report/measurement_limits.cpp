// SPDX-License-Identifier: Apache-2.0
#include "report/measurement_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr double kShort = 5.0;             ///< Below it, a window's edges and ramps weigh much (s).
constexpr std::size_t kEnoughToJudge = 5;  ///< Runs from which outliers are looked for.
constexpr double kOutlier = 3.5;           ///< Modified z-score (Iglewicz and Hoaglin 1993).
constexpr double kNormalMad = 0.6745;      ///< Median absolute deviation of a standard normal.

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

void find_outliers(const std::string& of, const std::vector<double>& values,
                   const std::vector<std::size_t>& numbers, std::vector<std::string>& limits) {
  if (values.size() < kEnoughToJudge) return;
  const double middle = median(values);
  std::vector<double> deviations;
  for (const double value : values) deviations.push_back(std::abs(value - middle));
  const double spread = median(deviations);
  if (spread <= 0.0) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (kNormalMad * deviations[i] / spread <= kOutlier) continue;
    limits.push_back(fmt::format("{} of run {} is far from the others ({} against a median of {}){}", of,
                                 numbers.at(i), format_significant(values[i]), format_significant(middle),
                                 numbers.at(i) == 1 ? "; --warmup 1 leaves first starts out" : ""));
  }
}

}  // namespace

void add_once(std::vector<std::string>& items, const std::string& item) {
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

void add_end_limits(const Measurement& measurement, MeasurementSummary& summary) {
  for (std::size_t i = 0; i < measurement.runs.size(); ++i) {
    const auto& run = measurement.runs[i];
    if (cut_short(run)) {
      const bool stopped = run.stopped_by.has_value();
      summary.limits.push_back(
          fmt::format("run {} was {} by signal {}{}", i + 1, stopped ? "stopped" : "ended",
                      stopped ? *run.stopped_by : *run.ended_by,
                      summary.left_out.empty() ? ": the figures are of what ran until then"
                                               : " and is left out of the sums"));
    } else if (run.exit_code.value_or(0) != 0) {
      summary.limits.push_back(fmt::format("run {} exited with {}", i + 1, *run.exit_code));
    }
  }
}

void add_limits(const Measurement& measurement, MeasurementSummary& summary) {
  auto& limits = summary.limits;
  for (const auto& line : summary.sources) {
    if (line.grade == Grade::modelled) {
      const auto title = measurement.titles.find(line.source);
      limits.push_back(fmt::format("~ {} is modelled, not measured: {}", line.domain,
                                   title == measurement.titles.end() ? line.source : title->second));
    }
    for (const auto& flag : line.flags) limits.push_back(line.source + ": " + flag);
  }
  for (const auto& run : measurement.runs) {
    for (const auto& gone : run.window.voids) {
      auto text = fmt::format("{} was not measured: {}", gone.source, gone.reason);
      if (gone.needed_s) text += fmt::format(" ({} would do)", format_duration(*gone.needed_s));
      add_once(limits, text);
    }
    for (const auto& note : run.window.notes) add_once(limits, note);
  }
  if (summary.duration && summary.duration->mean < kShort && summary.total && measurement.runs.size() == 1) {
    limits.push_back(fmt::format(
        "short: below {:g} s, edges and start-up weigh much; --repeat N tells the spread", kShort));
  }
  if (summary.duration) find_outliers("the duration", summary.duration->values, summary.runs, limits);
  if (summary.total) find_outliers("the energy", summary.total->joules.values, summary.runs, limits);
  for (const auto& warning : measurement.warnings) add_once(limits, warning);
}

}  // namespace edgeeval
