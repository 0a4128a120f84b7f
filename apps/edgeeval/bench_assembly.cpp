// SPDX-License-Identifier: Apache-2.0
#include "bench_assembly.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/version.hpp>

#include "core/text.hpp"

namespace edgeeval {
namespace {

/// The load that a search found to be the highest, else the last.
const BenchPoint& front_of(const BenchRun& run) {
  if (run.peak && run.peak->peak) {
    for (std::size_t i = 0; i < run.peak->steps.size() && i < run.points.size(); ++i) {
      if (run.peak->steps[i].load == *run.peak->peak) return run.points[i];
    }
  }
  return run.points.back();
}

std::string load_text(const BenchRun& run, double load) {
  return run.scenario.steps_closed ? format_round_trip(load) + " in flight" : format_significant(load) + " req/s";
}

std::string peak_text(const BenchRun& run) {
  if (!run.peak) return "";
  const auto& peak = *run.peak;
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
    if (run.peak && i < run.peak->steps.size()) step.meets = run.peak->steps[i].met;
    sweep.push_back(std::move(step));
  }
  return sweep;
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
  report.summary = point.summary;
  report.validity = point.validity;
  report.energy = point.by_phase;
  if (point.energy) report.load_energy = point.energy->gross;
  report.client_energy = point.client_energy;
  if (!point.by_phase) report.energy_absent = point.by_phase_absent;
  report.timings = point.timings;
  report.sweep = sweep_of(run);
  report.peak = peak_text(run);
  report.files = {{"record", run.folder.string()}};
  return report;
}

ColdStartSection section_of(const ColdStartReport& starts) {
  ColdStartSection section;
  section.command = starts.command;
  section.page_cache = std::string(to_string(starts.cache));
  section.starts = starts.repeats.size();
  section.failed = starts.failed;
  for (const auto& figure : starts.figures)
    section.lines.push_back({figure.title, figure.count, figure.mean, figure.median, figure.least, figure.most});
  return section;
}

}  // namespace edgeeval
