// SPDX-License-Identifier: Apache-2.0
#include "probe/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

#include "core/files.hpp"
#include "core/paths.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// A probe that knows its sensor better than the source itself does.
class CalibratedProbe final : public Probe {
 public:
  CalibratedProbe(std::unique_ptr<Probe> inner, SensorCharacter character)
      : inner_(std::move(inner)), info_(inner_->info()) {
    // What only the source knows stays: a file may be older than a change of the power limit.
    character.ceiling = info_.character.ceiling;
    info_.character = std::move(character);
  }
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override { return inner_->read(); }

 private:
  std::unique_ptr<Probe> inner_;
  ProbeInfo info_;
};

Json to_json(const SensorCharacter& character) {
  Json json{{"resolution", character.resolution},
            {"gain", character.gain},
            {"offset_w", character.offset_w},
            {"gain_half_width", character.gain_half_width},
            {"origin", character.origin}};
  if (character.period) json["period_s"] = character.period->value();
  if (character.averaging) json["averaging_s"] = character.averaging->value();
  if (character.lag) json["lag_s"] = character.lag->value();
  return json;
}

/// A number, or nothing where it is absent; `good` turns false where it is there and no sound number.
std::optional<double> number_at(const Json& json, const char* key, double least, double most, bool& good) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  const bool sound = found->is_number() && std::isfinite(found->get<double>()) &&
                     found->get<double>() >= least && found->get<double>() <= most;
  if (!sound) good = false;
  return sound ? std::optional(found->get<double>()) : std::nullopt;
}

std::optional<SensorCharacter> character_from(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  bool good = true;
  SensorCharacter character;
  const auto seconds = [&](const char* key) -> std::optional<Seconds> {
    const auto value = number_at(json, key, 0.0, 3600.0, good);
    return value ? std::optional(Seconds(*value)) : std::nullopt;
  };
  character.period = seconds("period_s");
  character.averaging = seconds("averaging_s");
  character.lag = seconds("lag_s");
  character.resolution = number_at(json, "resolution", 0.0, 1e6, good).value_or(0.0);
  character.gain = number_at(json, "gain", 1e-3, 1e3, good).value_or(1.0);
  character.offset_w = number_at(json, "offset_w", -1e6, 1e6, good).value_or(0.0);
  character.gain_half_width = number_at(json, "gain_half_width", 0.0, 10.0, good).value_or(0.0);
  character.origin = value_or(json, "origin", std::string());
  return good ? std::optional(character) : std::nullopt;
}

Json to_json(const energy::Finding& finding) {
  if (!finding) return {{"not_determinable", finding.error()}};
  return {{"value", finding->value}, {"lo", finding->lo}, {"hi", finding->hi}};
}

std::optional<std::vector<energy::Plateau>> plateaus_from(const Json& json) {
  std::vector<energy::Plateau> result;
  if (json.is_null()) return result;
  if (!json.is_array()) return std::nullopt;
  for (const auto& item : json) {
    if (!item.is_object()) return std::nullopt;
    bool good = true;
    const auto begin = number_at(item, "begin_s", 0.0, 1e12, good);
    const auto end = number_at(item, "end_s", 0.0, 1e12, good);
    const auto shown = number_at(item, "shown_w", -1e9, 1e9, good);
    if (!begin || !end || !shown || *end < *begin) return std::nullopt;
    result.push_back({{*begin, *end}, *shown});
  }
  return result;
}

tl::unexpected<Error> unusable(const fs::path& file, const std::string& why) {
  return fail(ErrorCode::record_unreadable, "calibration not used: " + why, file.string(),
              "Write a new one with `edgeeval doctor --sensors`.");
}

}  // namespace

std::string calibration_device(const ProbeInfo& info) {
  return info.device.empty() ? info.measuring_point() : info.device;
}

fs::path calibration_file(const fs::path& folder, const std::string& device) {
  std::string name;
  for (const char c : device) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || (c == '.' && !name.empty());
    name += plain ? c : '-';
  }
  return folder / ((name.empty() ? "unnamed" : name) + ".json");
}

fs::path calibration_folder() { return cache_folder() / "calibrations"; }

