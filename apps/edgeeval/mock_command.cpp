// SPDX-License-Identifier: Apache-2.0
#include "mock_command.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"
#include "core/cancel.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "mock/fault.hpp"
#include "mock/server.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string script;
  std::optional<std::string> host;
  std::optional<std::uint16_t> port;
  std::optional<std::string> dialect;
  std::optional<std::string> model;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> ttft;
  std::optional<std::string> itl;
  std::optional<std::uint32_t> tokens;
  std::optional<std::string> loading;
  std::vector<std::string> faults;
  std::string log;
  std::string replay;
  bool batch_step = false;
  bool spin = false, metrics = false;
  bool json = false;
  bool list_faults = false;
};

/// Puts what `parse` makes of an option's text where it belongs.
template <class T>
Result<void> take(const std::optional<std::string>& text, const char* option,
                  Result<T> (*parse)(std::string_view), T& target) {
  if (!text) return {};
  auto value = parse(*text);
  if (!value) {
    auto error = value.error();
    error.where = option;
    return tl::unexpected(error);
  }
  target = *value;
  return {};
}

/// "NAME" befalls every request, "NAME:2%" two in a hundred.
Result<mock::FaultRule> fault_rule(const std::string& text) {
  const auto colon = text.find(':');
  mock::FaultRule rule{text.substr(0, colon), 1.0, {}};
  if (mock::find_fault(rule.name) == nullptr) {
    const auto close = nearest(rule.name, mock::fault_names());
    return fail(ErrorCode::usage, "unknown fault \"" + rule.name + "\"", "--fault",
                (close.empty() ? std::string() : "did you mean \"" + close + "\"?\n") +
                    "edgeeval mock-server --list-faults names them all.");
  }
  if (colon == std::string::npos) return rule;
  // The share is read as in a script, so that both have one rule.
  const auto script = mock::parse_script(
      "faults: [{name: " + rule.name + ", share: \"" + text.substr(colon + 1) + "\"}]", "--fault");
  if (!script)
    return fail(ErrorCode::usage, "\"" + text + "\" has no share", "--fault", "NAME:2% or NAME:0.02");
  return script->faults.front();
}

/// The script file, and over it what the command line says.
Result<mock::Script> script_of(const Options& options) {
  mock::Script script;
  if (!options.script.empty()) {
    auto read = mock::read_script(options.script);
    if (!read) return read;
    script = std::move(*read);
  }
  if (auto ok = take(options.dialect, "--dialect", mock::parse_dialect, script.dialect); !ok)
    return tl::unexpected(ok.error());
  if (auto ok = take(options.ttft, "--ttft", mock::parse_law, script.reply.ttft); !ok)
    return tl::unexpected(ok.error());
  if (auto ok = take(options.itl, "--itl", mock::parse_law, script.reply.itl); !ok)
    return tl::unexpected(ok.error());
  if (auto ok = take(options.loading, "--loading", mock::parse_duration, script.loading); !ok)
    return tl::unexpected(ok.error());
  for (const auto& text : options.faults) {
    auto rule = fault_rule(text);
    if (!rule) return tl::unexpected(rule.error());
    script.faults.push_back(std::move(*rule));
  }
  if (options.host) script.host = *options.host;
  if (options.port) script.port = *options.port;
  if (options.model) script.model = *options.model;
  if (options.seed) script.seed = *options.seed;
  if (options.tokens) script.reply.tokens_from = script.reply.tokens_to = *options.tokens;
  script.batch_step = script.batch_step || options.batch_step;
  script.metrics = script.metrics || options.metrics;
  script.spin = script.spin || options.spin;
  script.log = options.log;
  script.replay = options.replay;
  return script;
}

Json to_json(const mock::Totals& totals) {
  Json json{{"connections", totals.connections},
            {"requests", totals.requests},
            {"other_requests", totals.other_requests},
            {"completed", totals.completed},
            {"abandoned", totals.abandoned},
            {"faults", totals.faults},
            {"events", totals.events},
            {"tokens", totals.tokens},
            {"bytes", totals.bytes},
            {"blocked_events", totals.blocked_events},
            {"most_streams", totals.most_streams},
            {"cpu_s", totals.cpu_s},
            {"wall_s", totals.wall_s}};
  if (totals.late_p50_s) json["late_p50_s"] = *totals.late_p50_s;
  if (totals.late_p99_s) json["late_p99_s"] = *totals.late_p99_s;
  if (totals.late_max_s) json["late_max_s"] = *totals.late_max_s;
  if (totals.wake_p50_s) json["wake_p50_s"] = *totals.wake_p50_s;
  if (totals.wake_p99_s) json["wake_p99_s"] = *totals.wake_p99_s;
  return json;
}

