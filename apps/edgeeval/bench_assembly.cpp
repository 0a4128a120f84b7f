// SPDX-License-Identifier: Apache-2.0
#include "bench_assembly.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <edgeeval/version.hpp>
#include <optional>
#include <system_error>

#include "core/text.hpp"

namespace edgeeval {
namespace {

/// The load that a search found to be the highest, else the last; one that was killed before it measured
/// anything only where there is no other.
const BenchPoint& front_of(const BenchRun& run) {
  if (run.peak && run.peak->peak) {
    for (std::size_t i = 0; i < run.peak->steps.size() && i < run.points.size(); ++i) {
      const auto& step = run.peak->steps[i];
      // A load may have been tried twice.
      if (step.met && step.load == *run.peak->peak) return run.points[i];
    }
  }
  const auto last = std::find_if(run.points.rbegin(), run.points.rend(),
                                 [](const auto& point) { return point.summary.requests > 0; });
  return last == run.points.rend() ? run.points.back() : *last;
}

std::string load_text(const BenchRun& run, double load) {
  return run.scenario.steps_closed ? format_round_trip(load) + " in flight"
                                   : format_significant(load) + " req/s";
}

std::string peak_text(const BenchRun& run) {
  if (!run.peak) return "";
  const auto& peak = *run.peak;
  if (!peak.peak && !peak.failed_at) return fmt::format("not found: {}", peak.why);
  if (!peak.peak) return fmt::format("no load tried meets the objectives ({})", peak.why);
  auto text = load_text(run, *peak.peak) + " meets every objective";
  if (peak.failed_at) text += fmt::format("; {} does not", load_text(run, *peak.failed_at));
  return text + fmt::format(" ({})", peak.why);
}

std::vector<SweepPoint> sweep_of(const BenchRun& run) {
  std::vector<SweepPoint> sweep;
  const bool series =
      run.scenario.kind == Scenario::Kind::sweep || run.scenario.kind == Scenario::Kind::find_peak;
  if (!series) return sweep;
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    const auto& point = run.points[i];
    SweepPoint step{point.header.scenario, point.summary, point.validity, {}};
    // Where the client was at fault, nothing is known of the server.
    if (run.peak && i < run.peak->steps.size() && run.peak->steps[i].client_fault.empty())
      step.meets = run.peak->steps[i].met;
    sweep.push_back(std::move(step));
  }
  return sweep;
}

/// A setting's number; absent where there is none.
std::optional<double> setting(const LoadHeader& header, const char* name) {
  const auto found = header.settings.find(name);
  if (found == header.settings.end()) return std::nullopt;
  double value = 0.0;
  const auto& text = found->second;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// Whether the load was as long as asked, and had as many requests.
void put_minima(const BenchPoint& point, BenchReport& report) {
  const auto& header = point.header;
  const auto duration = setting(header, "duration_s");
  if (duration && header.measured_ns && header.ended_ns)
    report.min_duration_met = static_cast<double>(*header.ended_ns - *header.measured_ns) * 1e-9 >= *duration;
  auto requests = setting(header, "requests");
  if (!requests) requests = setting(header, "min_requests");
  if (requests) report.min_requests_met = static_cast<double>(point.summary.requests) >= *requests;
}

ColdStartSection section_of(const ColdStartReport& starts) {
  ColdStartSection section;
  section.command = starts.command;
  section.page_cache = std::string(to_string(starts.cache));
  section.starts = starts.repeats.size();
  section.failed = starts.failed;
  for (const auto& repeat : starts.repeats) {
    if (repeat.error) section.failures.push_back({repeat.number, *repeat.error, repeat.log_tail});
  }
  for (const auto& figure : starts.figures)
    section.lines.push_back({figure.id, figure.title, figure.count, figure.mean, figure.geometric_mean,
                             figure.method, figure.median, figure.least, figure.most});
  return section;
}

}  // namespace

BenchReport report_of(const BenchRun& run) {
  BenchReport report;
  report.version = std::string(version());
  const auto& point = front_of(run);
  report.header = point.header;
  const auto why = point.header.server.find("recognised_by");
  if (why != point.header.server.end()) report.dialect_why = why->second;
  const auto slo = point.header.settings.find("slo");
  if (slo != point.header.settings.end()) {
    if (auto objectives = parse_objectives(slo->second)) report.objectives = std::move(*objectives);
  }
  put_minima(point, report);
  report.summary = point.summary;
  report.validity = point.validity;
  report.energy = point.by_phase;
  if (point.energy) report.load_energy = point.energy->gross;
  report.client_energy = point.client_energy;
  report.net_of_client = point.net_of_client;
  report.not_subtracted = point.not_subtracted;
  report.self_check = point.self_check;
  if (!point.by_phase) report.energy_absent = point.by_phase_absent;
  report.timings = point.timings;
  report.server_distributions = point.server_distributions;
  report.sweep = sweep_of(run);
  report.peak = peak_text(run);
  report.files = {{"record", run.folder.string()}};
  return report;
}

BenchReport report_of(const ColdStartReport& starts, const std::filesystem::path& folder) {
  BenchReport report;
  report.version = std::string(version());
  report.header.scenario = "cold start";
  report.header.model = starts.model;
  report.header.how_ended = starts.cancelled ? "cancelled" : "finished";
  report.files = {{"record", folder.string()}};
  put_starts(starts, report);
  return report;
}

void put_starts(const ColdStartReport& starts, BenchReport& report) {
  report.cold_start = section_of(starts);
  report.warnings.insert(report.warnings.end(), starts.warnings.begin(), starts.warnings.end());
}

}  // namespace edgeeval
