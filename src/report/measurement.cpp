// SPDX-License-Identifier: Apache-2.0
#include "report/measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "record/ledger.hpp"
#include "stats/bootstrap.hpp"
#include "stats/student.hpp"

namespace edgeeval {
namespace {

constexpr double kBusyCpuWatts = 4.26;  ///< Largest of Cloud Carbon Footprint's figures for a busy vCPU (W).
constexpr double kShort = 5.0;          ///< Below it, a window's edges and ramps weigh much (s).
constexpr std::size_t kEnoughToJudge = 5;  ///< Runs from which outliers are looked for.
constexpr double kOutlier = 3.5;           ///< Modified z-score (Iglewicz and Hoaglin 1993).
constexpr double kNormalMad = 0.6745;      ///< Median absolute deviation of a standard normal.

void add_once(std::vector<std::string>& items, const std::string& item) {
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

/// Collects the values of one source over runs.
class LineMaker {
 public:
  void add(const EnergyEntry& entry) {
    line_.source = entry.source;
    line_.domain = entry.domain;
    line_.boundary = entry.boundary;
    line_.method = entry.method;
    line_.grade = weaker(line_.grade, entry.joules.grade);
    add_fact(entry.joules);
    if (entry.net) {
      nets_.push_back(entry.net->value);
      if (entry.net->lo) net_los_.push_back(*entry.net->lo);
      if (entry.net->hi) net_his_.push_back(*entry.net->hi);
    }
    if (entry.tail) tails_.push_back(entry.tail->value);
    if (entry.mean_w) mean_ws_.push_back(*entry.mean_w);
    if (entry.peak_w) line_.peak_w = std::max(line_.peak_w.value_or(*entry.peak_w), *entry.peak_w);
    if (entry.coverage) line_.coverage = std::min(line_.coverage.value_or(1.0), *entry.coverage);
    for (const auto& flag : entry.flags) add_once(line_.flags, flag);
  }
  void add_fact(const Fact& fact) {
    joules_.push_back(fact.value);
    if (fact.lo) los_.push_back(*fact.lo);
    if (fact.hi) his_.push_back(*fact.hi);
  }
  void weaken(Grade grade) { line_.grade = weaker(line_.grade, grade); }
  void add_net(double joules) { nets_.push_back(joules); }
  void add_mean_w(double watts) { mean_ws_.push_back(watts); }

  [[nodiscard]] std::optional<EnergyLine> line() {
    auto joules = over_runs(joules_);
    if (!joules) return std::nullopt;
    line_.joules = std::move(*joules);
    // A bound that some run does not have is no bound of the mean.
    if (los_.size() == joules_.size()) line_.lo = mean(los_);
    if (his_.size() == joules_.size()) line_.hi = mean(his_);
    if (nets_.size() == joules_.size()) line_.net = over_runs(nets_);
    if (line_.net && net_los_.size() == nets_.size()) line_.net_lo = mean(net_los_);
    if (line_.net && net_his_.size() == nets_.size()) line_.net_hi = mean(net_his_);
    line_.tail_j = mean(tails_);
    line_.mean_w = mean(mean_ws_);
    return std::move(line_);
  }

 private:
  EnergyLine line_;
  std::vector<double> joules_, los_, his_, nets_, net_los_, net_his_, tails_, mean_ws_;
};

std::vector<std::string> sources_of(const Measurement& measurement) {
  std::vector<std::string> sources;
  for (const auto& run : measurement.runs) {
    for (const auto& entry : run.window.energy) add_once(sources, entry.source);
  }
  return sources;
}

/// The net energy of a window, where every source that is counted has one: gross total less the rest of each.
std::optional<double> net_total(const WindowRecord& window) {
  WindowRecord net = window;
  for (auto& entry : net.energy) {
    if (!entry.net) return std::nullopt;
    entry.joules.value = entry.net->value;
  }
  const auto total = total_energy(net);
  return total ? std::optional(total->value) : std::nullopt;
}

std::optional<EnergyLine> total_of(const Measurement& measurement) {
  LineMaker maker;
  for (const auto& run : measurement.runs) {
    const auto total = total_energy(run.window);
    if (!total) continue;
    maker.add_fact(*total);
    maker.weaken(total->grade);
    if (run.window.duration_s > 0.0) maker.add_mean_w(total->value / run.window.duration_s);
    if (const auto net = net_total(run.window)) maker.add_net(*net);
  }
  auto line = maker.line();
  if (line) line->domain = "total";
  return line;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

void find_outliers(const std::string& of, const std::vector<double>& values,
                   std::vector<std::string>& limits) {
  if (values.size() < kEnoughToJudge) return;
  const double middle = median(values);
  std::vector<double> deviations;
  for (const double value : values) deviations.push_back(std::abs(value - middle));
  const double spread = median(deviations);
  if (spread <= 0.0) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (kNormalMad * deviations[i] / spread <= kOutlier) continue;
    limits.push_back(fmt::format("{} of run {} is far from the others ({} against a median of {}){}", of,
                                 i + 1, format_significant(values[i]), format_significant(middle),
                                 i == 0 ? "; --warmup 1 leaves first starts out" : ""));
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
  if (summary.duration) find_outliers("the duration", summary.duration->values, limits);
  if (summary.total) find_outliers("the energy", summary.total->joules.values, limits);
  for (const auto& warning : measurement.warnings) add_once(limits, warning);
}

void add_cost(const Measurement& measurement, MeasurementSummary& summary) {
  std::vector<double> costs, user, system;
  for (const auto& run : measurement.runs) {
    if (run.window.sampling_cpu_s) costs.push_back(*run.window.sampling_cpu_s);
    if (run.user_s) user.push_back(*run.user_s);
    if (run.system_s) system.push_back(*run.system_s);
    if (run.resident_b) summary.resident_b = std::max(summary.resident_b.value_or(0.0), *run.resident_b);
  }
  summary.user = over_runs(user);
  summary.system = over_runs(system);
  summary.own_cpu_s = mean(costs).value_or(0.0);
  if (summary.duration && summary.duration->mean > 0.0) {
    summary.own_cpu_share = summary.own_cpu_s / summary.duration->mean;
    summary.own_w = kBusyCpuWatts * std::min(1.0, summary.own_cpu_share);
  }
}

}  // namespace

std::optional<OverRuns> over_runs(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  OverRuns over;
  over.mean = *mean(values);
  if (const auto interval = student_interval(values)) over.half_width = 0.5 * (interval->hi - interval->lo);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  over.least = *least;
  over.most = *most;
  over.values = std::move(values);
  return over;
}

MeasurementSummary sum_up(const Measurement& measurement) {
  MeasurementSummary summary;
  std::vector<double> durations;
  for (const auto& run : measurement.runs) durations.push_back(run.window.duration_s);
  summary.duration = over_runs(durations);
  for (const auto& source : sources_of(measurement)) {
    LineMaker maker;
    for (const auto& run : measurement.runs) {
      for (const auto& entry : run.window.energy) {
        if (entry.source == source) maker.add(entry);
      }
    }
    if (auto line = maker.line()) summary.sources.push_back(std::move(*line));
  }
  summary.total = total_of(measurement);
  if (!measurement.runs.empty()) {
    summary.conditions = measurement.runs.front().window.conditions;
    for (const auto& [name, edges] : measurement.runs.back().window.conditions) {
      summary.conditions[name].second = edges.second;
    }
  }
  add_cost(measurement, summary);
  add_limits(measurement, summary);
  return summary;
}

std::vector<std::string> measurement_formats() { return {"console", "csv", "json", "md"}; }

Result<std::string> measurement_as(const std::string& format, const Measurement& measurement, bool colour) {
  const auto summary = sum_up(measurement);
  if (format == "console") return measurement_console(measurement, summary, colour);
  if (format == "csv") return measurement_csv(measurement);
  if (format == "json") return measurement_json(measurement, summary);
  if (format == "md") return measurement_markdown(measurement, summary);
  return fail(ErrorCode::usage, "there is no format \"" + format + "\"", "-o",
              "formats: " + join(measurement_formats(), ", "));
}

}  // namespace edgeeval
