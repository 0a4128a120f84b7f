// SPDX-License-Identifier: Apache-2.0
#include "load/chat.hpp"

#include "core/json.hpp"

namespace edgeeval {
namespace {

std::optional<std::int64_t> count_at(const Json& object, const char* key) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

Json member(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found == object.end() ? Json() : *found;
}

void take_counts(ChatPiece& piece, const Json& json) {
  if (const auto usage = member(json, "usage"); usage.is_object()) {
    piece.prompt_tokens = count_at(usage, "prompt_tokens");
    piece.completion_tokens = count_at(usage, "completion_tokens");
    piece.cached_tokens = count_at(member(usage, "prompt_tokens_details"), "cached_tokens");
    piece.token_source = "usage";
  } else if (const auto timings = member(json, "timings"); timings.is_object()) {
    // llama-server's own field; it counts the prompt without what came from the cache.
    const auto fresh = count_at(timings, "prompt_n");
    piece.cached_tokens = count_at(timings, "cache_n");
    if (fresh) piece.prompt_tokens = *fresh + piece.cached_tokens.value_or(0);
    piece.completion_tokens = count_at(timings, "predicted_n");
    piece.token_source = "timings";
  }
}

std::string error_text(const Json& error) {
  const auto message = value_or(error, "message", std::string());
  return message.empty() ? error.dump() : message;
}

}  // namespace

std::string chat_body(const ChatRequest& request) {
  Json messages = Json::array();
  for (const auto& [role, content] : request.messages)
    messages.push_back({{"role", role}, {"content", content}});
  return to_line({{"messages", messages},
                  {"max_tokens", request.max_tokens},
                  {"temperature", 0},
                  {"seed", 1},
                  {"stream", true},
                  {"stream_options", {{"include_usage", true}}},
                  {"cache_prompt", false}});
}

ChatPiece read_piece(std::string_view data) {
  ChatPiece piece;
  if (data == "[DONE]") {
    piece.done = true;
    return piece;
  }
  const auto json = parse_json(data, "event");
  if (!json || !json->is_object()) {
    piece.error = "an event that is not a JSON object";
    return piece;
  }
  if (const auto error = member(*json, "error"); !error.is_null()) {
    piece.error = error_text(error);
    return piece;
  }
  take_counts(piece, *json);
  const auto choices = member(*json, "choices");
  if (!choices.is_array() || choices.empty()) return piece;
  piece.finish_reason = value_or(choices.front(), "finish_reason", std::string());
  piece.text = value_or(member(choices.front(), "delta"), "content", std::string());
  return piece;
}

}  // namespace edgeeval
