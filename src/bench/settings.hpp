// SPDX-License-Identifier: Apache-2.0
// What a benchmark of a server is told: whom to ask, what, how hard, for how long, and what to keep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "load/client.hpp"
#include "serving/summary.hpp"
#include "serving/validity.hpp"
#include "wire/dialect.hpp"
#include "workload/prompts.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {

/// What is done about prompts that the server may remember.
enum class PrefixCache {
  defeat,  ///< A salt at the beginning of every prompt, and no reuse asked of the server.
  allow,   ///< Prompts as they are, reuse allowed; hits are shown and no finding.
};

/// What is asked.
struct PromptWish {
  std::filesystem::path file{};          ///< Empty: made-up prompts.
  std::optional<PromptFormat> format{};  ///< Absent: told from the file.
  std::uint32_t tokens = 256;            ///< Of a made-up prompt, template included.
  std::size_t count = 0;                 ///< Of made-up prompts; 0 = one a request, at most 256.
};

/// Everything that `edgeeval bench` is told about one benchmark.
struct BenchSettings {
  Target target;
  std::optional<ServerKind> dialect{};  ///< Absent: found by probing.
  std::string route{};                  ///< Path of one of the dialect's routes; empty = its usual one.
  std::string model{};                  ///< Empty: the first that the server names.
  Scenario scenario;
  StopRule stop;
  std::optional<std::uint64_t> warmup{};  ///< Requests before the measured ones; absent = chosen by scenario.
  PromptWish prompts;
  std::uint32_t max_tokens = 128;
  std::optional<bool> ignore_eos{};  ///< Absent: where the prompts are made up and the dialect has a field.
  double temperature = 0.0;
  std::string extra_json{};
  PrefixCache prefix_cache = PrefixCache::defeat;
  Seeds seeds;
  std::vector<ServiceObjective> objectives{};
  RequestLimits limits;
  double drain_s = 600.0;
  int threads = 1;
  std::vector<int> cpus{};
  bool keep_alive = true;
  std::filesystem::path schedule_file{};  ///< Replays a schedule; empty = a new one.
  std::filesystem::path folder{};
  double ready_timeout_s = 300.0;  ///< How long a server that loads its model is waited for.
  bool energy = true;
  double idle_s = 0.0;  ///< Rest before the load, as a baseline for net energy.
  bool require_measured = false;
  bool scrape = true;
  std::optional<Target> metrics{};  ///< Where the server's metrics stand; absent: at the dialect's own route.
  std::optional<int> server_process{};  ///< For the engine's peak resident memory.
  ValidityLimits validity{};
};

/// The effective settings by option name, for the record; without anything secret.
[[nodiscard]] std::map<std::string, std::string> described(const BenchSettings& settings);

/// Requests before the measured ones, where the user does not say: as many as are in flight, at most 64.
[[nodiscard]] std::uint64_t usual_warmup(const Scenario& scenario);

}  // namespace edgeeval
