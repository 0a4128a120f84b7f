// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/csv_field.hpp"
#include "core/json_document.hpp"
#include "core/text.hpp"
#include "record/codec.hpp"
#include "report/measurement.hpp"

namespace edgeeval {
namespace {

Json over_runs_json(const OverRuns& over) {
  Json json = {{"mean", over.mean}, {"min", over.least}, {"max", over.most}, {"values", over.values}};
  if (over.half_width) json["half_width_95"] = *over.half_width;
  return json;
}

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

Json line_json(const EnergyLine& line) {
  Json json = {
      {"domain", line.domain}, {"grade", to_string(line.grade)}, {"energy_j", over_runs_json(line.joules)}};
  if (!line.source.empty()) json["source"] = line.source;
  if (!line.boundary.empty()) json["boundary"] = line.boundary;
  if (!line.method.empty()) json["method"] = line.method;
  if (!line.flags.empty()) json["flags"] = line.flags;
  put(json, "lo_j", line.lo);
  put(json, "hi_j", line.hi);
  if (line.net) json["net_j"] = over_runs_json(*line.net);
  put(json, "net_lo_j", line.net_lo);
  put(json, "net_hi_j", line.net_hi);
  put(json, "tail_j", line.tail_j);
  put(json, "mean_w", line.mean_w);
  put(json, "peak_w", line.peak_w);
  put(json, "coverage", line.coverage);
  return json;
}

Json summary_json(const MeasurementSummary& summary) {
  Json json = {{"sources", Json::array()}, {"limits", summary.limits}};
  for (const auto& line : summary.sources) json["sources"].push_back(line_json(line));
  if (summary.total) json["total"] = line_json(*summary.total);
  if (summary.duration) json["duration_s"] = over_runs_json(*summary.duration);
  if (!summary.left_out.empty()) json["left_out"] = summary.left_out;
  if (summary.steal) json["steal_s"] = over_runs_json(*summary.steal);
  if (summary.user) json["user_s"] = over_runs_json(*summary.user);
  if (summary.system) json["system_s"] = over_runs_json(*summary.system);
  put(json, "peak_resident_b", summary.resident_b);
  for (const auto& [name, edges] : summary.conditions) json["conditions"][name] = {edges.first, edges.second};
  json["own_cost"] = {
      {"cpu_s", summary.own_cpu_s}, {"cpu_share", summary.own_cpu_share}, {"at_most_w", summary.own_w}};
  return json;
}

Json run_json(const MeasuredRun& run) {
  Json json = {{"window", to_json(run.window)}};
  put(json, "exit_code", run.exit_code);
  put(json, "signal", run.ended_by);
  put(json, "stopped_by", run.stopped_by);
  put(json, "user_s", run.user_s);
  put(json, "system_s", run.system_s);
  put(json, "peak_resident_b", run.resident_b);
  return json;
}

std::string cell(const std::optional<double>& value) {
  return value ? format_round_trip(*value) : std::string();
}

}  // namespace

std::string measurement_json(const Measurement& measurement, const MeasurementSummary& summary) {
  Json json = {{"format", "edgeeval-measure"},     {"format_version", "1.0"},
               {"edgeeval", measurement.version},  {"name", measurement.name},
               {"what", measurement.what},         {"warmups", measurement.warmups},
               {"period_s", measurement.period_s}, {"tail_s", measurement.tail_s},
               {"summary", summary_json(summary)}, {"runs", Json::array()}};
  if (!measurement.command.empty()) json["command"] = measurement.command;
  if (!measurement.samples.empty()) json["samples"] = measurement.samples;
  if (measurement.idle_before) json["idle_before"] = to_json(*measurement.idle_before);
  if (measurement.idle_after) json["idle_after"] = to_json(*measurement.idle_after);
  for (const auto& run : measurement.runs) json["runs"].push_back(run_json(run));
  // A command line may hold any bytes; JSON is UTF-8.
  return json_document(json);
}

std::string measurement_csv(const Measurement& measurement) {
  std::string text =
      "run,source,domain,boundary,energy_j,lo_j,hi_j,grade,method,net_j,mean_w,peak_w,duration_s,coverage,"
      "flags,status\n";
  for (std::size_t i = 0; i < measurement.runs.size(); ++i) {
    const auto& window = measurement.runs[i].window;
    const auto status = status_of(measurement.runs[i]);
    const auto duration = format_round_trip(window.duration_s);
    for (const auto& entry : window.energy) {
      const auto net = entry.net ? std::optional(entry.net->value) : std::nullopt;
      text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", i + 1, csv_field(entry.source),
                          csv_field(entry.domain), csv_field(entry.boundary),
                          format_round_trip(entry.joules.value), cell(entry.joules.lo), cell(entry.joules.hi),
                          to_string(entry.joules.grade), csv_field(entry.method), cell(net),
                          cell(entry.mean_w), cell(entry.peak_w), duration, cell(entry.coverage),
                          csv_field(join(entry.flags, "; ")), status);
    }
    for (const auto& gone : window.voids) {
      text += fmt::format("{},{},{},{},,,,,,,,,{},,{},{}\n", i + 1, csv_field(gone.source),
                          csv_field(gone.domain), csv_field(gone.boundary), duration,
                          csv_field("not measured: " + gone.reason), status);
    }
  }
  return text;
}

}  // namespace edgeeval
