// SPDX-License-Identifier: Apache-2.0
// How each serving engine wants to be asked and what it answers: routes, fields that may be sent, framing
// (research, loadgen.md section 4).
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/framer.hpp"

namespace edgeeval {

/// The engines whose manners are known.
enum class ServerKind : std::uint8_t {
  openai_chat,         ///< OpenAI's chat completions, strictly.
  openai_completions,  ///< OpenAI's completions, strictly.
  llama_server,
  ollama,
  vllm,
  sglang,
  tgi,
  tensorrt_llm,
  lm_studio,
};
/// Its name on the command line and in records: "llama-server", "openai-chat", ….
[[nodiscard]] std::string_view to_string(ServerKind kind);
/// Error: usage, with the names there are and the nearest one.
[[nodiscard]] Result<ServerKind> server_kind_from(std::string_view name);
[[nodiscard]] std::vector<ServerKind> all_server_kinds();

/// Which of a server's routes is asked, and in what words.
enum class RouteKind : std::uint8_t {
  chat,              ///< /v1/chat/completions
  completions,       ///< /v1/completions
  llama_completion,  ///< /completion
  ollama_chat,       ///< /api/chat
  ollama_generate,   ///< /api/generate
  sglang_generate,   ///< /generate
  tgi_generate,      ///< /generate_stream
  lm_studio_chat,    ///< /api/v1/chat
};

/// One way to ask one server.
struct Dialect {
  ServerKind server = ServerKind::openai_chat;
  RouteKind route = RouteKind::chat;
  std::string path = "/v1/chat/completions";  ///< Below the URL's own path.
  Framing framing = Framing::server_sent_events;
  bool takes_messages = true;    ///< Else one text.
  bool takes_token_ids = false;  ///< A prompt may be a list of ids.
  // Fields that this server takes; strict ones refuse what they do not know.
  bool ignore_eos = false, return_token_ids = false, timings_per_token = false, cache_prompt = false,
       continuous_usage = false, include_usage = true, seed = true, min_tokens = false;
  bool one_token_an_event = false;  ///< By protocol (TGI's own route).
  bool lazy_load = false;           ///< Loads a model inside the first request.
  bool ends_with_done = true;       ///< A proper stream ends in "[DONE]".
  std::string ready_path;           ///< Answers 200 once a request can be served; empty where there is none.
  std::string models_path;          ///< Lists models.
  std::string metrics_path;         ///< Prometheus text (or JSON: TensorRT-LLM); empty where there is none.
  std::string request_times_path;   ///< JSON of each request's times by the server's own clock; mostly none.
  std::string tokenize_path;
  std::string reset_cache_path;  ///< POST empties the prefix cache; empty where there is none.
};

/// The ways to ask `kind`, the usual one first.
[[nodiscard]] std::vector<Dialect> dialects_of(ServerKind kind);

/// What is asked. Views must outlive the call.
struct Asking {
  std::string_view model;
  std::string_view salt;    ///< Put at the very beginning of the prompt, so that no cached prefix matches.
  std::string_view system;  ///< Empty where there is none.
  std::string_view text;    ///< The user's words; ignored where `messages` or `token_ids` is there.
  const std::vector<std::pair<std::string, std::string>>* messages = nullptr;  ///< Role and content.
  const std::vector<std::int32_t>* token_ids = nullptr;
  std::uint32_t max_tokens = 128;
  bool ignore_eos = false;  ///< Wanted; sent where the dialect has a field for it.
  double temperature = 0.0;
  std::optional<std::int64_t> seed;
  bool reuse_prompt_cache = false;  ///< Sent where the dialect has a field for it.
  std::string_view extra_json;      ///< Members `"a":1,"b":2` added as they are; empty where none.
};

/// Writes the JSON body of a streamed request over `out` (its memory is reused). Every text is escaped; text
/// that is not UTF-8 is sent with U+FFFD in place of what is none.
void write_body(const Dialect& dialect, const Asking& asking, std::string& out);

}  // namespace edgeeval
