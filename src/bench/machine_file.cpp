// SPDX-License-Identifier: Apache-2.0
#include "bench/machine_file.hpp"

#include <utility>

#include "core/files.hpp"
#include "core/json.hpp"
#include "record/codec.hpp"

namespace edgeeval {
namespace {

constexpr const char* kName = "machine.json";

Json json_of(const PowerSource& source) {
  return {{"id", source.id},
          {"domain", source.domain},
          {"parent", source.parent},
          {"grade", std::string(to_string(source.grade))}};
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
  if (json.contains("epoch_ns")) {
    auto epoch = required<std::int64_t>(json, "epoch_ns", where);
    if (!epoch) return tl::unexpected(epoch.error());
    machine.epoch_ns = *epoch;
  }
  machine.power_csv = value_or(json, "power_csv", std::string());
  machine.warnings = value_or(json, "warnings", std::vector<std::string>());
  for (const auto& row : value_or(json, "sources", Json::array())) {
    const auto grade = grade_from(value_or(row, "grade", std::string()));
    if (!grade) return fail(ErrorCode::record_unreadable, "a source has no known grade", where);
    machine.sources.push_back({value_or(row, "id", std::string()), value_or(row, "domain", std::string()),
                               value_or(row, "parent", std::string()), *grade});
  }
  return machine;
}

}  // namespace

Result<void> write_machine(const std::filesystem::path& folder, const MachineRecord& machine) {
  Json json = Json::object();
  if (machine.energy) json["energy"] = json_of(*machine.energy);
  if (machine.epoch_ns) json["epoch_ns"] = *machine.epoch_ns;
  if (!machine.power_csv.empty()) json["power_csv"] = machine.power_csv.string();
  Json sources = Json::array();
  for (const auto& source : machine.sources) sources.push_back(json_of(source));
  json["sources"] = std::move(sources);
  if (machine.resident) json["resident"] = to_json(*machine.resident);
  if (!machine.warnings.empty()) json["warnings"] = machine.warnings;
  return write_file(folder / kName, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<MachineRecord> read_machine(const std::filesystem::path& folder) {
  const auto path = folder / kName;
  std::error_code status;
  if (!std::filesystem::exists(path, status)) return MachineRecord{};
  auto json = read_json_file(path.string());
  if (!json) return tl::unexpected(json.error());
  return machine_from(*json, path.string());
}

}  // namespace edgeeval