std::string microseconds(double seconds) { return format_significant(seconds * 1e6) + " µs"; }

void print(const mock::Totals& totals) {
  fmt::print("requests  {} ({} complete, {} abandoned, {} with a fault), {} at once at most\n",
             totals.requests, totals.completed, totals.abandoned, totals.faults, totals.most_streams);
  fmt::print("sent      {} events with {} tokens, {}; {} events waited for a slow reader\n", totals.events,
             totals.tokens, format_bytes(static_cast<double>(totals.bytes)), totals.blocked_events);
  if (totals.late_p50_s && totals.late_p99_s && totals.late_max_s) {
    fmt::print("late by   {} (p50), {} (p99), {} (most)\n", microseconds(*totals.late_p50_s),
               microseconds(*totals.late_p99_s), microseconds(*totals.late_max_s));
  }
  if (totals.wake_p50_s && totals.wake_p99_s) {
    fmt::print("timer by  {} (p50), {} (p99)\n", microseconds(*totals.wake_p50_s),
               microseconds(*totals.wake_p99_s));
  }
  fmt::print("CPU       {} s in {}\n", format_significant(totals.cpu_s), format_duration(totals.wall_s));
}

int serve(const Options& options) {
  if (options.list_faults) {
    fmt::print("{}", mock::faults_text());
    return 0;
  }
  auto script = script_of(options);
  if (!script) return report_error(script.error());
  const auto host = script->host;
  const auto dialect = script->dialect;
  CancelToken stop;
  const SignalGuard guard(stop);
  auto server = mock::MockServer::start(std::move(*script));
  if (!server) return report_error(server.error());
  if (options.json) {
    fmt::print("{}\n", to_line(Json{{"listening", {{"host", host}, {"port", server->port()}}}}));
  } else {
    fmt::print("listening {}:{}\n", host, server->port());
  }
  std::fflush(stdout);
  if (terminal_of(stderr).interactive) {
    fmt::print(stderr, "{}: POST http://{}:{}{} · Ctrl-C ends it\n", mock::to_string(dialect), host,
               server->port(), mock::main_path(dialect));
  }
  const auto totals = server->run(stop);
  if (!totals) return report_error(totals.error());
  if (options.json) {
    fmt::print("{}\n", to_line(to_json(*totals)));
  } else {
    print(*totals);
  }
  return 0;
}

}  // namespace

void register_mock_server(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "mock-server",
      "A scripted server of token streams that logs when it sent what, to measure clients against");
  command->add_option("--script", options->script,
                      "Script file (docs/mock-server.md); options stand above it");
  command->add_option("--host", options->host, "IPv4 address to listen on (default: 127.0.0.1)");
  command->add_option("--port", options->port, "Port; 0 takes a free one (default: 0)");
  command->add_option("--dialect", options->dialect,
                      "Whose routes and chunks: " + join(mock::dialect_names(), ", "));
  command->add_option("--model", options->model, "The model's name (default: mock)");
  command->add_option("--ttft", options->ttft,
                      "Time to the first token: 20ms, \"lognormal 200ms 0.5\" … (default: 20ms)");
  command->add_option("--itl", options->itl, "Time between events with tokens, likewise (default: 20ms)");
  command->add_option("--tokens", options->tokens, "Tokens a reply (default: 100)");
  command->add_flag("--batch-step", options->batch_step,
                    "All streams at once, at multiples of the mean --itl");
  command->add_option("--loading", options->loading, "Answer 503 for so long at the start: 3s");
  command->add_option("--fault", options->faults, "NAME for every request or NAME:2% for some (repeatable)");
  command->add_option("--seed", options->seed, "Seed of all draws (default: 1)");
  command->add_option("--log", options->log, "Write requests and events with their times as JSON lines");
  command->add_option("--replay", options->replay,
                      "Answer every prompt with this captured answer, byte for byte");
  command->add_flag("--metrics", options->metrics,
                    "Have the metrics route, which llama-server and SGLang have only on demand");
  command->add_flag("--spin", options->spin, "Never sleep: less late, for a whole core");
  command->add_flag("--json", options->json, "The address and the counts as JSON lines on stdout");
  command->add_flag("--list-faults", options->list_faults, "Name all faults and stop");
  command->footer(
      "Examples:\n  edgeeval mock-server --dialect vllm --ttft 50ms --itl 10ms --tokens 200\n"
      "  edgeeval mock-server --fault reset-midway:2% --log sent.jsonl\n"
      "The first line on stdout is the address. Ctrl-C or SIGTERM ends it with counts (exit 0). A request "
      "may ask for\n"
      "a fault itself: X-Mock-Fault: NAME.");
  command->callback([options, &chosen] { chosen = [options] { return serve(*options); }; });
}

}  // namespace edgeeval
