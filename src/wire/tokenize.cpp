// SPDX-License-Identifier: Apache-2.0
// Counting tokens by a server's own tokenizer.
#include <algorithm>

#include "core/foreign_json.hpp"
#include "core/json.hpp"
#include "wire/probe_server.hpp"
#include "wire/words.hpp"

namespace edgeeval {
namespace {

enum class Part { prompt, reply };

/// The question, in the words of the server. vLLM and SGLang put a beginning-of-sequence token before a text
/// unless told not to (vllm/entrypoints/openai/protocol.py, TokenizeCompletionRequest); llama-server only
/// where asked to (tools/server/README.md, POST /tokenize).
Json question(const Dialect& dialect, const std::string& model, const std::string& text, Part part) {
  switch (dialect.server) {
    case ServerKind::llama_server:
      return {{"content", text}};
    case ServerKind::tgi:
      return {{"inputs", text}};
    default: {
      Json body{{"model", model}, {"prompt", text}};
      if (part == Part::reply) body["add_special_tokens"] = false;
      return body;
    }
  }
}

/// TGI lists tokens with the stretch of the text that they stand for; what it puts before a text stands for
/// none of it.
bool stands_for_text(const Json& token) {
  if (!token.is_object()) return true;
  const auto start = token.find("start");
  const auto stop = token.find("stop");
  return start == token.end() || stop == token.end() || *start != *stop;
}

std::optional<std::int64_t> count_in(const Json& json, Part part) {
  if (json.is_array()) {
    if (part == Part::prompt) return static_cast<std::int64_t>(json.size());
    return static_cast<std::int64_t>(std::count_if(json.begin(), json.end(), stands_for_text));
  }
  if (!json.is_object()) return std::nullopt;
  const auto count = json.find("count");
  if (count != json.end() && count->is_number_integer()) return count->get<std::int64_t>();
  const auto tokens = json.find("tokens");
  if (tokens == json.end() || !tokens->is_array()) return std::nullopt;
  return static_cast<std::int64_t>(tokens->size());
}

Result<std::int64_t> count(const SmallCall& call, const Dialect& dialect, const std::string& model,
                           const std::string& text, Part part) {
  const auto& path = dialect.tokenize_path;
  if (path.empty())
    return fail(ErrorCode::unavailable,
                std::string(to_string(dialect.server)) + " has no route that tokenizes a text");
  const auto answer = call(path, to_line(question(dialect, model, text, part)));
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200) {
    const bool no_route = answer->status == 404 || answer->status == 405 || answer->status == 501;
    return fail(no_route ? ErrorCode::unavailable : ErrorCode::engine_failed,
                "POST " + path + " answers " + std::to_string(answer->status) +
                    (no_route ? ": the server has no such route" : ""),
                path);
  }
  const auto tokens = count_in(parse_foreign(answer->body), part);
  if (!tokens || *tokens < 0)
    return fail(ErrorCode::engine_failed, "POST " + path + " answers with no list of tokens", path);
  return *tokens;
}

}  // namespace

Result<std::int64_t> count_reply_tokens(const SmallCall& call, const Dialect& dialect,
                                        const std::string& model, const std::string& text) {
  return count(call, dialect, model, text, Part::reply);
}

std::optional<std::int64_t> count_tokens(const SmallCall& call, const Dialect& dialect,
                                         const std::string& model, const std::string& text) {
  const auto tokens = count(call, dialect, model, text, Part::prompt);
  return tokens ? std::optional(*tokens) : std::nullopt;
}

}  // namespace edgeeval
