// SPDX-License-Identifier: Apache-2.0
#include "report/measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "core/text.hpp"
#include "record/ledger.hpp"
#include "report/measurement_limits.hpp"
#include "stats/bootstrap.hpp"
#include "stats/student.hpp"

namespace edgeeval {
namespace {

/// Largest of Cloud Carbon Footprint's figures for a busy vCPU of any architecture (W):
/// probe/power_model.cpp.
constexpr double kBusyCpuWatts = 9.85;

std::optional<double> number_in(const std::string& text) {
  double value = 0.0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
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

using Runs = std::vector<const MeasuredRun*>;

std::vector<std::string> sources_of(const Runs& runs) {
  std::vector<std::string> sources;
  for (const auto* run : runs) {
    for (const auto& entry : run->window.energy) add_once(sources, entry.source);
  }
  return sources;
}

/// Numbers the runs that are in the sums, and those that are not.
Runs choose_runs(const Measurement& measurement, MeasurementSummary& summary) {
  const auto& all = measurement.runs;
  const bool none_whole = std::all_of(all.begin(), all.end(), cut_short);
  Runs chosen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool out = cut_short(all[i]) && !none_whole;
    (out ? summary.left_out : summary.runs).push_back(i + 1);
    if (!out) chosen.push_back(&all[i]);
  }
  return chosen;
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

/// What a total of a window is of, in words.
std::string parts_of(const std::optional<EnergyTotal>& total) {
  if (!total) return "nothing";
  auto counted = total->counted;
  std::sort(counted.begin(), counted.end());
  auto missing = total->missing;
  std::sort(missing.begin(), missing.end());
  return join(counted, " + ") + (missing.empty() ? "" : " without " + join(missing, ", "));
}

/// A mean of totals of different things would be the energy of nothing.
std::optional<EnergyLine> total_of(const Runs& runs, std::vector<std::string>& limits) {
  LineMaker maker;
  std::map<std::string, int> parts;
  for (const auto* run : runs) {
    const auto total = add_up({&run->window});
    parts[parts_of(total)] += 1;
    if (!total) continue;
    maker.add_fact(total->joules);
    maker.weaken(total->joules.grade);
    if (run->window.duration_s > 0.0) maker.add_mean_w(total->joules.value / run->window.duration_s);
    if (const auto net = net_total(run->window)) maker.add_net(*net);
  }
  if (parts.size() > 1) {
    std::vector<std::string> words;
    for (const auto& [part, count] : parts) words.push_back(fmt::format("{} in {}", part, count));
    limits.push_back(fmt::format("no total: the {} runs do not count the same sources ({})", runs.size(),
                                 join(words, "; ")));
    return std::nullopt;
  }
  auto line = maker.line();
  if (line) line->domain = "total";
  return line;
}

/// The growth of counts since boot over each run's window; other conditions as they are at the ends.
void add_conditions(const Runs& runs, MeasurementSummary& summary) {
  constexpr std::string_view kSteal = ".steal_s";
  if (runs.empty()) return;
  summary.conditions = runs.front()->window.conditions;
  for (const auto& [name, edges] : runs.back()->window.conditions)
    summary.conditions[name].second = edges.second;
  std::erase_if(summary.conditions, [&](const auto& one) { return one.first.ends_with(kSteal); });
  std::vector<double> steals;
  for (const auto* run : runs) {
    for (const auto& [name, edges] : run->window.conditions) {
      if (!name.ends_with(kSteal)) continue;
      const auto first = number_in(edges.first);
      const auto last = number_in(edges.second);
      if (first && last && *last >= *first) steals.push_back(*last - *first);
    }
  }
  if (steals.size() == runs.size()) summary.steal = over_runs(steals);
}

void add_cost(const Runs& runs, MeasurementSummary& summary) {
  std::vector<double> costs, user, system;
  for (const auto* run : runs) {
    if (run->window.sampling_cpu_s) costs.push_back(*run->window.sampling_cpu_s);
    if (run->user_s) user.push_back(*run->user_s);
    if (run->system_s) system.push_back(*run->system_s);
    if (run->resident_b) summary.resident_b = std::max(summary.resident_b.value_or(0.0), *run->resident_b);
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

bool cut_short(const MeasuredRun& run) { return run.ended_by || run.stopped_by; }

std::string status_of(const MeasuredRun& run) {
  if (run.ended_by) return fmt::format("signal {}", *run.ended_by);
  if (run.stopped_by) return fmt::format("stopped {}", *run.stopped_by);
  return run.exit_code.value_or(0) == 0 ? "ok" : fmt::format("exit {}", *run.exit_code);
}

MeasurementSummary sum_up(const Measurement& measurement) {
  MeasurementSummary summary;
  const auto runs = choose_runs(measurement, summary);
  std::vector<double> durations;
  for (const auto* run : runs) durations.push_back(run->window.duration_s);
  summary.duration = over_runs(durations);
  for (const auto& source : sources_of(runs)) {
    LineMaker maker;
    for (const auto* run : runs) {
      for (const auto& entry : run->window.energy) {
        if (entry.source == source) maker.add(entry);
      }
    }
    if (auto line = maker.line()) summary.sources.push_back(std::move(*line));
  }
  add_end_limits(measurement, summary);
  summary.total = total_of(runs, summary.limits);
  add_conditions(runs, summary);
  add_cost(runs, summary);
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
