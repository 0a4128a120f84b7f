// SPDX-License-Identifier: Apache-2.0
// The options of `edgeeval bench`, and the settings that they mean.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/settings.hpp"

namespace edgeeval {

/// What was typed.
struct BenchOptions {
  std::string url, dialect, route, model, prompts, prompt_format, out, slo, cpus, seeds, schedule,
      cache = "defeat", require, api_key_env, ca_file, extra, launch, metrics_url, page_cache = "as-is",
              retokenize = "missing";
  std::vector<std::string> outputs, headers, model_files;
  std::optional<std::string> scenario;  ///< Absent: a single stream; with `launch`, no load.
  std::optional<std::uint64_t> requests, min_requests, warmup;
  std::optional<double> duration_s, probe_s, ready_s;
  std::uint32_t prompt_tokens = 256;
  std::optional<std::uint32_t> max_tokens;
  std::size_t prompt_count = 0;
  std::size_t keep_text = 0;
  double max_duration_s = 3600.0, drain_s = 600.0, connect_s = 10.0, first_byte_s = 600.0,
         idle_timeout_s = 120.0, timeout_s = 3600.0, rest_s = 0.0, temperature = 0.0;
  int threads = 1, repeat = 5;
  std::optional<int> server_pid;
  bool ignore_eos = false, no_ignore_eos = false, no_keep_alive = false, insecure = false, no_energy = false,
       no_scrape = false, json = false, quiet = false, allow_invalid = false, self_check = false;
};

/// Adds them to `command`.
void add_bench_options(CLI::App& command, BenchOptions& options);

/// The folder of a record that nobody named: runs/bench-<time>.
[[nodiscard]] std::filesystem::path usual_bench_folder();

/// The settings that they mean. Errors: usage, with the option's name.
[[nodiscard]] Result<BenchSettings> bench_settings(const BenchOptions& options);

}  // namespace edgeeval
