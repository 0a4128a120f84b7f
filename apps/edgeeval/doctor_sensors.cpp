// SPDX-License-Identifier: Apache-2.0
#include "doctor_sensors.hpp"
#include "core/json_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/version.hpp>
#include <utility>
#include <vector>

#include "console.hpp"
#include "core/text.hpp"
#include "probe/open_probes.hpp"
#include "probe/sensors.hpp"
#include "sensor_session.hpp"

namespace edgeeval {
namespace {

const char* kind_name(ReadingKind kind) {
  if (kind == ReadingKind::counter) return "counter";
  return kind == ReadingKind::power ? "watts" : "model";
}

/// "101 [100, 102]" in the unit that `factor` leads to, or why not.
std::string figure(const energy::Finding& finding, double factor, const char* unit) {
  if (!finding) return "not determinable: " + finding.error();
  return fmt::format("{} {} [{}, {}]", format_significant(finding->value * factor), unit,
                     format_significant(finding->lo * factor), format_significant(finding->hi * factor));
}

constexpr std::size_t kLabelColumns = 18;
constexpr std::size_t kNameColumns = 26;

/// `text` filled up to `columns`, and two spaces in any case: a label that is longer must not run into what
/// follows.
std::string padded(const std::string& text, std::size_t columns) {
  const auto width = display_width(text);
  return text + std::string(width < columns ? columns - width : 0, ' ') + "  ";
}

void row(const char* name, const std::string& text) {
  fmt::print("   {}{}\n", padded(name, kLabelColumns), printable(text));
}

void show_source(const SensorReport& report) {
  const auto& info = report.info;
  const auto& found = report.found;
  fmt::print("\n{} · {} · {}\n", printable(info.title), kind_name(info.kind), to_string(info.grade));
  row("one read costs",
      fmt::format("{} µs (middle 80 %: {} … {})", format_significant(1e6 * found.read_cost_s.value),
                  format_significant(1e6 * found.read_cost_s.lo),
                  format_significant(1e6 * found.read_cost_s.hi)));
  if (report.failures > 0)
    row("failed reads",
        fmt::format("{} of {}: {}", report.failures, report.reads + report.failures, report.last_failure));
  if (info.kind == ReadingKind::model) return;
  auto period = figure(found.period.typical, 1e3, "ms");
  if (found.period.typical)
    period += fmt::format(", middle 80 %: {} … {}", format_significant(1e3 * found.period.p10_s),
                          format_significant(1e3 * found.period.p90_s));
  row("update period", period);
  row("averaging", figure(found.response.averaging, 1e3, "ms"));
  row("lag (63 %)", figure(found.response.lag, 1e3, "ms"));
  row("rise (10–90 %)", figure(found.response.rise, 1e3, "ms"));
  if (found.response.lag)
    row("", fmt::format("from {} refreshes, {} % off the fit", found.response.points,
                        format_significant(100.0 * found.response.residual, 2)));
  const bool watts = info.kind == ReadingKind::power;
  row("resolution", watts ? figure(found.resolution, 1e3, "mW") : figure(found.resolution, 1e3, "mJ"));
  if (watts) row("noise without load", figure(found.idle_noise_w, 1.0, "W"));
  if (!watts) row("counter/integral", figure(report.counter_ratio, 1.0, ""));
}

void show_rights(const std::vector<SensorFinding>& sensors) {
  fmt::print("\nWhat is not read here, and what would change it\n");
  bool any = false;
  for (const auto& sensor : sensors) {
    if (sensor.readable) continue;
    any = true;
    fmt::print(" {} {}{}\n", sensor.found ? "✘" : "–", padded(sensor.name, kNameColumns),
               printable(sensor.why_not));
    if (!sensor.how_to_get.empty())
      fmt::print("   {}→ {}\n", padded("", kNameColumns), printable(sensor.how_to_get));
  }
  if (!any) fmt::print(" – nothing: every kind of sensor is read\n");
}

bool has_sensor(const SensorSession& session) {
  return std::any_of(session.points.begin(), session.points.end(), [](const MeasuredPoint& point) {
    return std::any_of(point.reports.begin(), point.reports.end(),
                       [](const SensorReport& report) { return report.info.kind != ReadingKind::model; });
  });
}

std::string verdict(const SensorSession& session) {
  if (session.points.empty() && !session.written.empty())
    return "Calibrated from the earlier recording; later runs use it.";
  if (session.points.empty()) return "No energy source at all: joules will be absent.";
  if (!has_sensor(session))
    return "No sensor here: nothing to characterise. Joules are modelled, with a range; only the models' own "
           "cost was "
           "measured.";
  return "Later runs on this machine use what was found.";
}

void show(const SensorSession& session, const std::vector<SensorFinding>& sensors) {
  fmt::print("edgeeval {} · sensors\n", version());
  for (const auto& point : session.points) {
    for (const auto& report : point.reports) show_source(report);
    if (!point.load_problem.empty()) fmt::print("   load stopped: {}\n", printable(point.load_problem));
  }
  show_rights(sensors);
  if (!session.notes.empty() || !session.written.empty()) fmt::print("\n");
  for (const auto& note : session.notes) fmt::print(" – {}\n", printable(note));
  for (const auto& file : session.written) fmt::print("written  {}\n", file);
  fmt::print("\n{}\n", verdict(session));
}

Json to_json(const SensorSession& session, const std::vector<SensorFinding>& sensors) {
  Json sources = Json::array();
  for (const auto& point : session.points) {
    for (const auto& report : point.reports) {
      const auto& info = report.info;
      sources.push_back({{"id", info.id},
                         {"title", info.title},
                         {"domain", info.domain},
                         {"device", calibration_device(info)},
                         {"kind", kind_name(info.kind)},
                         {"grade", std::string(to_string(info.grade))},
                         {"load_problem", point.load_problem},
                         {"findings", findings_json(report)}});
    }
  }
  Json unread = Json::array();
  for (const auto& sensor : sensors) {
    if (!sensor.readable)
      unread.push_back({{"name", sensor.name},
                        {"found", sensor.found},
                        {"why_not", sensor.why_not},
                        {"how_to_get", sensor.how_to_get}});
  }
  return {
      {"edgeeval", std::string(version())}, {"sensors", has_sensor(session)}, {"sources", std::move(sources)},
      {"not_read", std::move(unread)},      {"notes", session.notes},         {"written", session.written},
      {"verdict", verdict(session)}};
}

}  // namespace

int doctor_sensors(const DoctorSensorsOptions& options) {
  CancelToken cancel;
  const SignalGuard guard(cancel);
  const SystemClock clock;
  auto opened = open_sources(clock, source_options_from_environment());
  if (opened.refused) return report_error(*opened.refused);
  auto session = run_sensor_session(options, std::move(opened.probes), clock, cancel);
  if (!session) {
    const int code = report_error(session.error());
    return session.error().code == ErrorCode::cancelled ? 128 + cancel.signal_number() : code;
  }
  const auto sensors = find_sensors();
  if (options.json) {
    fmt::print("{}", json_document(to_json(*session, sensors)));
  } else {
    show(*session, sensors);
  }
  return 0;
}

}  // namespace edgeeval
