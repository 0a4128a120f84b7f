// SPDX-License-Identifier: Apache-2.0
#include "bench_options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "bench/search.hpp"
#include "bench_option_checks.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr double kUsualDuration_s = 10.0;
constexpr std::uint64_t kUsualRequests = 20;
constexpr double kLongest_s = 1e9;  // 31 years: what is meant as "no limit" fits.

/// The API key from the environment variable that was named, else from the usual ones.
Result<std::string> api_key(const std::string& variable) {
  if (!variable.empty()) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0')
      return fail(ErrorCode::usage, "the environment variable " + variable + " is not set", "--api-key-env");
    return std::string(value);
  }
  for (const char* usual : {"EDGEEVAL_API_KEY", "OPENAI_API_KEY"}) {
    const char* value = std::getenv(usual);
    if (value != nullptr && *value != '\0') return std::string(value);
  }
  return std::string();
}

bool is_header_line(const std::string& line) {
  const auto colon = line.find(':');
  return colon != std::string::npos && colon > 0 && line.find_first_of("\r\n") == std::string::npos;
}

Result<Target> target_of(const BenchOptions& options) {
  if (options.url.empty())
    return fail(ErrorCode::usage, "nobody to ask", "edgeeval bench",
                "for example: edgeeval bench --url http://127.0.0.1:8080 --scenario closed:4");
  auto target = parse_url(options.url);
  if (!target) return target;
  auto key = api_key(options.api_key_env);
  if (!key) return tl::unexpected(key.error());
  if (key->find_first_of("\r\n") != std::string::npos)
    return fail(ErrorCode::usage, "the API key holds a line end", "--api-key-env");
  target->api_key = std::move(*key);
  target->ca_file = options.ca_file;
  target->insecure = options.insecure;
  for (const auto& line : options.headers) {
    if (!is_header_line(line))
      return fail(ErrorCode::usage, "\"" + line + "\" is no header", "--header", "Name: value");
  }
  target->headers = options.headers;
  return target;
}

/// Where --metrics-url says that the server's metrics are; absent where it says nothing. The key is sent to
/// the server that it is for, and to no other.
Result<std::optional<Target>> metrics_target_of(const BenchOptions& options, const Target& server) {
  if (options.metrics_url.empty()) return std::nullopt;
  if (options.no_scrape)
    return fail(ErrorCode::usage, "there is nothing to scrape with --no-scrape", "--metrics-url",
                "leave one of them out");
  auto target = parse_url(options.metrics_url);
  if (!target) {
    auto error = target.error();
    error.where = "--metrics-url";
    return tl::unexpected(std::move(error));
  }
  target->ca_file = options.ca_file;
  target->insecure = options.insecure;
  const bool same = target->tls == server.tls && target->unix_path == server.unix_path &&
                    target->authority() == server.authority();
  if (same) {
    target->api_key = server.api_key;
    target->headers = server.headers;
  }
  return std::optional(std::move(*target));
}

Result<PromptWish> prompts_of(const BenchOptions& options) {
  PromptWish wish;
  wish.file = options.prompts;
  wish.tokens = options.prompt_tokens;
  wish.count = options.prompt_count;
  if (options.prompt_format.empty()) return wish;
  std::vector<std::string> names;
  for (const auto format : {PromptFormat::jsonl, PromptFormat::sharegpt, PromptFormat::burstgpt,
                            PromptFormat::mooncake, PromptFormat::azure}) {
    if (options.prompt_format == to_string(format)) wish.format = format;
    names.emplace_back(to_string(format));
  }
  if (!wish.format)
    return fail(ErrorCode::usage, "there is no format \"" + options.prompt_format + "\"", "--prompt-format",
                "formats: " + join(names, ", "));
  return wish;
}

/// A load ends after an exact count, or once both a time and a count are reached.
StopRule stop_of(const BenchOptions& options, const Scenario& scenario) {
  StopRule stop;
  stop.max_duration_s = options.max_duration_s;
  const bool bare = !options.requests && !options.duration_s && !options.min_requests;
  // A trace and a schedule are as long as they are.
  if (bare && (scenario.kind == Scenario::Kind::trace || !options.schedule.empty())) return stop;
  if (options.requests && !options.duration_s) {
    stop.requests = options.requests;
    return stop;
  }
  stop.min_duration_s = bare ? kUsualDuration_s : options.duration_s.value_or(0.0);
  stop.min_requests = bare ? kUsualRequests : options.min_requests.value_or(options.requests.value_or(1));
  return stop;
}

