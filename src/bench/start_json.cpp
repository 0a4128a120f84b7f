// SPDX-License-Identifier: Apache-2.0
#include "bench/start_figures.hpp"
#include "record/codec.hpp"

namespace edgeeval {
namespace {

void put(Json& json, const char* key, const std::optional<StartMoment>& moment) {
  if (moment) json[key] = {{"at_s", moment->at_s}, {"not_before_s", moment->not_before_s}};
}

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

Json to_json(const CachedFile& file) {
  Json json{{"file", file.path.filename().string()}, {"bytes", file.bytes}};
  put(json, "resident_before", file.before);
  put(json, "resident_after", file.after);
  return json;
}

Json to_json(const SettleRequest& request) {
  Json json{{"request", request.number}, {"ended_s", request.ended_s}};
  put(json, "latency_s", request.latency_s);
  return json;
}

void put_lists(Json& json, const ColdStartRepeat& repeat) {
  for (const auto& request : repeat.requests) json["requests"].push_back(to_json(request));
  for (const auto& file : repeat.files) json["files"].push_back(to_json(file));
  for (const auto& window : repeat.windows) json["windows"].push_back(edgeeval::to_json(window));
  if (!repeat.notes.empty()) json["notes"] = repeat.notes;
  if (!repeat.log_tail.empty()) json["log_tail"] = repeat.log_tail;
}

Json to_json(const ColdStartRepeat& repeat) {
  Json json{{"number", repeat.number}, {"ok", repeat.ok()}};
  if (repeat.port != 0) json["port"] = repeat.port;
  if (repeat.spawned_ns != 0) json["spawned_ns"] = repeat.spawned_ns;
  put(json, "accepting", repeat.accepting);
  put(json, "ready", repeat.ready);
  put(json, "first_token", repeat.first_token);
  put(json, "first_reply", repeat.first_reply);
  put(json, "settled", repeat.settled);
  json["refused_first"] = repeat.refused_first;
  json["loading_seen"] = repeat.loading_seen;
  json["lazy"] = repeat.lazy;
  json["kernel_stamps"] = repeat.kernel_stamps;
  json["asked_again"] = repeat.asked_again;
  put(json, "told_load_s", repeat.told_load_s);
  put(json, "first_ttft_s", repeat.first_ttft_s);
  put(json, "settled_request", repeat.settled_request);
  put(json, "steady_latency_s", repeat.steady_latency_s);
  put(json, "peak_resident_b", repeat.peak_resident_b);
  if (repeat.processes > 0) json["processes"] = repeat.processes;
  if (!repeat.ended.empty()) json["ended"] = repeat.ended;
  json["stopping_s"] = repeat.stopping_s;
  json["strays"] = repeat.strays;
  if (repeat.error) json["error"] = edgeeval::to_json(*repeat.error);
  put_lists(json, repeat);
  return json;
}

Json to_json(const StartFigure& figure) {
  Json json{{"id", figure.id}, {"title", figure.title}, {"count", figure.count}};
  if (figure.mean) json["mean"] = edgeeval::to_json(*figure.mean);
  if (figure.geometric_mean) json["geometric_mean"] = edgeeval::to_json(*figure.geometric_mean);
  if (!figure.method.empty()) json["method"] = figure.method;
  if (figure.median) json["median"] = edgeeval::to_json(*figure.median);
  json["least"] = figure.least;
  json["most"] = figure.most;
  return json;
}

}  // namespace

Json to_json(const ColdStartReport& report) {
  Json json{{"format", "1.0"},
            {"command", report.command},
            {"address", report.address},
            {"cache", to_string(report.cache)}};
  if (report.dialect) json["dialect"] = to_string(report.dialect->server);
  if (!report.model.empty()) json["model"] = report.model;
  if (!report.version.empty()) json["version"] = report.version;
  json["failed"] = report.failed;
  if (!report.failures.empty()) json["failures"] = report.failures;
  json["cancelled"] = report.cancelled;
  json["figures"] = Json::array();
  for (const auto& figure : report.figures) json["figures"].push_back(to_json(figure));
  json["repeats"] = Json::array();
  for (const auto& repeat : report.repeats) json["repeats"].push_back(to_json(repeat));
  if (!report.warnings.empty()) json["warnings"] = report.warnings;
  return json;
}

}  // namespace edgeeval