Json findings_json(const SensorReport& report) {
  const auto& found = report.found;
  auto period = to_json(found.period.typical);
  if (found.period.typical) {
    period["p10"] = found.period.p10_s;
    period["p90"] = found.period.p90_s;
    period["gaps"] = found.period.gaps;
  }
  return {
      {"period_s", period},
      {"averaging_s", to_json(found.response.averaging)},
      {"lag_s", to_json(found.response.lag)},
      {"rise_s", to_json(found.response.rise)},
      {"fit_points", found.response.points},
      {"fit_residual", found.response.residual},
      {report.info.kind == ReadingKind::power ? "resolution_w" : "resolution_j", to_json(found.resolution)},
      {"idle_noise_w", to_json(found.idle_noise_w)},
      {"counter_to_integral", to_json(report.counter_ratio)},
      {"read_cost_s", to_json(energy::Finding(found.read_cost_s))},
      {"reads", report.reads},
      {"failed_reads", report.failures}};
}

Result<void> write_calibration(const fs::path& folder, const Calibration& calibration) {
  Json sources = Json::object();
  for (const auto& [id, source] : calibration.sources) {
    Json steady = Json::array();
    for (const auto& plateau : source.plateaus)
      steady.push_back(
          {{"begin_s", plateau.span.begin_s}, {"end_s", plateau.span.end_s}, {"shown_w", plateau.shown_w}});
    sources[id] = {{"character", to_json(source.character)},
                   {"findings", source.findings},
                   {"plateaus", std::move(steady)}};
  }
  const Json json{{"schema", "edgeeval-calibration"}, {"version", kCalibrationVersion},
                  {"device", calibration.device},     {"date", calibration.date},
                  {"tool", calibration.tool},         {"environment", calibration.environment},
                  {"sources", std::move(sources)}};
  return make_folder(folder).and_then([&] {
    return write_file(calibration_file(folder, calibration.device),
                      json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  });
}

Result<std::optional<Calibration>> read_calibration(const fs::path& folder, const std::string& device) {
  const auto file = calibration_file(folder, device);
  std::error_code status;
  if (!fs::exists(file, status)) return std::optional<Calibration>();
  const auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  const auto json = parse_json(*text, file.string());
  if (!json || value_or(*json, "schema", std::string()) != "edgeeval-calibration")
    return unusable(file, "damaged, or no calibration file");
  const auto version = value_or(*json, "version", 0);
  if (version > kCalibrationVersion) return unusable(file, "written by a newer EdgeEval");
  Calibration calibration;
  calibration.device = value_or(*json, "device", std::string());
  if (version < 1) return unusable(file, "damaged, it has no version");
  if (calibration.device != device) return unusable(file, "it is of another device, " + calibration.device);
  calibration.date = value_or(*json, "date", std::string());
  calibration.tool = value_or(*json, "tool", std::string());
  calibration.environment = value_or(*json, "environment", std::map<std::string, std::string>());
  const auto sources = json->find("sources");
  if (sources == json->end() || !sources->is_object()) return unusable(file, "damaged, it names no sources");
  for (const auto& [id, item] : sources->items()) {
    if (!item.is_object()) return unusable(file, "damaged at source " + id);
    const auto character = character_from(value_or(item, "character", Json()));
    const auto steady = plateaus_from(value_or(item, "plateaus", Json()));
    if (!character || !steady) return unusable(file, "damaged at source " + id);
    calibration.sources[id] = {*character, value_or(item, "findings", Json()), *steady};
  }
  return std::optional(std::move(calibration));
}

CalibratedProbes with_calibrations(std::vector<std::unique_ptr<Probe>> probes, const fs::path& folder) {
  CalibratedProbes result;
  for (auto& probe : probes) {
    const auto& info = probe->info();
    std::optional<SensorCharacter> character;
    if (info.kind != ReadingKind::model) {
      const auto calibration = read_calibration(folder, calibration_device(info));
      if (!calibration) {
        const auto warning = calibration.error().where + ": " + calibration.error().message;
        if (std::find(result.warnings.begin(), result.warnings.end(), warning) == result.warnings.end())
          result.warnings.push_back(warning);
      } else if (*calibration) {
        const auto& sources = (*calibration)->sources;
        if (const auto found = sources.find(info.id); found != sources.end())
          character = found->second.character;
      }
    }
    if (character) probe = std::make_unique<CalibratedProbe>(std::move(probe), *character);
    result.probes.push_back(std::move(probe));
  }
  return result;
}

}  // namespace edgeeval
