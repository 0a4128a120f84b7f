// SPDX-License-Identifier: Apache-2.0
// The header of a load as JSON and back.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "record/codec_parts.hpp"
#include "record/load_codec.hpp"
#include "record/load_fields.hpp"
#include "record/retokenised.hpp"

namespace edgeeval {
namespace {

using codec::optional_at;
using codec::put;

constexpr std::string_view kMajor = "1";

Json clock_json(const std::vector<ClockPair>& pairs) {
  auto list = Json::array();
  for (const auto& pair : pairs) list.push_back({pair.monotonic_ns, pair.offset_ns, pair.width_ns});
  return list;
}

Json client_json(const ClientReport& client) {
  Json json{{"cpu_s", client.cpu_s},     {"wall_s", client.wall_s},
            {"reads", client.reads},     {"events", client.events},
            {"bytes", client.bytes},     {"lost_events", client.lost_events},
            {"threads", client.threads}, {"max_rss_kib", client.max_rss_kib}};
  put(json, "measured_cpu_s", client.measured_cpu_s);
  put(json, "core_wait_s", client.core_wait_s);
  put(json, "user_delay_p50_ns", client.user_delay_p50_ns);
  put(json, "user_delay_p99_ns", client.user_delay_p99_ns);
  put(json, "user_delay_max_ns", client.user_delay_max_ns);
  json["kernel_stamped_reads"] = client.kernel_stamped_reads;
  json["tx_stamps"] = client.tx_stamps;
  json["clock"] = clock_json(client.clock);
  json["largest_offset_move_ns"] = client.largest_offset_move_ns;
  json["clock_steps"] = client.clock_steps;
  return json;
}

ClientReport client_at(const Json& json) {
  ClientReport client;
  client.cpu_s = json.at("cpu_s").get<double>();
  client.wall_s = json.at("wall_s").get<double>();
  client.reads = json.at("reads").get<std::uint64_t>();
  client.events = json.at("events").get<std::uint64_t>();
  client.bytes = json.at("bytes").get<std::uint64_t>();
  client.lost_events = json.value("lost_events", std::uint64_t{0});
  client.threads = json.value("threads", 1);
  client.max_rss_kib = json.value("max_rss_kib", 0L);
  client.measured_cpu_s = optional_at<double>(json, "measured_cpu_s");
  client.core_wait_s = optional_at<double>(json, "core_wait_s");
  client.user_delay_p50_ns = optional_at<double>(json, "user_delay_p50_ns");
  client.user_delay_p99_ns = optional_at<double>(json, "user_delay_p99_ns");
  client.user_delay_max_ns = optional_at<double>(json, "user_delay_max_ns");
  client.kernel_stamped_reads = json.value("kernel_stamped_reads", std::uint64_t{0});
  client.tx_stamps = json.value("tx_stamps", false);
  for (const auto& pair : json.value("clock", Json::array()))
    client.clock.push_back(
        {pair.at(0).get<std::int64_t>(), pair.at(1).get<std::int64_t>(), pair.at(2).get<std::int64_t>()});
  client.largest_offset_move_ns = json.value("largest_offset_move_ns", std::int64_t{0});
  client.clock_steps = json.value("clock_steps", 0);
  return client;
}

/// Columns, as one line of JSON has them best.
Json conditions_json(const std::vector<ConditionSeries>& conditions) {
  auto list = Json::array();
  for (const auto& series : conditions) {
    auto times = Json::array();
    auto values = Json::array();
    for (const auto& [at_ns, value] : series.at) {
      if (!std::isfinite(value)) continue;
      times.push_back(at_ns);
      values.push_back(value);
    }
    list.push_back({{"name", series.name}, {"at_ns", std::move(times)}, {"value", std::move(values)}});
  }
  return list;
}

Json gauges_json(const std::vector<ServerGauge>& gauges) {
  auto list = Json::array();
  for (const auto& gauge : gauges)
    list.push_back({{"name", gauge.name},
                    {"min", gauge.min},
                    {"mean", gauge.mean},
                    {"max", gauge.max},
                    {"scrapes", gauge.scrapes}});
  return list;
}

Json histograms_json(const std::vector<ServerHistogram>& histograms) {
  auto list = Json::array();
  for (const auto& histogram : histograms) {
    auto buckets = Json::array();
    for (const auto& [bound, count] : histogram.buckets) buckets.push_back(Json::array({bound, count}));
    list.push_back({{"name", histogram.name},
                    {"count", histogram.count},
                    {"sum", histogram.sum},
                    {"buckets", std::move(buckets)}});
  }
  return list;
}

std::vector<ConditionSeries> conditions_at(const Json& json) {
  std::vector<ConditionSeries> conditions;
  for (const auto& entry : json) {
    ConditionSeries series{entry.at("name").get<std::string>(), {}};
    const auto times = entry.at("at_ns").get<std::vector<std::int64_t>>();
    const auto values = entry.at("value").get<std::vector<double>>();
    for (std::size_t i = 0; i < std::min(times.size(), values.size()); ++i)
      series.at.emplace_back(times[i], values[i]);
    conditions.push_back(std::move(series));
  }
  return conditions;
}

Json requests_json(const std::vector<ServerRequest>& requests) {
  auto list = Json::array();
  for (const auto& request : requests) {
    auto entry = Json::object();
    put(entry, "scheduled_s", request.scheduled_s);
    put(entry, "first_token_s", request.first_token_s);
    put(entry, "last_token_s", request.last_token_s);
    list.push_back(std::move(entry));
  }
  return list;
}

/// What the server told of itself.
void take_server(const Json& json, LoadHeader& header) {
  for (const auto& counter : json.value("counters", Json::array()))
    header.counters.emplace_back(counter.at(0).get<std::string>(), counter.at(1).get<double>());
  for (const auto& gauge : json.value("gauges", Json::array()))
    header.gauges.push_back({gauge.at("name").get<std::string>(), gauge.at("min").get<double>(),
                             gauge.at("mean").get<double>(), gauge.at("max").get<double>(),
                             gauge.at("scrapes").get<std::uint64_t>()});
  for (const auto& entry : json.value("histograms", Json::array())) {
    ServerHistogram histogram{entry.at("name").get<std::string>(),
                              entry.at("count").get<std::uint64_t>(),
                              entry.at("sum").get<double>(),
                              {}};
    for (const auto& bucket : entry.at("buckets"))
      histogram.buckets.emplace_back(bucket.at(0).get<double>(), bucket.at(1).get<std::uint64_t>());
    header.histograms.push_back(std::move(histogram));
  }
  for (const auto& request : json.value("server_requests", Json::array()))
    header.server_requests.push_back({optional_at<double>(request, "scheduled_s"),
                                      optional_at<double>(request, "first_token_s"),
                                      optional_at<double>(request, "last_token_s")});
}

LoadHeader header_at(const Json& json) {
  using Words = std::map<std::string, std::string>;
  LoadHeader header;
  header.version = json.at("version").get<std::string>();
  header.edgeeval = json.value("edgeeval", "");
  header.url = json.value("url", "");
  header.dialect = json.value("dialect", "");
  header.route = json.value("route", "");
  header.model = json.value("model", "");
  header.scenario = json.value("scenario", "");
  header.started = json.value("started", "");
  header.started_ns = json.at("started_ns").get<std::int64_t>();
  header.measured_ns = optional_at<std::int64_t>(json, "measured_ns");
  header.ended_ns = optional_at<std::int64_t>(json, "ended_ns");
  header.offered_rps = optional_at<double>(json, "offered_rps");
  header.concurrency = json.value("concurrency", 0);
  header.seeds = json.value("seeds", std::vector<std::uint64_t>());
  header.settings = json.value("settings", Words());
  header.environment = json.value("environment", Words());
  header.server = json.value("server", Words());
  if (json.contains("client")) header.client = client_at(json.at("client"));
  header.how_ended = json.value("how_ended", "");
  header.warnings = json.value("warnings", std::vector<std::string>());
  take_server(json, header);
  header.conditions = conditions_at(json.value("conditions", Json::array()));
  if (json.contains("retokenising")) header.retokenising = retokenising_from(json.at("retokenising"));
  return header;
}

}  // namespace

Json to_json(const LoadHeader& header) {
  Json json{{"type", "load"},
            {"version", header.version},
            {"edgeeval", header.edgeeval},
            {"url", header.url},
            {"dialect", header.dialect},
            {"route", header.route},
            {"model", header.model},
            {"scenario", header.scenario},
            {"started", header.started},
            {"started_ns", header.started_ns}};
  put(json, "measured_ns", header.measured_ns);
  put(json, "ended_ns", header.ended_ns);
  put(json, "offered_rps", header.offered_rps);
  if (header.concurrency != 0) json["concurrency"] = header.concurrency;
  json["seeds"] = header.seeds;
  json["settings"] = header.settings;
  json["environment"] = header.environment;
  json["server"] = header.server;
  if (header.client) json["client"] = client_json(*header.client);
  if (!header.how_ended.empty()) json["how_ended"] = header.how_ended;
  json["warnings"] = header.warnings;
  json["counters"] = Json::array();
  for (const auto& [name, value] : header.counters)
    if (std::isfinite(value)) json["counters"].push_back(Json::array({name, value}));
  if (!header.conditions.empty()) json["conditions"] = conditions_json(header.conditions);
  if (header.retokenising) json["retokenising"] = to_json(*header.retokenising);
  if (!header.gauges.empty()) json["gauges"] = gauges_json(header.gauges);
  if (!header.histograms.empty()) json["histograms"] = histograms_json(header.histograms);
  if (!header.server_requests.empty()) json["server_requests"] = requests_json(header.server_requests);
  return json;
}

Result<LoadHeader> load_header_from(const Json& json, const std::string& where) {
  if (!json.is_object() || value_or(json, "type", std::string()) != "load")
    return fail(ErrorCode::record_unreadable, "is not the header of a load (\"type\": \"load\")", where,
                "Name a folder that `edgeeval bench --out` made, or a file that `-o jsonl:FILE` wrote.");
  const auto version = value_or(json, "version", std::string());
  if (version.substr(0, version.find('.')) != kMajor)
    return fail(
        ErrorCode::record_unreadable,
        fmt::format("version \"{}\" of a load is not one this edgeeval reads ({}.x)", version, kMajor), where,
        "Use the edgeeval that wrote it, or a newer one.");
  auto header = codec::decoded<LoadHeader>(where, [&]() -> Result<LoadHeader> { return header_at(json); });
  if (!header) return header;
  for (const auto time : {std::optional(header->started_ns), header->measured_ns, header->ended_ns})
    if (time && !is_recordable(*time))
      return fail(ErrorCode::record_unreadable, fmt::format("the time {} cannot be", *time), where,
                  "The load is damaged; restore it from a copy.");
  for (const auto& series : header->conditions)
    for (const auto& [at_ns, value] : series.at)
      if (!is_recordable(at_ns))
        return fail(ErrorCode::record_unreadable, fmt::format("the time {} of a condition cannot be", at_ns),
                    where, "The load is damaged; restore it from a copy.");
  return header;
}

}  // namespace edgeeval
