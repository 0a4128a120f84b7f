// SPDX-License-Identifier: Apache-2.0
#include "record/codec.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "core/one_line.hpp"
#include "record/codec_parts.hpp"

namespace edgeeval {

using namespace codec;

namespace {

constexpr std::array<std::pair<StageOutcome, const char*>, 3> kOutcomes{{{StageOutcome::finished, "finished"},
                                                                         {StageOutcome::failed, "failed"},
                                                                         {StageOutcome::skipped, "skipped"}}};

StageOutcome outcome_named(const std::string& name) {
  for (const auto& [value, known] : kOutcomes) {
    if (name == known) return value;
  }
  throw UnknownWord("outcome", name);
}

Artifact artifact_at(const Json& json) {
  return {json.at("name").get<std::string>(), json.at("path").get<std::string>(),
          json.at("bytes").get<std::uint64_t>(), json.at("sha256").get<std::string>()};
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
  request.shown_tokens = optional_at<std::int64_t>(json, "shown_tokens");
  request.first_tokens = optional_at<std::int64_t>(json, "first_tokens");
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

Json to_json(const Artifact& artifact) {
  return {{"name", artifact.name},
          {"path", artifact.path},
          {"bytes", artifact.bytes},
          {"sha256", artifact.sha256}};
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
  put(json, "shown_tokens", request.shown_tokens);
  put(json, "first_tokens", request.first_tokens);
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

Result<std::vector<VariantInfo>> variants_from(const Json& list, const std::string& where) {
  std::vector<VariantInfo> variants;
  std::map<std::string, std::size_t> places;
  for (const auto& json : list) {
    auto variant = variant_from(json, where);
    if (!variant) return tl::unexpected(variant.error());
    variants.push_back(std::move(*variant));
    const auto [first, is_new] = places.try_emplace(variants.back().id, variants.size());
    if (!is_new)
      return fail(ErrorCode::record_unreadable,
                  fmt::format("variant id \"{}\" is given twice: entries {} and {} of \"variants\"",
                              one_line(first->first), first->second, variants.size()),
                  where, "An id names one variant: keep one of the two, or give the other an id of its own.");
  }
  return variants;
}

}  // namespace edgeeval
