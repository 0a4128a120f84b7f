// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "bench/derive.hpp"
#include "core/files.hpp"
#include "core/json_document.hpp"
#include "record/record_json.hpp"
#include "record/series.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr const char* kIndex = "bench.json";
constexpr const char* kLoad = "load.json";
constexpr int kMajor = 1;

Json json_of(const StepOutcome& step) {
  Json objectives = Json::array();
  for (const auto& judged : step.objectives) {
    Json row{{"metric", judged.objective.metric},
             {"quantile", judged.objective.quantile.value_or(0.0)},
             {"limit_s", judged.objective.limit},
             {"state", std::string(to_string(judged.state))}};
    if (judged.value) row["value_s"] = *judged.value;
    if (judged.upper) row["upper_s"] = *judged.upper;
    objectives.push_back(std::move(row));
  }
  Json json{
      {"load", step.load}, {"valid", step.valid}, {"met", step.met}, {"objectives", std::move(objectives)}};
  if (!step.client_fault.empty()) json["client_fault"] = step.client_fault;
  return json;
}

StepOutcome step_from(const Json& json) {
  StepOutcome step{value_or(json, "load", 0.0),
                   value_or(json, "valid", false),
                   value_or(json, "met", false),
                   {},
                   value_or(json, "client_fault", std::string())};
  for (const auto& row : value_or(json, "objectives", Json::array())) {
    JudgedObjective judged;
    judged.objective = {value_or(row, "metric", std::string()), value_or(row, "limit_s", 0.0),
                        value_or(row, "quantile", 0.0)};
    const auto state = value_or(row, "state", std::string());
    for (const auto candidate : {ObjectiveState::met, ObjectiveState::missed, ObjectiveState::undecided}) {
      if (state == to_string(candidate)) judged.state = candidate;
    }
    if (row.contains("value_s")) judged.value = value_or(row, "value_s", 0.0);
    if (row.contains("upper_s")) judged.upper = value_or(row, "upper_s", 0.0);
    step.objectives.push_back(std::move(judged));
  }
  return step;
}

Json json_of(const PeakFound& peak) {
  Json json{{"why", peak.why}};
  if (peak.peak) json["peak"] = *peak.peak;
  if (peak.failed_at) json["failed_at"] = *peak.failed_at;
  Json steps = Json::array();
  for (const auto& step : peak.steps) steps.push_back(json_of(step));
  json["steps"] = std::move(steps);
  return json;
}

PeakFound peak_from(const Json& json) {
  PeakFound peak;
  peak.why = value_or(json, "why", std::string());
  if (json.contains("peak")) peak.peak = value_or(json, "peak", 0.0);
  if (json.contains("failed_at")) peak.failed_at = value_or(json, "failed_at", 0.0);
  for (const auto& step : value_or(json, "steps", Json::array())) peak.steps.push_back(step_from(step));
  return peak;
}

/// The objectives that a load was made with, as its header tells them.
BenchSettings settings_of(const LoadHeader& header) {
  BenchSettings settings;
  const auto slo = header.settings.find("slo");
  if (slo != header.settings.end()) {
    if (auto objectives = parse_objectives(slo->second)) settings.objectives = std::move(*objectives);
  }
  const auto cache = header.settings.find("prefix_cache");
  settings.validity.cache_wanted = cache != header.settings.end() && cache->second != "defeat";
  return settings;
}

Result<BenchPoint> point_at(const fs::path& folder, const std::string& in_file = {}) {
  auto load = record_of(folder, in_file);
  if (!load) return tl::unexpected(load.error());
  auto point = derive_point(folder, settings_of(load->header), in_file);
  if (!point) return point;
  if (auto scenario = parse_scenario(load->header.scenario)) point->scenario = std::move(*scenario);
  point->cancelled = load->header.how_ended == "cancelled";
  point->engine_ended = load->header.how_ended == "failed";
  return point;
}

std::string name_of(const BenchPoint& point, const BenchRun& run) {
  if (!point.in_file.empty()) return point.in_file;
  return point.folder == run.folder ? "." : fs::relative(point.folder, run.folder).string();
}

