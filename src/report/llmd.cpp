// SPDX-License-Identifier: Apache-2.0
// Variants as benchmark reports of llm-d-benchmark, schema version 0.2.1 (github.com/llm-d/llm-d-benchmark,
// benchmark-report/llmd_benchmark_report, commit 331a0f7)
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <edgeeval/version.hpp>
#include <map>
#include <ostream>
#include <vector>

#include "core/hash.hpp"
#include "core/json_document.hpp"
#include "metrics/variant_facts.hpp"
#include "record/codec.hpp"
#include "record/ledger.hpp"
#include "report/renderers.hpp"
#include "stats/bootstrap.hpp"
#include "stats/quantile.hpp"

namespace edgeeval::render {
namespace {

constexpr const char* kVersion = "0.2.1";
constexpr const char* kComponentVersion = "0.0.1";
constexpr const char* kEngineLabel = "engine-0";
constexpr std::size_t kIdDigits = 32;

/// What single requests give.
struct Requests {
  std::vector<double> ttft_s, tpot_s, e2e_s, prompt_tokens, output_tokens;
  std::size_t total = 0;
  std::size_t failed = 0;
};

double sum_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

Requests gathered(const RunRecord& record, const VariantInfo& variant) {
  Requests requests;
  const auto found = record.requests.find(variant.id);
  if (found == record.requests.end()) return requests;
  for (const auto& request : found->second) {
    ++requests.total;
    requests.failed += request.ok ? 0U : 1U;
    if (!request.ok) continue;
    if (request.first_token_s) requests.ttft_s.push_back(*request.first_token_s - request.sent_s);
    if (request.last_token_s) requests.e2e_s.push_back(*request.last_token_s - request.sent_s);
    if (request.prompt_tokens) requests.prompt_tokens.push_back(static_cast<double>(*request.prompt_tokens));
    if (const auto each = token_time_of(request)) requests.tpot_s.push_back(*each);
    if (request.completion_tokens)
      requests.output_tokens.push_back(static_cast<double>(*request.completion_tokens));
  }
  return requests;
}

/// Their "Statistics": units, mean and what else is known of single values.
Json statistics(const std::vector<double>& values, const char* units) {
  const double average = mean(values).value_or(0.0);
  Json json{{"units", units}, {"mean", average}};
  if (values.size() > 1) {
    double squares = 0.0;
    for (const double value : values) squares += (value - average) * (value - average);
    json["stddev"] = std::sqrt(squares / static_cast<double>(values.size() - 1));
  }
  json["min"] = *std::min_element(values.begin(), values.end());
  for (const auto& [name, p] : {std::pair{"p1", 0.01}, std::pair{"p5", 0.05}, std::pair{"p10", 0.10},
                                std::pair{"p25", 0.25}, std::pair{"p50", 0.50}, std::pair{"p75", 0.75},
                                std::pair{"p90", 0.90}, std::pair{"p95", 0.95}, std::pair{"p99", 0.99}}) {
    json[name] = quantile(values, p)->value;
  }
  json["max"] = *std::max_element(values.begin(), values.end());
  return json;
}

Json only_mean(double value, const char* units) { return {{"units", units}, {"mean", value}}; }

std::map<std::string, std::string> settings_of(const RunRecord& record, const std::string& section) {
  std::map<std::string, std::string> settings;
  for (const auto& [key, value] : record.settings) {
    if (key.starts_with(section)) settings[key] = value;
  }
  return settings;
}

std::string id_of(const std::string& text) { return sha256(text).substr(0, kIdDigits); }

/// Builds the document of one variant, and notes what it cannot tell.
class Document {
 public:
  Document(const StudyReport& report, const VariantInfo& variant)
      : report_(report),
        record_(report.record),
        variant_(variant),
        requests_(gathered(report.record, variant)) {}

  Json take() {
    Json root{{"version", kVersion}, {"run", run()}};
    root["scenario"] = Json::object();
    root["scenario"]["stack"] = Json::array({engine()});
    if (auto made = load(); !made.is_null()) root["scenario"]["load"] = std::move(made);
    Json performance = aggregate();
    root["results"] = Json::object();
    if (!performance.empty()) root["results"]["request_performance"]["aggregate"] = std::move(performance);
    root["results"]["observability"] = observability();
    return root;
  }

 private:
  const StageRecord* served() const {
    const auto found = record_.stages.find(variant_.serve_stage);
    return found == record_.stages.end() ? nullptr : &found->second;
  }

  const WindowRecord* load_window() const {
    if (served() == nullptr) return nullptr;
    const auto& windows = served()->windows;
    const auto found =
        std::find_if(windows.begin(), windows.end(), [](const auto& w) { return w.name == "load"; });
    return found == windows.end() ? nullptr : &*found;
  }

  Json run() {
    Json json{{"uid", id_of(record_.plan_key + "\n" + variant_.id)}};
    if (!record_.plan_key.empty()) json["eid"] = id_of(record_.plan_key);
    if (served() != nullptr && !served()->started.empty()) {
      json["time"] = {{"start", served()->started},
                      {"duration", fmt::format("PT{:.6f}S", served()->duration_s)}};
    } else {
      absent_.emplace_back("run.time: the record has no wall clock of the serve stage");
    }
    json["description"] = record_.study + ": " + variant_.id;
    json["keywords"] = Json::array({variant_.model, variant_.method, variant_.precision, variant_.task});
    return json;
  }

