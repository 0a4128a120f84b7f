// SPDX-License-Identifier: Apache-2.0
// What a document must be to be a benchmark report 0.2.1 of llm-d-benchmark: its models forbid further keys,
// so every object is held to the keys that they name (llmd_benchmark_report/schema_v0_2.py,
// schema_v0_2_components.py and base.py, commit 331a0f7)
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "core/json.hpp"

namespace edgeeval {

using Words = std::set<std::string>;

/// Expects `json` to be an object with all of `required` and nothing but these and `optional`.
inline void expect_keys(const Json& json, const std::string& where, const Words& required,
                        const Words& optional = {}) {
  ASSERT_TRUE(json.is_object()) << where;
  for (const auto& key : required) EXPECT_TRUE(json.contains(key)) << where << " lacks " << key;
  for (const auto& [key, value] : json.items()) {
    EXPECT_TRUE(required.contains(key) || optional.contains(key)) << where << " has " << key;
    EXPECT_FALSE(value.is_null()) << where << "." << key;
  }
}

inline void expect_statistics(const Json& json, const std::string& where, const std::string& units) {
  expect_keys(json, where, {"units", "mean"},
              {"mode", "stddev", "min", "p0p1", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99",
               "p99p9", "max"});
  EXPECT_EQ(json["units"], units) << where;
  for (const auto& [key, value] : json.items()) {
    if (key != "units") {
      EXPECT_TRUE(value.is_number()) << where << "." << key;
    }
  }
}

/// Expects each key of `json` to be one of `units` with statistics in these units.
inline void expect_each(const Json& json, const std::string& where,
                        const std::map<std::string, std::string>& units) {
  for (const auto& [key, value] : json.items()) {
    ASSERT_TRUE(units.contains(key)) << where << " has " << key;
    expect_statistics(value, where + "." + key, units.at(key));
  }
}

inline void expect_scenario(const Json& scenario) {
  expect_keys(scenario, "scenario", {}, {"stack", "load"});
  for (const auto& component : scenario.value("stack", Json::array())) {
    expect_keys(component, "component", {"metadata", "standardized", "native"});
    expect_keys(component["metadata"], "component.metadata", {"label", "cfg_id"},
                {"schema_version", "description"});
    expect_keys(component["native"], "component.native", {}, {"args", "envars", "config"});
    EXPECT_EQ(component["standardized"]["kind"], "generic") << "the kind that may have further keys";
    EXPECT_TRUE(component["standardized"]["tool"].is_string());
    EXPECT_TRUE(component["standardized"]["tool_version"].is_string());
  }
  if (!scenario.contains("load")) return;
  const auto& load = scenario["load"];
  expect_keys(load, "load", {"metadata", "standardized", "native"});
  expect_keys(load["metadata"], "load.metadata", {}, {"schema_version", "cfg_id", "description"});
  expect_keys(load["native"], "load.native", {}, {"args", "envars", "config"});
  expect_keys(load["standardized"], "load.standardized", {"tool", "tool_version", "source", "input_seq_len"},
              {"parallelism", "stage", "output_seq_len", "prefix", "multi_turn", "rate_qps", "concurrency"});
  EXPECT_TRUE(Words({"random", "sampled", "unknown"}).contains(load["standardized"]["source"]))
      << load["standardized"];
  const auto& length = load["standardized"]["input_seq_len"];
  expect_keys(length, "input_seq_len", {"distribution", "value"}, {"std_dev", "min", "max"});
  EXPECT_TRUE(Words({"fixed", "gaussian", "uniform", "other"}).contains(length["distribution"]));
  EXPECT_TRUE(length["min"].is_number_integer() && length["max"].is_number_integer());
}

inline void expect_aggregate(const Json& aggregate) {
  expect_keys(aggregate, "aggregate", {}, {"requests", "latency", "throughput"});
  if (aggregate.contains("requests")) {
    const auto& requests = aggregate["requests"];
    expect_keys(requests, "requests", {"total"},
                {"failures", "incomplete", "input_length", "output_length", "request_size", "multimodal"});
    EXPECT_TRUE(requests["total"].is_number_unsigned());
    for (const char* key : {"input_length", "output_length"}) {
      if (requests.contains(key)) expect_statistics(requests[key], key, "count");
    }
  }
  expect_each(aggregate.value("latency", Json::object()), "latency",
              {{"time_to_first_token", "s"},
               {"request_latency", "s"},
               {"time_per_output_token", "s/token"},
               {"inter_token_latency", "s/token"},
               {"normalized_time_per_output_token", "s/token"}});
  expect_each(aggregate.value("throughput", Json::object()), "throughput",
              {{"input_token_rate", "tokens/s"},
               {"output_token_rate", "tokens/s"},
               {"total_token_rate", "tokens/s"},
               {"request_rate", "queries/s"}});
}

/// Expects `document` to hold to the schema.
inline void expect_llmd(const Json& document) {
  expect_keys(document, "document", {"version", "run", "results"}, {"scenario"});
  EXPECT_EQ(document["version"], "0.2.1");
  const auto& run = document["run"];
  expect_keys(run, "run", {"uid"}, {"eid", "cid", "pid", "time", "user", "description", "keywords"});
  if (run.contains("time")) expect_keys(run["time"], "run.time", {}, {"start", "end", "duration"});
  if (document.contains("scenario")) expect_scenario(document["scenario"]);
  const auto& results = document["results"];
  expect_keys(
      results, "results", {},
      {"request_performance", "session_performance", "observability", "profiling", "component_health"});
  if (results.contains("request_performance")) {
    expect_keys(results["request_performance"], "request_performance", {}, {"aggregate", "time_series"});
    expect_aggregate(results["request_performance"]["aggregate"]);
  }
  // Observability may have further keys; what it names itself must be right.
  for (const auto& component : results["observability"].value("components", Json::array())) {
    expect_keys(component, "observability.components", {"component_label"},
                {"replica_id", "aggregate", "time_series", "raw_data_path", "graph_path"});
    EXPECT_EQ(component["component_label"], document["scenario"]["stack"][0]["metadata"]["label"]);
    expect_each(component["aggregate"], "resources", {{"power_consumption", "Watts"}});
  }
}

}  // namespace edgeeval
