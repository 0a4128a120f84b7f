// SPDX-License-Identifier: Apache-2.0
#include "record/codec.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace edgeeval {
namespace {

constexpr std::array<std::pair<StageOutcome, const char*>, 3> kOutcomes{{{StageOutcome::finished, "finished"},
                                                                         {StageOutcome::failed, "failed"},
                                                                         {StageOutcome::skipped, "skipped"}}};

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

template <class T>
std::optional<T> optional_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return std::nullopt;
  return found->template get<T>();
}

/// A word that this version does not know where it must know it; never leaves this file.
struct UnknownWord : std::runtime_error {
  UnknownWord(const char* key, const std::string& word)
      : std::runtime_error(std::string("unknown ") + key + " \"" + word + "\"") {}
};

/// A number that cannot be what its key says; never leaves this file.
struct Impossible : std::runtime_error {
  Impossible(const char* key, double value)
      : std::runtime_error(std::string(key) + " is " + std::to_string(value) + ", and less than 0 cannot be") {}
};

/// The length at `key` (s); none is negative.
double duration_at(const Json& json, const char* key) {
  const auto seconds = json.at(key).get<double>();
  if (seconds < 0.0) throw Impossible(key, seconds);
  return seconds;
}

/// Runs a decoder; nlohmann's exceptions become the one error a reader can act on.
template <class T, class Decode>
Result<T> decoded(const std::string& where, Decode decode) {
  try {
    return decode();
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed entry: ") + problem.what(), where);
  } catch (const UnknownWord& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed entry: ") + problem.what(), where);
  } catch (const Impossible& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed entry: ") + problem.what(), where);
  }
}

Grade grade_named(const std::string& name) {
  const auto grade = grade_from(name);
  if (!grade) throw UnknownWord("grade", name);
  return *grade;
}

StageOutcome outcome_named(const std::string& name) {
  for (const auto& [value, known] : kOutcomes) {
    if (name == known) return value;
  }
  throw UnknownWord("outcome", name);
}

Fact fact_at(const Json& json) {
  Fact fact;
  fact.value = json.at("value").get<double>();
  fact.unit = json.at("unit").get<std::string>();
  fact.lo = optional_at<double>(json, "lo");
  fact.hi = optional_at<double>(json, "hi");
  fact.grade = grade_named(json.at("grade").get<std::string>());
  fact.sources = json.at("sources").get<std::vector<std::string>>();
  return fact;
}

Artifact artifact_at(const Json& json) {
  return {json.at("name").get<std::string>(), json.at("path").get<std::string>(),
          json.at("bytes").get<std::uint64_t>(), json.at("sha256").get<std::string>()};
}

EnergyEntry energy_at(const Json& json) {
  return {json.at("source").get<std::string>(), json.at("domain").get<std::string>(),
          json.at("boundary").get<std::string>(), value_or(json, "parent", std::string()),
          fact_at(json.at("energy"))};
}

WindowRecord window_at(const Json& json) {
  WindowRecord window;
  window.name = json.at("name").get<std::string>();
  window.start_s = json.at("start_s").get<double>();
  window.duration_s = duration_at(json, "duration_s");
  for (const auto& entry : json.at("energy")) window.energy.push_back(energy_at(entry));
  window.cpu_utilisation = optional_at<double>(json, "cpu_utilisation");
  window.notes = json.at("notes").get<std::vector<std::string>>();
  return window;
}

Error error_at(const Json& json) {
  return {error_code_from(json.at("code").get<std::string>()), json.at("message").get<std::string>(),
          value_or(json, "where", std::string()), value_or(json, "hint", std::string())};
}

