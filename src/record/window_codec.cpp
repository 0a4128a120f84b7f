// SPDX-License-Identifier: Apache-2.0
// Facts and windows with their energies as JSON and back. What a minor version added is optional.
#include "record/codec.hpp"
#include "record/codec_parts.hpp"

namespace edgeeval {
namespace codec {
namespace {

std::optional<Fact> optional_fact(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return std::nullopt;
  return fact_at(*found);
}

void put_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void put_fact(Json& json, const char* key, const std::optional<Fact>& fact) {
  if (fact) json[key] = to_json(*fact);
}

EnergyEntry energy_at(const Json& json) {
  EnergyEntry entry;
  entry.source = json.at("source").get<std::string>();
  entry.domain = json.at("domain").get<std::string>();
  entry.boundary = json.at("boundary").get<std::string>();
  entry.parent = value_or(json, "parent", std::string());
  entry.joules = fact_at(json.at("energy"));
  entry.method = value_or(json, "method", std::string());
  entry.common_relative = optional_at<double>(json, "common_relative");
  entry.net = optional_fact(json, "net");
  entry.tail = optional_fact(json, "tail");
  entry.mean_w = optional_at<double>(json, "mean_w");
  entry.peak_w = optional_at<double>(json, "peak_w");
  entry.coverage = optional_at<double>(json, "coverage");
  entry.longest_gap_s = optional_at<double>(json, "longest_gap_s");
  entry.hard_bounds = optional_at<bool>(json, "hard_bounds");
  entry.flags = value_or(json, "flags", std::vector<std::string>());
  entry.device = value_or(json, "device", std::string());
  return entry;
}

Json json_of(const EnergyEntry& entry) {
  Json json{{"source", entry.source}, {"domain", entry.domain}, {"boundary", entry.boundary}};
  put_text(json, "parent", entry.parent);
  put_text(json, "device", entry.device);
  json["energy"] = to_json(entry.joules);
  put_text(json, "method", entry.method);
  put(json, "common_relative", entry.common_relative);
  put_fact(json, "net", entry.net);
  put_fact(json, "tail", entry.tail);
  put(json, "mean_w", entry.mean_w);
  put(json, "peak_w", entry.peak_w);
  put(json, "coverage", entry.coverage);
  put(json, "longest_gap_s", entry.longest_gap_s);
  put(json, "hard_bounds", entry.hard_bounds);
  if (!entry.flags.empty()) json["flags"] = entry.flags;
  return json;
}

EnergyVoid void_at(const Json& json) {
  return {json.at("source").get<std::string>(),      json.at("domain").get<std::string>(),
          value_or(json, "boundary", std::string()), value_or(json, "parent", std::string()),
          json.at("reason").get<std::string>(),      optional_at<double>(json, "needed_s")};
}

Json json_of(const EnergyVoid& absent) {
  Json json{{"source", absent.source}, {"domain", absent.domain}};
  put_text(json, "boundary", absent.boundary);
  put_text(json, "parent", absent.parent);
  json["reason"] = absent.reason;
  put(json, "needed_s", absent.needed_s);
  return json;
}

}  // namespace

Fact fact_at(const Json& json) {
  Fact fact;
  fact.value = json.at("value").get<double>();
  fact.unit = json.at("unit").get<std::string>();
  fact.lo = optional_at<double>(json, "lo");
  fact.hi = optional_at<double>(json, "hi");
  const auto name = json.at("grade").get<std::string>();
  const auto grade = grade_from(name);
  if (!grade) throw UnknownWord("grade", name);
  fact.grade = *grade;
  fact.sources = json.at("sources").get<std::vector<std::string>>();
  return fact;
}

WindowRecord window_at(const Json& json) {
  WindowRecord window;
  window.name = json.at("name").get<std::string>();
  window.start_s = json.at("start_s").get<double>();
  window.duration_s = duration_at(json, "duration_s");
  for (const auto& entry : json.at("energy")) window.energy.push_back(energy_at(entry));
  const auto voids = value_or(json, "voids", Json::array());
  for (const auto& absent : voids) window.voids.push_back(void_at(absent));
  const auto conditions = value_or(json, "conditions", Json::object());
  for (const auto& [name, values] : conditions.items())
    window.conditions[name] = {values.at(0).get<std::string>(), values.at(1).get<std::string>()};
  window.cpu_utilisation = optional_at<double>(json, "cpu_utilisation");
  window.sampling_cpu_s = optional_at<double>(json, "sampling_cpu_s");
  window.notes = json.at("notes").get<std::vector<std::string>>();
  return window;
}

}  // namespace codec

Json to_json(const Fact& fact) {
  Json json{{"value", fact.value}, {"unit", fact.unit}};
  codec::put(json, "lo", fact.lo);
  codec::put(json, "hi", fact.hi);
  json["grade"] = std::string(to_string(fact.grade));
  json["sources"] = fact.sources;
  return json;
}

Json to_json(const WindowRecord& window) {
  Json json{{"name", window.name}, {"start_s", window.start_s}, {"duration_s", window.duration_s}};
  json["energy"] = Json::array();
  for (const auto& entry : window.energy) json["energy"].push_back(codec::json_of(entry));
  for (const auto& absent : window.voids) json["voids"].push_back(codec::json_of(absent));
  for (const auto& [name, values] : window.conditions)
    json["conditions"][name] = Json::array({values.first, values.second});
  codec::put(json, "cpu_utilisation", window.cpu_utilisation);
  codec::put(json, "sampling_cpu_s", window.sampling_cpu_s);
  json["notes"] = window.notes;
  return json;
}

Json to_json(const IdleRecord& idle) {
  return {{"sitting", idle.sitting},
          {"state", idle.state},
          {"moment", idle.moment},
          {"window", to_json(idle.window)}};
}

Result<Fact> fact_from(const Json& json, const std::string& where) {
  return codec::decoded<Fact>(where, [&] { return codec::fact_at(json); });
}

Result<WindowRecord> window_from(const Json& json, const std::string& where) {
  return codec::decoded<WindowRecord>(where, [&] { return codec::window_at(json); });
}

Result<IdleRecord> idle_from(const Json& json, const std::string& where) {
  return codec::decoded<IdleRecord>(where, [&] {
    return IdleRecord{json.at("sitting").get<int>(), json.at("state").get<std::string>(),
                      json.at("moment").get<std::string>(), codec::window_at(json.at("window"))};
  });
}

}  // namespace edgeeval
