// SPDX-License-Identifier: Apache-2.0
#include "wire/dialect.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr std::array<std::string_view, 9> kNames{
    "openai-chat", "openai-completions", "llama-server", "ollama", "vllm", "sglang",
    "tgi",         "tensorrt-llm",       "lm-studio"};
static_assert(kNames.size() == static_cast<std::size_t>(ServerKind::lm_studio) + 1);

/// What all routes of a server share.
Dialect base_of(ServerKind kind) {
  Dialect dialect;
  dialect.server = kind;
  dialect.models_path = "/v1/models";
  switch (kind) {
    case ServerKind::llama_server:
      dialect.ready_path = "/health";
      dialect.metrics_path = "/metrics";
      dialect.tokenize_path = "/tokenize";
      dialect.ignore_eos = dialect.timings_per_token = dialect.cache_prompt = true;
      break;
    case ServerKind::vllm:
      dialect.ready_path = "/health";
      dialect.metrics_path = "/metrics";
      dialect.tokenize_path = "/tokenize";
      dialect.reset_cache_path = "/reset_prefix_cache";
      dialect.ignore_eos = dialect.return_token_ids = dialect.continuous_usage = dialect.min_tokens = true;
      break;
    case ServerKind::sglang:
      dialect.ready_path = "/health";
      dialect.metrics_path = "/metrics";
      dialect.tokenize_path = "/v1/tokenize";  // Since 0.5; older ones answer 404.
      dialect.reset_cache_path = "/flush_cache";
      dialect.ignore_eos = dialect.continuous_usage = dialect.min_tokens = true;
      break;
    case ServerKind::tgi:
      dialect.ready_path = "/health";
      dialect.metrics_path = "/metrics";
      dialect.tokenize_path = "/tokenize";
      dialect.models_path = "/info";
      break;
    case ServerKind::tensorrt_llm:
      // Its protocol forbids what it does not name; these it names (serve/openai_protocol.py, 0076e93).
      dialect.ready_path = "/health";
      dialect.metrics_path = "/metrics";
      dialect.request_times_path = "/perf_metrics";
      dialect.ignore_eos = dialect.continuous_usage = dialect.min_tokens = true;
      break;
    case ServerKind::ollama:
      dialect.ready_path = "/api/version";
      dialect.models_path = "/api/tags";
      dialect.lazy_load = true;
      break;
    case ServerKind::lm_studio:
      dialect.ready_path = "/v1/models";
      dialect.lazy_load = true;
      break;
    default:
      break;
  }
  return dialect;
}

Dialect chat_of(ServerKind kind) { return base_of(kind); }

Dialect completions_of(ServerKind kind) {
  auto dialect = base_of(kind);
  dialect.route = RouteKind::completions;
  dialect.path = "/v1/completions";
  dialect.takes_messages = false;
  dialect.takes_token_ids =
      kind != ServerKind::ollama && kind != ServerKind::lm_studio && kind != ServerKind::tgi;
  return dialect;
}

/// A route of the server's own; `path` is where it is.
Dialect native_of(ServerKind kind, RouteKind route, std::string path) {
  auto dialect = base_of(kind);
  dialect.route = route;
  dialect.path = std::move(path);
  dialect.takes_messages = route == RouteKind::ollama_chat;
  dialect.include_usage = dialect.continuous_usage = false;
  dialect.ends_with_done = route == RouteKind::sglang_generate;
  switch (route) {
    case RouteKind::llama_completion:
      dialect.takes_token_ids = dialect.return_token_ids = true;
      break;
    case RouteKind::ollama_chat:
    case RouteKind::ollama_generate:
      dialect.framing = Framing::json_lines;
      break;
    case RouteKind::sglang_generate:
      dialect.takes_token_ids = true;
      dialect.seed = false;
      break;
    case RouteKind::tgi_generate:
      dialect.one_token_an_event = true;
      break;
    case RouteKind::lm_studio_chat:
      dialect.seed = false;
      break;
    default:
      break;
  }
  return dialect;
}

}  // namespace

std::string_view to_string(ServerKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

std::vector<ServerKind> all_server_kinds() {
  std::vector<ServerKind> kinds;
  for (std::size_t i = 0; i < kNames.size(); ++i) kinds.push_back(static_cast<ServerKind>(i));
  return kinds;
}

Result<ServerKind> server_kind_from(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<ServerKind>(found - kNames.begin());
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  const auto near = nearest(name, names);
  return fail(
      ErrorCode::usage, "unknown dialect \"" + std::string(name) + "\"", {},
      (near.empty() ? std::string() : "Did you mean \"" + near + "\"? ") + "Known: " + join(names, ", "));
}

std::vector<Dialect> dialects_of(ServerKind kind) {
  switch (kind) {
    case ServerKind::openai_completions:
      return {completions_of(kind), chat_of(kind)};
    case ServerKind::llama_server:
      return {chat_of(kind), completions_of(kind),
              native_of(kind, RouteKind::llama_completion, "/completion")};
    case ServerKind::ollama:
      return {native_of(kind, RouteKind::ollama_chat, "/api/chat"),
              native_of(kind, RouteKind::ollama_generate, "/api/generate"), chat_of(kind),
              completions_of(kind)};
    case ServerKind::sglang:
      return {chat_of(kind), completions_of(kind), native_of(kind, RouteKind::sglang_generate, "/generate")};
    case ServerKind::tgi:
      return {native_of(kind, RouteKind::tgi_generate, "/generate_stream"), chat_of(kind)};
    case ServerKind::lm_studio:
      return {chat_of(kind), completions_of(kind),
              native_of(kind, RouteKind::lm_studio_chat, "/api/v1/chat")};
    default:
      return {chat_of(kind), completions_of(kind)};
  }
}

}  // namespace edgeeval