Result<void> put_seeds(const std::string& text, Seeds& seeds) {
  if (text.empty()) return {};
  auto values = numbers<std::uint64_t>(text, "--seed");
  if (!values) return tl::unexpected(values.error());
  if (values->size() == 1) {
    const auto seed = values->front();
    seeds = {seed, seed + 1, seed + 2};
    return {};
  }
  if (values->size() != 3)
    return fail(ErrorCode::usage, "one seed, or three: words, order of prompts, times", "--seed");
  seeds = {(*values)[0], (*values)[1], (*values)[2]};
  return {};
}

void put_limits(const BenchOptions& options, BenchSettings& settings) {
  settings.limits.connect_s = options.connect_s;
  settings.limits.first_byte_s = options.first_byte_s;
  settings.limits.idle_s = options.idle_timeout_s;
  settings.limits.total_s = options.timeout_s;
  settings.limits.kept_text = options.keep_text;
  for (const auto wish : {RetokeniseWish::all, RetokeniseWish::never})
    if (options.retokenize == to_string(wish)) settings.retokenise = wish;
  settings.drain_s = options.drain_s;
  settings.probe_timeout_s = options.probe_s.value_or(settings.probe_timeout_s);
  settings.ready_timeout_s = options.ready_s.value_or(settings.ready_timeout_s);
  settings.wait_for_port = options.ready_s.has_value();
  settings.idle_s = options.rest_s;
  settings.energy = !options.no_energy;
  settings.scrape = !options.no_scrape;
  settings.require_measured = options.require == "measured";
  settings.server_process = options.server_pid;
  settings.threads = options.threads;
  settings.keep_alive = !options.no_keep_alive;
}

/// A trace scenario brings its own prompts.
void take_trace(BenchSettings& settings) {
  if (settings.scenario.kind == Scenario::Kind::trace && settings.prompts.file.empty())
    settings.prompts.file = settings.scenario.trace;
}

}  // namespace

std::filesystem::path usual_bench_folder() {
  const auto now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "bench-%Y%m%dT%H%M%SZ", &utc));
  return std::filesystem::path("runs") / text;
}

Result<BenchSettings> bench_settings(const BenchOptions& options) {
  BenchSettings settings;
  auto scenario = parse_scenario(options.scenario.value_or("single"));
  if (!scenario) return tl::unexpected(scenario.error());
  settings.scenario = std::move(*scenario);
  auto target = target_of(options);
  if (!target) return tl::unexpected(target.error());
  settings.target = std::move(*target);
  auto metrics = metrics_target_of(options, settings.target);
  if (!metrics) return tl::unexpected(metrics.error());
  settings.metrics = std::move(*metrics);
  auto prompts = prompts_of(options);
  if (!prompts) return tl::unexpected(prompts.error());
  settings.prompts = std::move(*prompts);
  if (!options.dialect.empty()) {
    auto kind = server_kind_from(options.dialect);
    if (!kind) return tl::unexpected(kind.error());
    settings.dialect = *kind;
  }
  if (!options.slo.empty()) {
    auto objectives = parse_objectives(options.slo);
    if (!objectives) return tl::unexpected(objectives.error());
    settings.objectives = std::move(*objectives);
  }
  if (auto good = check_extra(options.extra); !good) return tl::unexpected(good.error());
  if (auto good = check_server_pid(options); !good) return tl::unexpected(good.error());
  auto cpus = cpus_of(options);
  if (!cpus) return tl::unexpected(cpus.error());
  settings.cpus = std::move(*cpus);
  if (auto seeds = put_seeds(options.seeds, settings.seeds); !seeds) return tl::unexpected(seeds.error());
  settings.route = options.route;
  settings.model = options.model;
  settings.stop = stop_of(options, settings.scenario);
  if (settings.scenario.kind == Scenario::Kind::find_peak && !settings.stop.requests)
    settings.stop.min_requests =
        std::max(settings.stop.min_requests.value_or(0), requests_to_judge(settings.objectives));
  settings.warmup = options.warmup;
  settings.max_tokens = options.max_tokens.value_or(settings.max_tokens);
  settings.max_tokens_given = options.max_tokens.has_value();
  if (options.ignore_eos) settings.ignore_eos = true;
  if (options.no_ignore_eos) settings.ignore_eos = false;
  settings.temperature = options.temperature;
  settings.extra_json = options.extra;
  for (const auto cache : {PrefixCache::defeat, PrefixCache::allow, PrefixCache::reset})
    if (options.cache == to_string(cache)) settings.prefix_cache = cache;
  settings.validity.cache_wanted = settings.prefix_cache != PrefixCache::defeat;
  settings.schedule_file = options.schedule;
  settings.folder = options.out.empty() ? usual_bench_folder() : std::filesystem::path(options.out);
  put_limits(options, settings);
  take_trace(settings);
  return settings;
}

