// SPDX-License-Identifier: Apache-2.0
// The servers that can be played: their names, their routes, and what of the wire differs between them.
#pragma once

#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval::mock {

/// Whose manners the server has.
enum class Dialect {
  openai_chat,
  openai_completions,
  llama_server,
  ollama,
  vllm,
  sglang,
  tgi,
  tensorrt_llm,
  lm_studio,
};

/// The form of a reply, which the route decides.
enum class Wire {
  chat,              ///< OpenAI chat completion chunks, as events.
  completions,       ///< OpenAI text completion chunks, as events.
  llama_completion,  ///< llama-server's own /completion.
  ollama_chat,       ///< Ollama's /api/chat: a JSON object a line.
  ollama_generate,   ///< Ollama's /api/generate.
  sglang_generate,   ///< SGLang's /generate: the text so far in each event.
  tgi_generate,      ///< TGI's /generate_stream: one token an event.
  lm_studio_chat,    ///< LM Studio's /api/v1/chat: named events.
};

/// What of the framing and order of events a dialect decides.
struct Style {
  std::string_view content_type = "text/event-stream";
  bool events = true;                 ///< Server-sent events; else a JSON object a line.
  bool space = true;                  ///< "data: {" and not "data:{".
  bool done = true;                   ///< The stream ends with [DONE].
  bool role_chunk = true;             ///< A chunk with the role alone comes before the first token.
  bool finish_with_last = false;      ///< The reason to finish stands in the last token's chunk.
  bool head_with_first = false;       ///< The head of the answer comes with the first token, not at once.
  bool close_after = false;           ///< Closes after a streamed answer, although keep-alive is announced.
  bool usage_unless_refused = false;  ///< Usage is sent where stream_options is given without include_usage.
  bool strict = false;                ///< Unknown fields of a request are refused.
};

/// The names of all dialects, in the order of the enumeration.
[[nodiscard]] const std::vector<std::string>& dialect_names();
/// The dialect's name.
[[nodiscard]] std::string_view to_string(Dialect dialect);
/// The dialect of that name. Error: usage, with the names.
[[nodiscard]] Result<Dialect> parse_dialect(std::string_view name);
/// The form of the reply to a POST at `path`, or nothing where the dialect has no such route.
[[nodiscard]] std::optional<Wire> wire_at(Dialect dialect, std::string_view path);
/// The path that clients of this dialect ask first.
[[nodiscard]] std::string_view main_path(Dialect dialect);
/// How the dialect frames replies of that form.
[[nodiscard]] Style style_of(Dialect dialect, Wire wire);

}  // namespace edgeeval::mock