StageRecord stage_at(const Json& json) {
  StageRecord stage;
  stage.id = json.at("id").get<std::string>();
  stage.kind = json.at("kind").get<std::string>();
  stage.key = json.at("key").get<std::string>();
  stage.outcome = outcome_named(json.at("outcome").get<std::string>());
  stage.sitting = json.at("sitting").get<int>();
  stage.started = json.at("started").get<std::string>();
  stage.duration_s = duration_at(json, "duration_s");
  for (const auto& [name, fact] : json.at("facts").items()) stage.facts[name] = fact_at(fact);
  stage.notes = json.at("notes").get<std::map<std::string, std::string>>();
  for (const auto& artifact : json.at("artifacts")) stage.artifacts.push_back(artifact_at(artifact));
  for (const auto& window : json.at("windows")) stage.windows.push_back(window_at(window));
  if (json.contains("error")) stage.error = error_at(json.at("error"));
  stage.log_tail = value_or(json, "log_tail", std::vector<std::string>());
  return stage;
}

RequestTimeline request_at(const Json& json) {
  RequestTimeline request;
  request.item = json.at("item").get<std::string>();
  request.index = json.at("index").get<int>();
  request.sent_s = json.at("sent_s").get<double>();
  request.connected_s = optional_at<double>(json, "connected_s");
  request.headers_s = optional_at<double>(json, "headers_s");
  request.first_token_s = optional_at<double>(json, "first_token_s");
  request.last_token_s = optional_at<double>(json, "last_token_s");
  request.closed_s = optional_at<double>(json, "closed_s");
  request.token_events_s = value_or(json, "token_events_s", std::vector<double>());
  request.prompt_tokens = optional_at<std::int64_t>(json, "prompt_tokens");
  request.cached_tokens = optional_at<std::int64_t>(json, "cached_tokens");
  request.completion_tokens = optional_at<std::int64_t>(json, "completion_tokens");
  request.token_source = value_or(json, "token_source", std::string());
  request.finish_reason = value_or(json, "finish_reason", std::string());
  request.ok = json.at("ok").get<bool>();
  request.error = value_or(json, "error", std::string());
  request.retries = value_or(json, "retries", 0);
  request.text = value_or(json, "text", std::string());
  return request;
}

}  // namespace

Json to_json(const Error& error) {
  Json json{{"code", std::string(to_string(error.code))}, {"message", error.message}};
  if (!error.where.empty()) json["where"] = error.where;
  if (!error.hint.empty()) json["hint"] = error.hint;
  return json;
}

Json to_json(const Fact& fact) {
  Json json{{"value", fact.value}, {"unit", fact.unit}};
  put(json, "lo", fact.lo);
  put(json, "hi", fact.hi);
  json["grade"] = std::string(to_string(fact.grade));
  json["sources"] = fact.sources;
  return json;
}

Json to_json(const Artifact& artifact) {
  return {{"name", artifact.name},
          {"path", artifact.path},
          {"bytes", artifact.bytes},
          {"sha256", artifact.sha256}};
}

Json to_json(const WindowRecord& window) {
  Json energy = Json::array();
  for (const auto& entry : window.energy) {
    Json row{{"source", entry.source}, {"domain", entry.domain}, {"boundary", entry.boundary}};
    if (!entry.parent.empty()) row["parent"] = entry.parent;
    row["energy"] = to_json(entry.joules);
    energy.push_back(std::move(row));
  }
  Json json{{"name", window.name},
            {"start_s", window.start_s},
            {"duration_s", window.duration_s},
            {"energy", energy}};
  put(json, "cpu_utilisation", window.cpu_utilisation);
  json["notes"] = window.notes;
  return json;
}

Json to_json(const StageRecord& stage) {
  Json json{{"id", stage.id}, {"kind", stage.kind}, {"key", stage.key}};
  for (const auto& [value, name] : kOutcomes) {
    if (stage.outcome == value) json["outcome"] = name;
  }
  json["sitting"] = stage.sitting;
  json["started"] = stage.started;
  json["duration_s"] = stage.duration_s;
  json["facts"] = Json::object();
  for (const auto& [name, fact] : stage.facts) json["facts"][name] = to_json(fact);
  json["notes"] = stage.notes;
  json["artifacts"] = Json::array();
  for (const auto& artifact : stage.artifacts) json["artifacts"].push_back(to_json(artifact));
  json["windows"] = Json::array();
  for (const auto& window : stage.windows) json["windows"].push_back(to_json(window));
  if (stage.error) json["error"] = to_json(*stage.error);
  if (!stage.log_tail.empty()) json["log_tail"] = stage.log_tail;
  return json;
}

