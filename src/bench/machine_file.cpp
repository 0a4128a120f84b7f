// SPDX-License-Identifier: Apache-2.0
#include "bench/machine_file.hpp"

#include <utility>

#include "core/files.hpp"
#include "core/json_document.hpp"
#include "record/codec.hpp"
#include "record/record_json.hpp"
#include "serving/stamp_check_codec.hpp"

namespace edgeeval {
namespace {

constexpr const char* kName = "machine.json";

/// Columns, since there are many spans.
Json json_of(const TotalPower& power) {
  Json begin = Json::array();
  Json end = Json::array();
  Json watts = Json::array();
  for (const auto& span : power.spans) {
    begin.push_back(span.begin_ns);
    end.push_back(span.end_ns);
    watts.push_back(span.watts);
  }
  return {{"source", power.source},     {"grade", std::string(to_string(power.grade))},
          {"left_out", power.left_out}, {"begin_ns", std::move(begin)},
          {"end_ns", std::move(end)},   {"watts", std::move(watts)}};
}

Result<TotalPower> power_from(const Json& json, const std::string& where) {
  TotalPower power;
  power.source = value_or(json, "source", std::string());
  power.left_out = value_or(json, "left_out", std::vector<std::string>());
  const auto grade = grade_from(value_or(json, "grade", std::string()));
  const auto begin = value_or(json, "begin_ns", std::vector<std::int64_t>());
  const auto end = value_or(json, "end_ns", std::vector<std::int64_t>());
  const auto watts = value_or(json, "watts", std::vector<double>());
  if (!grade || begin.size() != end.size() || begin.size() != watts.size())
    return fail(ErrorCode::record_unreadable, "\"power\" has no known grade, or columns of different lengths",
                where);
  power.grade = *grade;
  for (std::size_t i = 0; i < begin.size(); ++i) power.spans.push_back({begin[i], end[i], watts[i]});
  return power;
}

Json json_of(const CoreWatts& watts) {
  return {{"lo_w", watts.lo},
          {"hi_w", watts.hi},
          {"grade", std::string(to_string(watts.grade))},
          {"source", watts.source}};
}

Result<CoreWatts> core_watts_from(const Json& json, const std::string& where) {
  const auto grade = grade_from(value_or(json, "grade", std::string()));
  if (!grade) return fail(ErrorCode::record_unreadable, "\"core_watts\" has no known grade", where);
  return CoreWatts{value_or(json, "lo_w", 0.0), value_or(json, "hi_w", 0.0), *grade,
                   value_or(json, "source", std::string())};
}

Json json_of(const LoadEnergy& energy) {
  Json json{{"window", to_json(energy.window)}};
  if (energy.idle) json["idle"] = to_json(*energy.idle);
  if (energy.gross) json["gross"] = to_json(*energy.gross);
  if (energy.net) json["net"] = to_json(*energy.net);
  return json;
}

/// The member `key` by `read`, into `target`, where it is there.
template <class T, class Read>
Result<void> take(const Json& json, const char* key, const std::string& where, std::optional<T>& target,
                  const Read& read) {
  const auto found = json.find(key);
  if (found == json.end()) return {};
  auto value = read(*found, where);
  if (!value) return tl::unexpected(value.error());
  target = std::move(*value);
  return {};
}

Result<LoadEnergy> energy_from(const Json& json, const std::string& where) {
  if (!json.is_object() || !json.contains("window"))
    return fail(ErrorCode::record_unreadable, "\"energy\" has no window", where);
  LoadEnergy energy;
  auto window = window_from(json.at("window"), where);
  if (!window) return tl::unexpected(window.error());
  energy.window = std::move(*window);
  if (auto ok = take(json, "idle", where, energy.idle, window_from); !ok) return tl::unexpected(ok.error());
  if (auto ok = take(json, "gross", where, energy.gross, fact_from); !ok) return tl::unexpected(ok.error());
  if (auto ok = take(json, "net", where, energy.net, fact_from); !ok) return tl::unexpected(ok.error());
  return energy;
}

Result<MachineRecord> machine_from(const Json& json, const std::string& where) {
  if (!json.is_object()) return fail(ErrorCode::record_unreadable, "not a JSON object", where);
  MachineRecord machine;
  if (auto ok = take(json, "energy", where, machine.energy, energy_from); !ok)
    return tl::unexpected(ok.error());
  if (auto ok = take(json, "resident", where, machine.resident, fact_from); !ok)
    return tl::unexpected(ok.error());
  if (auto ok = take(json, "power", where, machine.power, power_from); !ok) return tl::unexpected(ok.error());
  if (auto ok = take(json, "core_watts", where, machine.core_watts, core_watts_from); !ok)
    return tl::unexpected(ok.error());
  if (json.contains("server_here")) machine.server_here = value_or(json, "server_here", false);
  if (json.contains("self_check")) machine.self_check = stamp_check_from(json.at("self_check"));
  machine.warnings = value_or(json, "warnings", std::vector<std::string>());
  return machine;
}

}  // namespace

Result<void> write_machine(const std::filesystem::path& folder, const MachineRecord& machine) {
  Json json = Json::object();
  if (machine.energy) json["energy"] = json_of(*machine.energy);
  if (machine.power) json["power"] = json_of(*machine.power);
  if (machine.core_watts) json["core_watts"] = json_of(*machine.core_watts);
  if (machine.resident) json["resident"] = to_json(*machine.resident);
  if (machine.server_here) json["server_here"] = *machine.server_here;
  if (machine.self_check) json["self_check"] = to_json(*machine.self_check);
  if (!machine.warnings.empty()) json["warnings"] = machine.warnings;
  return write_file(folder / kName, json_document(json));
}

Result<MachineRecord> read_machine(const std::filesystem::path& folder) {
  const auto path = folder / kName;
  std::error_code status;
  if (!std::filesystem::exists(path, status)) return MachineRecord{};
  auto json = read_record_json(path.string());
  if (!json) return tl::unexpected(json.error());
  return machine_from(*json, path.string());
}

}  // namespace edgeeval
