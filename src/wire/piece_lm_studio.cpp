// SPDX-License-Identifier: Apache-2.0
// The named events of LM Studio's own chat route (lmstudio.ai/docs, REST API v1, streaming events).
#include "wire/piece_parts.hpp"

namespace edgeeval {
namespace {

using wire_json::Object;

constexpr double kMilli = 1e3;

void read_chat_end(const Object& root, ReplyState& state, EventFacts& facts) {
  facts.kind = EventClass::done;
  state.done = true;
  const auto result = wire_json::member(root, "result");
  const auto whole = result ? wire_json::object(*result) : std::nullopt;
  const auto stats = whole ? wire_json::member(*whole, "stats") : std::nullopt;
  const auto figures = stats ? wire_json::object(*stats) : std::nullopt;
  if (!figures) return;
  facts.usage = true;
  for (const auto field : *figures) {
    if (field.key == "input_tokens") {
      state.prompt_tokens = wire_json::count(field.value);
    } else if (field.key == "total_output_tokens") {
      const auto tokens = wire_json::count(field.value);
      timings_of(state).predicted_tokens = tokens;
      if (tokens) set_native_total(state, *tokens);
    } else if (field.key == "reasoning_output_tokens") {
      state.reasoning_tokens = wire_json::count(field.value);
    } else if (field.key == "time_to_first_token_seconds") {
      if (const auto value = wire_json::real(field.value)) timings_of(state).first_token_ms = *value * kMilli;
    } else if (field.key == "model_load_time_seconds") {
      if (const auto value = wire_json::real(field.value)) timings_of(state).load_ms = *value * kMilli;
    }
  }
}

void read_tool_call(const Object& root, std::string_view event, EventFacts& facts) {
  // The call is the model's; what became of it is not.
  if (event != "tool_call.start" && event != "tool_call.name" && event != "tool_call.arguments") return;
  facts.kind = EventClass::tool;
  facts.text = wire_json::member_text(root, "tool");
  if (facts.text.empty()) facts.text = wire_json::member_text(root, "tool_name");
}

}  // namespace

void read_lm_studio(const Object& root, std::string_view event, ReplyState& state, EventFacts& facts) {
  if (event.empty()) event = wire_json::member_text(root, "type");
  if (event == "message.delta" || event == "reasoning.delta") {
    facts.text = wire_json::member_text(root, "content");
    facts.kind = facts.text.empty()         ? EventClass::empty
                 : event == "message.delta" ? EventClass::content
                                            : EventClass::reasoning;
  } else if (event == "chat.end") {
    read_chat_end(root, state, facts);
  } else if (event == "model_load.end") {
    facts.kind = EventClass::progress;
    const auto seconds = wire_json::member(root, "load_time_seconds");
    const auto value = seconds ? wire_json::real(*seconds) : std::nullopt;
    if (value) timings_of(state).load_ms = *value * kMilli;
  } else if (event.starts_with("model_load.") || event.starts_with("prompt_processing.") ||
             event == "chat.start") {
    facts.kind = EventClass::progress;
  } else if (event == "message.start" || event == "reasoning.start") {
    facts.kind = EventClass::role;
  } else if (event == "message.end" || event == "reasoning.end") {
    facts.kind = EventClass::empty;
  } else if (event.starts_with("tool_call.")) {
    read_tool_call(root, event, facts);
  }
}

}  // namespace edgeeval