Json to_json(const RequestTimeline& request) {
  Json json{{"item", request.item}, {"index", request.index}, {"sent_s", request.sent_s}};
  put(json, "connected_s", request.connected_s);
  put(json, "headers_s", request.headers_s);
  put(json, "first_token_s", request.first_token_s);
  put(json, "last_token_s", request.last_token_s);
  put(json, "closed_s", request.closed_s);
  json["token_events_s"] = request.token_events_s;
  put(json, "prompt_tokens", request.prompt_tokens);
  put(json, "cached_tokens", request.cached_tokens);
  put(json, "completion_tokens", request.completion_tokens);
  if (!request.token_source.empty()) json["token_source"] = request.token_source;
  if (!request.finish_reason.empty()) json["finish_reason"] = request.finish_reason;
  json["ok"] = request.ok;
  if (!request.error.empty()) json["error"] = request.error;
  if (request.retries > 0) json["retries"] = request.retries;
  json["text"] = request.text;
  return json;
}

Json to_json(const ItemScore& score) {
  return {{"item", score.item},         {"prediction", score.prediction},   {"gold", score.gold},
          {"answered", score.answered}, {"exact_match", score.exact_match}, {"f1", score.f1},
          {"rouge_l", score.rouge_l}};
}

Json to_json(const VariantInfo& variant) {
  Json json{{"id", variant.id},
            {"model", variant.model},
            {"family", variant.family},
            {"size", variant.size},
            {"method", variant.method},
            {"precision", variant.precision},
            {"task", variant.task},
            {"stages", variant.stages},
            {"model_stage", variant.model_stage},
            {"serve_stage", variant.serve_stage},
            {"score_stage", variant.score_stage}};
  if (!variant.note.empty()) json["note"] = variant.note;
  return json;
}

Result<Fact> fact_from(const Json& json, const std::string& where) {
  return decoded<Fact>(where, [&] { return fact_at(json); });
}

Result<StageRecord> stage_from(const Json& json, const std::string& where) {
  return decoded<StageRecord>(where, [&] { return stage_at(json); });
}

Result<RequestTimeline> request_from(const Json& json, const std::string& where) {
  return decoded<RequestTimeline>(where, [&] { return request_at(json); });
}

Result<ItemScore> score_from(const Json& json, const std::string& where) {
  return decoded<ItemScore>(where, [&] {
    return ItemScore{json.at("item").get<std::string>(),
                     json.at("prediction").get<std::string>(),
                     json.at("gold").get<std::vector<std::string>>(),
                     json.at("answered").get<bool>(),
                     json.at("exact_match").get<double>(),
                     json.at("f1").get<double>(),
                     json.at("rouge_l").get<double>()};
  });
}

Result<VariantInfo> variant_from(const Json& json, const std::string& where) {
  return decoded<VariantInfo>(where, [&] {
    VariantInfo variant;
    for (const auto& [key, field] :
         std::initializer_list<std::pair<const char*, std::string*>>{{"id", &variant.id},
                                                                     {"model", &variant.model},
                                                                     {"family", &variant.family},
                                                                     {"size", &variant.size},
                                                                     {"method", &variant.method},
                                                                     {"precision", &variant.precision},
                                                                     {"task", &variant.task},
                                                                     {"model_stage", &variant.model_stage},
                                                                     {"serve_stage", &variant.serve_stage},
                                                                     {"score_stage", &variant.score_stage}}) {
      *field = json.at(key).get<std::string>();
    }
    variant.stages = json.at("stages").get<std::vector<std::string>>();
    variant.note = value_or(json, "note", std::string());
    return variant;
  });
}

}  // namespace edgeeval