  /// Of kind "generic": an "inference_engine" must name its accelerators, which the record of an engine does
  /// not.
  Json engine() {
    const auto settings = settings_of(record_, "engine.");
    const auto name = settings.find("engine.name");
    absent_.emplace_back("the engine's version and accelerators: the record does not hold them");
    Json standardized{{"kind", "generic"},
                      {"tool", name == settings.end() ? "not recorded" : name->second},
                      {"tool_version", "not recorded"},
                      {"model",
                       {{"name", variant_.model},
                        {"variant", variant_.id},
                        {"adaptation", variant_.method},
                        {"precision", variant_.precision}}}};
    if (!record_.sittings.empty()) standardized["host"] = record_.sittings.back().environment;
    return {{"metadata",
             {{"schema_version", kComponentVersion},
              {"label", kEngineLabel},
              {"cfg_id", id_of(to_line(settings))}}},
            {"standardized", std::move(standardized)},
            {"native", {{"config", settings}}}};
  }

  Json load() {
    if (requests_.prompt_tokens.empty()) {
      absent_.emplace_back("scenario.load: it needs input lengths, and the record has no prompt tokens");
      return {};
    }
    const auto settings = settings_of(record_, "load.");
    const auto& lengths = requests_.prompt_tokens;
    Json standardized{
        {"tool", "edgeeval"},
        {"tool_version", std::string(version())},
        {"source", "sampled"},
        {"input_seq_len",
         {{"distribution", "other"},
          {"value", *mean(lengths)},
          {"min", static_cast<std::int64_t>(*std::min_element(lengths.begin(), lengths.end()))},
          {"max", static_cast<std::int64_t>(*std::max_element(lengths.begin(), lengths.end()))}}}};
    if (const auto slots = settings.find("load.concurrency"); slots != settings.end()) {
      const int concurrency = std::atoi(slots->second.c_str());
      if (concurrency >= 1) standardized["concurrency"] = concurrency;
    }
    return {{"metadata",
             {{"schema_version", kComponentVersion},
              {"cfg_id", id_of(to_line(settings))},
              {"description", "closed loop over the items of task " + variant_.task}}},
            {"standardized", std::move(standardized)},
            {"native", {{"config", settings}}}};
  }

  void put(Json& parent, const char* key, const std::vector<double>& values, const char* units) {
    if (!values.empty()) {
      parent[key] = statistics(values, units);
    } else {
      absent_.push_back(std::string(key) + ": no answered request has it");
    }
  }

  std::optional<double> row(const char* metric) const {
    for (const auto& one : report_.rows) {
      if (one.variant == variant_.id && one.mode == "observed" && one.metric == metric && one.value)
        return one.value->value;
    }
    return std::nullopt;
  }

  Json throughput() const {
    Json json = Json::object();
    if (const auto rate = row("output_tok_per_s")) json["output_token_rate"] = only_mean(*rate, "tokens/s");
    const auto* window = load_window();
    if (window == nullptr || window->duration_s <= 0.0 || requests_.total == 0) return json;
    const double seconds = window->duration_s;
    const auto answered = static_cast<double>(requests_.total - requests_.failed);
    json["request_rate"] = only_mean(answered / seconds, "queries/s");
    if (requests_.prompt_tokens.empty()) return json;
    const double input = sum_of(requests_.prompt_tokens);
    json["input_token_rate"] = only_mean(input / seconds, "tokens/s");
    if (!requests_.output_tokens.empty())
      json["total_token_rate"] = only_mean((input + sum_of(requests_.output_tokens)) / seconds, "tokens/s");
    return json;
  }

  Json aggregate() {
    Json json = Json::object();
    if (requests_.total > 0) {
      json["requests"] = {{"total", requests_.total}, {"failures", requests_.failed}};
      put(json["requests"], "input_length", requests_.prompt_tokens, "count");
      put(json["requests"], "output_length", requests_.output_tokens, "count");
      json["latency"] = Json::object();
      put(json["latency"], "time_to_first_token", requests_.ttft_s, "s");
      put(json["latency"], "time_per_output_token", requests_.tpot_s, "s/token");
      put(json["latency"], "request_latency", requests_.e2e_s, "s");
    } else {
      absent_.emplace_back("requests and latencies: the record holds no single requests");
    }
    absent_.emplace_back("inter_token_latency: an event of a stream may hold several tokens");
    if (auto rates = throughput(); !rates.empty()) json["throughput"] = std::move(rates);
    return json;
  }

  /// Where the schema lets further keys stand: our own rows, and what this document lacks.
  Json observability() {
    Json json = Json::object();
    Json resources = Json::object();
    const auto* window = load_window();
    const auto total = window == nullptr ? std::nullopt : total_energy(*window);
    if (total && window->duration_s > 0.0)
      resources["power_consumption"] = only_mean(total->value / window->duration_s, "Watts");
    if (!resources.empty())
      json["components"] =
          Json::array({{{"component_label", kEngineLabel}, {"aggregate", std::move(resources)}}});
    Json own{
        {"note", "power_consumption is of what `power_of` names; intervals, grades and sources are in rows"}};
    if (total) own["power_of"] = total->sources;
    own["absent"] = absent_;
    own["rows"] = Json::array();
    for (const auto& one : report_.rows) {
      if (one.variant != variant_.id || !one.value) continue;
      Json entry{{"mode", one.mode}, {"metric", one.metric}};
      entry.update(to_json(*one.value));
      own["rows"].push_back(std::move(entry));
    }
    json["edgeeval"] = std::move(own);
    return json;
  }

  const StudyReport& report_;
  const RunRecord& record_;
  const VariantInfo& variant_;
  Requests requests_;
  std::vector<std::string> absent_;
};

}  // namespace

void llmd(const StudyReport& report, std::ostream& out) {
  // One document is JSON; several are a stream of YAML documents, each of which is JSON.
  const bool several = report.record.variants.size() > 1;
  for (const auto& variant : report.record.variants) {
    if (several) out << "---\n";
    out << json_document(Document(report, variant).take());
  }
}

}  // namespace edgeeval::render
