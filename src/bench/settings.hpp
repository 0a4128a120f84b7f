// SPDX-License-Identifier: Apache-2.0
// What a benchmark of a server is told: whom to ask, what, how hard, for how long, and what to keep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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
  defeat,  ///< No prompt is met twice: salts where they would be, no reuse asked of the server, and its cache
           ///< emptied where it offers that.
  allow,   ///< Prompts as they are, reuse allowed; hits are shown and no finding.
  reset,   ///< The same, after the cache was emptied: hits are among the load's own prompts.
};

/// Which replies the server's own tokenizer counts once the load has ended.
enum class RetokeniseWish {
  missing,  ///< Those whose tokens nothing else tells.
  all,      ///< Every one, so that both counts can be compared.
  never,
};
/// "missing", "all", "never".
[[nodiscard]] std::string_view to_string(RetokeniseWish wish);

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
  std::optional<std::uint64_t> warmup{};  ///< Requests before the measured ones; absent = until steady.
  PromptWish prompts;
  std::uint32_t max_tokens = 128;
  bool max_tokens_given =
      false;  ///< By the user: then a bound of reply lengths that a ShareGPT file tells too.
  std::optional<bool> ignore_eos{};  ///< Absent: where the prompts are made up and the dialect has a field.
  double temperature = 0.0;
  std::string extra_json{};
  PrefixCache prefix_cache = PrefixCache::defeat;
  Seeds seeds;
  std::vector<ServiceObjective> objectives{};
  RequestLimits limits;  ///< Its kept_text is what of each text stays in the record.
  RetokeniseWish retokenise = RetokeniseWish::missing;
  double drain_s = 600.0;
  int threads = 1;
  std::vector<int> cpus{};
  bool keep_alive = true;
  std::filesystem::path schedule_file{};   ///< Replays a schedule; empty = a new one.
  std::optional<ScheduleOrigin> replay{};  ///< What that schedule tells of its load: run_bench() fills it in.
  std::filesystem::path folder{};
  double probe_timeout_s = 10.0;   ///< For the answer to each small request that asks a server what it is.
  double ready_timeout_s = 300.0;  ///< How long a server that loads its model is waited for.
  bool wait_for_port = false;      ///< So long also for one that does not listen yet, as vLLM while it loads.
  bool energy = true;
  double idle_s = 0.0;  ///< Rest before the load, as a baseline for net energy.
  bool require_measured = false;
  bool scrape = true;
  std::optional<Target> metrics{};  ///< Where the server's metrics stand; absent: at the dialect's own route.
  std::optional<int> server_process{};  ///< For the engine's peak resident memory.
  ValidityLimits validity{};
};

/// Its name as an option's value: "defeat"….
[[nodiscard]] std::string_view to_string(PrefixCache cache);

/// The effective settings by option name, for the record; without anything secret.
[[nodiscard]] std::map<std::string, std::string> described(const BenchSettings& settings);

/// Where the user does not say how many requests go before the measured ones, they go on until latencies are
/// steady (SteadyRule). This is its window: as many as are in flight, from 2 to 64; of an open loop 8.
[[nodiscard]] std::uint64_t usual_warmup(const Scenario& scenario);

}  // namespace edgeeval
