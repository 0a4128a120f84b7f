// SPDX-License-Identifier: Apache-2.0
#include "serving/stamp_check_codec.hpp"

namespace edgeeval {
namespace {

void put(Json& json, const char* key, const std::optional<StampDistance>& distance) {
  if (!distance) return;
  json[key] = {{"least_s", distance->least_s},
               {"p50_s", distance->p50_s},
               {"p99_s", distance->p99_s},
               {"most_s", distance->most_s}};
}

std::optional<StampDistance> distance_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_object()) return std::nullopt;
  return StampDistance{value_or(*found, "least_s", 0.0), value_or(*found, "p50_s", 0.0),
                       value_or(*found, "p99_s", 0.0), value_or(*found, "most_s", 0.0)};
}

}  // namespace

Json to_json(const StampCheck& check) {
  Json json{
      {"scenario", check.scenario}, {"measured_at", check.measured_at}, {"of_this_load", check.of_this_load},
      {"replies", check.replies},   {"events", check.events},           {"lost", check.lost}};
  if (!check.cores.empty()) json["cores"] = check.cores;
  put(json, "kernel", check.kernel);
  put(json, "user", check.user);
  put(json, "send_call", check.call);
  if (check.cpu_per_event_s) json["cpu_per_event_s"] = *check.cpu_per_event_s;
  return json;
}

StampCheck stamp_check_from(const Json& json) {
  StampCheck check;
  check.scenario = value_or(json, "scenario", std::string());
  check.measured_at = value_or(json, "measured_at", std::string());
  check.cores = value_or(json, "cores", std::string());
  check.of_this_load = value_or(json, "of_this_load", false);
  check.replies = value_or(json, "replies", std::uint64_t{0});
  check.events = value_or(json, "events", std::uint64_t{0});
  check.lost = value_or(json, "lost", std::uint64_t{0});
  check.kernel = distance_at(json, "kernel");
  check.user = distance_at(json, "user");
  check.call = distance_at(json, "send_call");
  if (json.contains("cpu_per_event_s")) check.cpu_per_event_s = value_or(json, "cpu_per_event_s", 0.0);
  return check;
}

}  // namespace edgeeval