void add_bench_options(CLI::App& command, BenchOptions& options) {
  const auto seconds = number_between(0.0, kLongest_s, Ends::above, "number of seconds");
  command.add_option("--url", options.url, "The server: http://host:port, https://…, unix:/path/to/socket");
  command.add_option("--scenario", options.scenario,
                     "single, offline, closed:N, open:poisson@RATE, open:const@RATE, open:gamma:SHAPE@RATE, "
                     "ramp:A-B, trace:FILE, sweep, find-peak (default: single; with --launch none)");
  command.add_option("-n,--requests", options.requests, "Exactly so many requests")
      ->check(CLI::PositiveNumber);
  command.add_option("--duration", options.duration_s, "At least so many seconds")->check(seconds);
  command.add_option("--min-requests", options.min_requests, "And at least so many requests")
      ->check(whole_number(1'000'000'000));
  command
      .add_option("--max-duration", options.max_duration_s, "End sending after so many seconds in any case")
      ->check(seconds);
  command
      .add_option("--warmup", options.warmup,
                  "Requests before the measured ones (default: until latencies are steady, 30 s at most)")
      ->check(whole_number(1'000'000));
  command.add_option("--max-tokens", options.max_tokens, "Limit of each reply (default: 128)")
      ->check(CLI::PositiveNumber);
  command.add_option("--prompts", options.prompts,
                     "File of prompts: JSONL, ShareGPT, or a BurstGPT, Mooncake or Azure trace");
  command.add_option("--prompt-format", options.prompt_format,
                     "Its format, where it cannot be told from the file");
  command.add_option("--prompt-tokens", options.prompt_tokens, "Length of made-up prompts (default: 256)")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--prompt-count", options.prompt_count,
                  "How many are made up (default: one a request, to 256)")
      ->check(whole_number(10'000'000));
  command.add_flag("--ignore-eos", options.ignore_eos,
                   "Ask for replies of the full length (usual for made-up prompts)");
  command.add_flag("--no-ignore-eos", options.no_ignore_eos, "Let replies end by themselves");
  command
      .add_option(
          "--prefix-cache", options.cache,
          "defeat: no prompt is met twice; allow: hits are shown; reset: emptied before, then allowed")
      ->check(CLI::IsMember({"defeat", "allow", "reset"}));
  command.add_option("--temperature", options.temperature, "Of sampling (default: 0)")
      ->check(number_between(0.0, 1000.0, Ends::from, "number"));
  command.add_option("--extra", options.extra, "Members added to each request's JSON: '\"top_k\":1'");
  command.add_option("--seed", options.seeds,
                     "One seed, or three: words, order of prompts, times (default: 1,2,3)");
  command.add_option("--schedule", options.schedule, "Replay a schedule.jsonl of an earlier load");
  command.add_option("--slo", options.slo, "Objectives: ttft=300ms,tpot=50ms; of find-peak: ttft_p99=500ms");
  command.add_option("--dialect", options.dialect, "The kind of server, where probing should not find out");
  command.add_option("--route", options.route, "Path of the route to ask, among the dialect's");
  command.add_option("--model", options.model, "Model to ask for (default: the server's first)");
  command.add_option(
      "--launch", options.launch,
      "Command that starts the server, {port} for its port: measures cold starts, then the load that "
      "--scenario names on the server of the last");
  command.add_option("--repeat", options.repeat, "Cold starts (default: 5)")->check(CLI::Range(1, 1000));
  command.add_option("--page-cache", options.page_cache, "Before each cold start: as-is, warm, evicted")
      ->check(CLI::IsMember({"as-is", "warm", "evicted"}));
  command.add_option("--model-file", options.model_files, "Weights whose pages are looked at (repeatable)");
  command.add_flag(
      "--self-check", options.self_check,
      "Measure the client: a load on a mock server of its own, its stamps against that server's log");
  command.add_option("--threads", options.threads, "Threads of the client (default: 1)")
      ->check(CLI::Range(1, 64));
  command.add_option("--cpus", options.cpus, "Cores that they are pinned to: 2,3");
  command.add_flag("--no-keep-alive", options.no_keep_alive, "A new connection for every request");
  command.add_option("--connect-timeout", options.connect_s, "Seconds (default: 10)")->check(seconds);
  command.add_option("--first-byte-timeout", options.first_byte_s, "Seconds (default: 600)")->check(seconds);
  command.add_option("--idle-timeout", options.idle_timeout_s, "Seconds between two reads (default: 120)")
      ->check(seconds);
  command.add_option("--timeout", options.timeout_s, "Seconds for a whole request (default: 3600)")
      ->check(seconds);
  command.add_option("--drain", options.drain_s, "Seconds for what is in flight at the end (default: 600)")
      ->check(seconds);
  command
      .add_option("--probe-timeout", options.probe_s,
                  "Seconds for each answer to the question what the server is (default: 10; with --launch 2)")
      ->check(seconds);
  command
      .add_option("--ready-timeout", options.ready_s,
                  "Seconds for a server that is loading (default: 300); where it is given, also for one that "
                  "does not "
                  "listen yet")
      ->check(seconds);
  command.add_option(
      "--api-key-env", options.api_key_env,
      "Environment variable with the API key (default: EDGEEVAL_API_KEY, then OPENAI_API_KEY)");
  command.add_option("--header", options.headers, "One more header line, \"Name: value\" (repeatable)");
  command.add_option("--ca-file", options.ca_file, "PEM file of certificate authorities to trust");
  command.add_flag("--insecure", options.insecure, "Do not check certificates");
  command.add_option("--server-pid", options.server_pid,
                     "The engine's process, for its peak memory and density");
  command.add_option("--idle", options.rest_s, "Rest before the load (s), a baseline for net energy")
      ->check(number_between(0.0, kLongest_s, Ends::from, "number of seconds"));
  command.add_option("--require", options.require, "measured: refuse energy that only a model estimates")
      ->check(CLI::IsMember({"measured"}));
  command.add_flag("--no-energy", options.no_energy, "Do not read energy");
  command.add_option("--metrics-url", options.metrics_url,
                     "Where the server's metrics stand, if not at its usual route: http://host:9090/metrics");
  command.add_flag("--no-scrape", options.no_scrape, "Leave the server's metrics route alone");
  command
      .add_option("--keep-text", options.keep_text, "Keep so many bytes of each reply's text (default: 0)")
      ->check(whole_number(16'777'216));
  command
      .add_option("--retokenize", options.retokenize,
                  "Replies that the server's tokenizer counts after the load: missing (those without a "
                  "count), all, never")
      ->check(CLI::IsMember({"missing", "all", "never"}));
  command.add_option("--out", options.out, "Folder of the record (default: runs/bench-<time>)");
  command.add_option("-o", options.outputs,
                     "FORMAT:PATH, repeatable; - is stdout: console, csv, json, md, mlperf, jsonl, trace");
  command.add_flag("--json", options.json, "The same as -o json:-");
  command.add_flag("--quiet", options.quiet, "No live line");
  command.add_flag("--allow-invalid", options.allow_invalid, "Exit with 0 although the load's checks failed");
}

}  // namespace edgeeval
