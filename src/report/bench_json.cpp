// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "catalog/serving_metrics.hpp"
#include "core/json_document.hpp"
#include "record/codec.hpp"
#include "record/load_codec.hpp"
#include "report/bench_report.hpp"
#include "report/bench_words.hpp"
#include "serving/stamp_check_codec.hpp"

namespace edgeeval {
namespace {

constexpr std::string_view kFormat = "edgeeval-bench";
constexpr std::string_view kVersion = "1.1";

void put(Json& json, const char* key, const std::optional<double>& value) {
  if (value && std::isfinite(*value)) json[key] = *value;
}
void put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json json_of(const Distribution& distribution) {
  Json json{{"count", distribution.count}, {"undefined", distribution.undefined}};
  if (distribution.count == 0) return json;
  put(json, "mean", distribution.mean);
  put(json, "mean_lo", distribution.mean_lo);
  put(json, "mean_hi", distribution.mean_hi);
  put(json, "min", distribution.min);
  put(json, "max", distribution.max);
  put(json, "sd", distribution.sd);
  json["quantiles"] = Json::array();
  for (const auto& quantile : distribution.quantiles) {
    Json entry{{"p", quantile.p}};
    put(entry, "value", quantile.value);
    put(entry, "lo", quantile.lo);
    put(entry, "hi", quantile.hi);
    put(entry, "upper_99", quantile.upper_99);
    put(entry, "stamp_error", quantile.stamp_error);
    entry["sufficient"] = quantile.upper_99.has_value();
    json["quantiles"].push_back(std::move(entry));
  }
  return json;
}

Json json_of(const ServingFigure& figure) {
  Json json{{"metric", figure.metric}, {"window", figure.window}, {"unit", metric_unit(figure)}};
  if (figure.distribution) {
    json["distribution"] = json_of(*figure.distribution);
  } else if (figure.fact) {
    json["fact"] = to_json(*figure.fact);
  } else {
    json["absent_reason"] = figure.absent.empty() ? "not told" : figure.absent;
  }
  put(json, "note", figure.note);
  return json;
}

std::string_view word(CheckVerdict verdict) {
  constexpr std::array<std::string_view, 4> kWords{"passed", "warned", "failed", "not_checked"};
  return kWords.at(static_cast<std::size_t>(verdict));
}

Json json_of(const Validity& validity) {
  Json json{{"valid", validity.valid}, {"checks", Json::array()}};
  for (const auto& check : validity.checks) {
    Json entry{
        {"id", check.id}, {"title", check.title}, {"verdict", word(check.verdict)}, {"found", check.found}};
    put(entry, "advice", check.advice);
    put(entry, "value", check.value);
    put(entry, "limit", check.limit);
    json["checks"].push_back(std::move(entry));
  }
  return json;
}

Json json_of(const ServingSummary& summary) {
  Json json{{"requests",
             {{"measured", summary.requests},
              {"ok", summary.ok},
              {"failed", summary.failed},
              {"retried", summary.retried},
              {"late", summary.late}}}};
  json["failures"] = Json::array();
  for (const auto& [name, count] : summary.failures) {
    Json entry{{"class", name}, {"count", count}};
    const auto example = summary.failure_examples.find(name);
    if (example != summary.failure_examples.end()) entry["example"] = example->second;
    json["failures"].push_back(std::move(entry));
  }
  json["events"] = {{"all", summary.events},
                    {"with_tokens", summary.token_events},
                    {"tokens", summary.tokens},
                    {"by_class", summary.events_by_class},
                    {"token_sources", summary.token_sources},
                    {"event_sources", summary.event_sources}};
  json["stamps"] = {{"kind", summary.stamps}};
  if (summary.stamp_error_known) {
    json["stamps"]["error_p50_s"] = summary.stamp_error_p50_s;
    json["stamps"]["error_p99_s"] = summary.stamp_error_p99_s;
    json["stamps"]["error_is"] = "bound";
  }
  if (summary.steady)
    json["steady"] = {{"begin_ns", summary.steady->begin_ns},
                      {"end_ns", summary.steady->end_ns},
                      {"how", summary.steady->how}};
  if (!summary.steady_absent.empty()) json["steady_absent"] = summary.steady_absent;
  json["metrics"] = Json::array();
  for (const auto& figure : summary.figures) json["metrics"].push_back(json_of(figure));
  return json;
}

Json energy_json(const BenchReport& report) {
  Json json = Json::object();
  if (report.load_energy) json["load"] = to_json(*report.load_energy);
  if (report.energy) {
    const auto& energy = *report.energy;
    json["reply_token"] = to_json(energy.joules_per_reply_token);
    json["prompt_token"] = to_json(energy.joules_per_prompt_token);
    if (energy.joules_per_request) json["request"] = to_json(*energy.joules_per_request);
    json["idle_power"] = to_json(energy.idle_watts);
    put(json, "r_squared", energy.r_squared);
    json["stretches"] = energy.spans;
    put(json, "note", energy.note);
  }
  if (report.client_energy) json["client"] = to_json(report.client_energy->joules);
  if (const auto& net = report.net_of_client) {
    if (net->load) json["load_net_of_client"] = to_json(*net->load);
    if (net->request) json["request_net_of_client"] = to_json(*net->request);
    if (net->reply_token) json["reply_token_net_of_client"] = to_json(*net->reply_token);
  }
  if (report.client_energy) put(json, "client_not_subtracted", report.not_subtracted);
  put(json, "absent_reason", report.energy_absent);
  return json;
}

Json cold_start_json(const ColdStartSection& section) {
  Json json{{"command", section.command}, {"page_cache", section.page_cache}, {"starts", section.starts},
            {"failed", section.failed},   {"failures", Json::array()},        {"figures", Json::array()}};
  for (const auto& failed : section.failures) {
    auto entry = to_json(failed.error);
    entry["start"] = failed.number;
    if (!failed.log_tail.empty()) entry["log_tail"] = failed.log_tail;
    json["failures"].push_back(std::move(entry));
  }
  for (const auto& line : section.lines) {
    Json entry{{"id", line.id}, {"title", line.title}, {"count", line.count}};
    if (line.mean) entry["mean"] = to_json(*line.mean);
    if (line.geometric_mean) entry["geometric_mean"] = to_json(*line.geometric_mean);
    put(entry, "method", line.method);
    if (line.median) entry["median"] = to_json(*line.median);
    put(entry, "least", line.least);
    put(entry, "most", line.most);
    json["figures"].push_back(std::move(entry));
  }
  return json;
}

Json json_of(const ServerDistribution& check) {
  Json json{{"name", check.name},
            {"wire", check.wire},
            {"server_count", check.server_count},
            {"wire_count", check.wire_count},
            {"server_mean_s", check.server_mean_s},
            {"wire_mean_s", check.wire_mean_s},
            {"difference_mean_s", check.wire_mean_s - check.server_mean_s},
            {"quantiles", Json::array()}};
  for (const auto& quantile : check.quantiles) {
    Json entry{{"p", quantile.p}, {"server_lo_s", quantile.server_lo_s}};
    put(entry, "server_hi_s", quantile.server_hi_s);
    entry["wire_s"] = quantile.wire_s;
    entry["difference_s"] = quantile.difference_s();
    json["quantiles"].push_back(std::move(entry));
  }
  return json;
}

void add_lists(const BenchReport& report, Json& json) {
  json["objectives"] = Json::array();
  for (const auto& objective : report.objectives) {
    Json entry{{"metric", objective.metric}, {"limit", objective.limit}};
    put(entry, "quantile", objective.quantile);
    json["objectives"].push_back(std::move(entry));
  }
  json["server_timings"] = Json::array();
  for (const auto& check : report.timings)
    json["server_timings"].push_back({{"name", check.name},
                                      {"wire", check.wire},
                                      {"requests", check.requests},
                                      {"server_p50_s", check.server_p50_s},
                                      {"wire_p50_s", check.wire_p50_s},
                                      {"difference_p50_s", check.difference_p50_s},
                                      {"difference_p99_s", check.difference_p99_s}});
  json["server_distributions"] = Json::array();
  for (const auto& check : report.server_distributions)
    json["server_distributions"].push_back(json_of(check));
  json["sweep"] = Json::array();
  for (const auto& point : report.sweep) {
    Json entry{{"scenario", point.scenario},
               {"validity", json_of(point.validity)},
               {"summary", json_of(point.summary)}};
    if (point.meets) entry["meets_objectives"] = *point.meets;
    json["sweep"].push_back(std::move(entry));
  }
  json["files"] = Json::array();
  for (const auto& [what, path] : report.files) json["files"].push_back({{"what", what}, {"path", path}});
}

/// What each metric of the summaries means, told once.
Json definitions_json(const BenchReport& report) {
  std::set<std::string, std::less<>> told;
  for (const auto& figure : report.summary.figures) told.insert(figure.metric);
  for (const auto& point : report.sweep)
    for (const auto& figure : point.summary.figures) told.insert(figure.metric);
  auto list = Json::array();
  for (const auto& metric : serving_metrics()) {
    if (!told.contains(metric.id)) continue;
    list.push_back({{"id", metric.id},
                    {"title", metric.title},
                    {"unit", metric.unit},
                    {"definition", metric.definition},
                    {"source", metric.source},
                    {"direction", metric.less_is_better ? "lower_is_better" : "higher_is_better"}});
  }
  return list;
}

}  // namespace

std::string bench_json(const BenchReport& report) {
  Json json{{"format", kFormat}, {"format_version", kVersion}, {"edgeeval", report.version}};
  json["load"] = to_json(report.header);
  put(json, "dialect_why", report.dialect_why);
  json["validity"] = json_of(report.validity);
  json["summary"] = json_of(report.summary);
  json["definitions"] = definitions_json(report);
  json["energy"] = energy_json(report);
  if (report.self_check) json["self_check"] = to_json(*report.self_check);
  if (report.cold_start) json["cold_start"] = cold_start_json(*report.cold_start);
  add_lists(report, json);
  put(json, "peak", report.peak);
  json["warnings"] = report.warnings;
  return json_document(json);
}

}  // namespace edgeeval