Json index_of(const BenchRun& run, const fs::path& under_way) {
  Json json{{"version", "1.0"}, {"scenario", run.scenario.text()}};
  Json points = Json::array();
  for (const auto& point : run.points) points.push_back(name_of(point, run));
  if (!under_way.empty()) points.push_back(fs::relative(under_way, run.folder).string());
  json["loads"] = std::move(points);
  if (run.peak) json["search"] = json_of(*run.peak);
  return json;
}

/// The index of a benchmark's folder, or of its file of several loads; absent where it has none.
Result<std::optional<Json>> index_at(const fs::path& folder) {
  std::error_code status;
  const auto where = (folder / kIndex).string();
  if (fs::exists(folder / kIndex, status)) {
    auto json = read_record_json(where);
    if (!json) return tl::unexpected(json.error());
    return std::optional(std::move(*json));
  }
  const auto line = series_index(folder);
  if (!line) return tl::unexpected(line.error());
  if (!*line) return std::optional<Json>();
  auto json = parse_json(**line, folder.string());
  if (!json) return tl::unexpected(json.error());
  return std::optional(std::move(*json));
}

}  // namespace

Result<void> write_bench_file(const BenchRun& run, const fs::path& under_way) {
  return write_file(run.folder / kIndex, json_document(index_of(run, under_way)));
}

bool is_series(const Scenario& scenario) {
  return scenario.kind == Scenario::Kind::sweep || scenario.kind == Scenario::Kind::find_peak;
}

Result<void> write_bench_timelines(const BenchRun& run, const fs::path& path) {
  if (!is_series(run.scenario)) {
    auto load = record_of(run.points.back().folder, run.points.back().in_file);
    return load ? write_timelines(*load, path) : tl::unexpected(load.error());
  }
  Json index{{"type", "series"}};
  index.update(index_of(run, {}));
  std::vector<SeriesLoad> loads;
  for (const auto& point : run.points)
    loads.push_back({name_of(point, run), [&point] { return record_of(point.folder, point.in_file); }});
  return write_series(to_line(index), loads, path);
}

bool is_bench_folder(const fs::path& folder) {
  std::error_code status;
  return fs::exists(folder / kIndex, status) || fs::exists(folder / kLoad, status);
}

std::vector<std::string> loads_of_series(const fs::path& folder) {
  std::error_code status;
  std::vector<std::string> loads;
  if (fs::exists(folder / kLoad, status) || !fs::exists(folder / kIndex, status)) return loads;
  const auto json = read_record_json((folder / kIndex).string());
  if (!json) return loads;
  for (const auto& name : value_or(*json, "loads", std::vector<std::string>()))
    loads.push_back((folder / name).string());
  return loads;
}

Result<BenchRun> read_bench(const fs::path& folder) {
  BenchRun run;
  run.folder = folder;
  std::error_code status;
  std::vector<std::string> loads{"."};
  // A load that was killed has no index yet; it is read as it lies.
  auto index = index_at(folder);
  if (!index) return tl::unexpected(index.error());
  if (const auto& json = *index) {
    const auto version = value_or(*json, "version", std::string());
    if (version.rfind(std::to_string(kMajor) + ".", 0) != 0)
      return fail(ErrorCode::record_unreadable, "format version \"" + version + "\" is not 1.x",
                  folder.string());
    if (auto scenario = parse_scenario(value_or(*json, "scenario", std::string()))) run.scenario = *scenario;
    loads = value_or(*json, "loads", std::vector<std::string>());
    if (json->contains("search")) run.peak = peak_from(json->at("search"));
  }
  // The last one may have been killed before it had written anything.
  if (!loads.empty() && !fs::exists(folder / loads.back() / kLoad, status) &&
      fs::is_directory(folder, status))
    loads.pop_back();
  for (const auto& name : loads) {
    const bool in_file = name != "." && !fs::is_directory(folder, status);
    auto point = in_file ? point_at(folder, name) : point_at(name == "." ? folder : folder / name);
    if (!point) return tl::unexpected(point.error());
    run.cancelled = run.cancelled || point->cancelled;
    run.engine_ended = run.engine_ended || point->engine_ended;
    run.points.push_back(std::move(*point));
  }
  if (run.points.size() == 1 && run.points.front().folder == folder && run.points.front().in_file.empty())
    run.scenario = run.points.front().scenario;
  return run;
}

}  // namespace edgeeval
