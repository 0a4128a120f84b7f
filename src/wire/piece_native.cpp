// SPDX-License-Identifier: Apache-2.0
// Events of servers' own routes: llama-server, Ollama, SGLang, TGI.
#include "wire/piece_parts.hpp"

namespace edgeeval {
namespace {

using wire_json::Element;
using wire_json::Object;

constexpr double kMillisecond = 1e6;  ///< In nanoseconds.
constexpr double kMilli = 1e3;

/// Ollama's durations, in nanoseconds; false where the key is none of them.
bool read_ollama_figure(std::string_view key, const Element& value, ReplyState& state, EventFacts& facts) {
  if (key == "prompt_eval_count") {
    state.prompt_tokens = timings_of(state).prompt_tokens = wire_json::count(value);
  } else if (key == "eval_count") {
    const auto tokens = wire_json::count(value);
    timings_of(state).predicted_tokens = tokens;
    if (tokens) set_native_total(state, *tokens);
  } else {
    const auto nanos = wire_json::real(value);
    const auto milli = nanos ? std::optional(*nanos / kMillisecond) : std::nullopt;
    if (key == "total_duration") {
      timings_of(state).total_ms = milli;
    } else if (key == "load_duration") {
      timings_of(state).load_ms = milli;
    } else if (key == "prompt_eval_duration") {
      timings_of(state).prompt_ms = milli;
    } else if (key == "eval_duration") {
      timings_of(state).predicted_ms = milli;
    } else {
      return false;
    }
  }
  facts.usage = true;
  return true;
}

/// Text and thinking of one line, which stand in "message" (chat) or at the top (generate).
struct OllamaText {
  std::string_view content, thinking, tool;
  bool has_tool = false;
};

void read_ollama_text(std::string_view key, const Element& value, OllamaText& text) {
  if (key == "content" || key == "response") {
    text.content = wire_json::text_or_empty(value);
  } else if (key == "thinking") {
    text.thinking = wire_json::text_or_empty(value);
  } else if (key == "tool_calls") {
    const auto call = wire_json::first(value);
    const auto whole = call ? wire_json::object(*call) : std::nullopt;
    if (!whole) return;
    text.has_tool = true;
    const auto function = wire_json::member(*whole, "function");
    const auto inside = function ? wire_json::object(*function) : std::nullopt;
    // Ollama's arguments are an object; the name is what there is in words.
    if (inside) text.tool = wire_json::member_text(*inside, "name");
  }
}

/// What of `text`, the whole so far, is new.
std::string_view new_text(std::string_view text, ReplyState& state) {
  auto from = std::min(state.cumulative_text, text.size());
  // The end before may have been changed since: never begin within a character.
  while (from > 0 && from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) --from;
  state.cumulative_text = text.size();
  return text.substr(from);
}

void read_meta_info(const Object& meta, ReplyState& state, EventFacts& facts) {
  for (const auto field : meta) {
    if (field.key == "finish_reason") {
      if (const auto reason = wire_json::object(field.value)) {
        set_finish(state, facts, wire_json::member_text(*reason, "type"));
      } else if (const auto word = wire_json::text(field.value)) {
        set_finish(state, facts, *word);
      }
    } else if (field.key == "prompt_tokens") {
      state.prompt_tokens = wire_json::count(field.value);
      facts.usage = true;
    } else if (field.key == "cached_tokens") {
      state.cached_tokens = wire_json::count(field.value);
    } else if (field.key == "completion_tokens") {
      facts.counts.native_sum = wire_json::count(field.value);
      if (facts.counts.native_sum) set_native_total(state, *facts.counts.native_sum);
      facts.usage = true;
    } else if (field.key == "e2e_latency") {
      if (const auto seconds = wire_json::real(field.value)) timings_of(state).total_ms = *seconds * kMilli;
    } else if (field.key == "queue_time") {
      if (const auto seconds = wire_json::real(field.value)) timings_of(state).queue_ms = *seconds * kMilli;
    }
  }
}

}  // namespace

void read_llama_completion(const Object& root, ReplyState& state, EventFacts& facts) {
  bool stop = false;
  bool progress = false;
  std::string_view reason;
  for (const auto field : root) {
    if (field.key == "content") {
      facts.text = wire_json::text_or_empty(field.value);
    } else if (field.key == "tokens") {
      const auto length = wire_json::length(field.value);
      if (length && *length > 0) facts.counts.native = length;
    } else if (field.key == "tokens_predicted") {
      facts.counts.native_sum = wire_json::count(field.value);
      if (facts.counts.native_sum) set_native_total(state, *facts.counts.native_sum);
      facts.usage = true;
    } else if (field.key == "tokens_evaluated") {
      state.prompt_tokens = wire_json::count(field.value);
      facts.usage = true;
    } else if (field.key == "stop") {
      stop = field.value.is_bool() && field.value.get_bool().value_unsafe();
    } else if (field.key == "stop_type") {
      reason = wire_json::text_or_empty(field.value);
    } else if (field.key == "timings") {
      if (const auto timings = wire_json::object(field.value)) read_llama_timings(*timings, state, facts);
    } else if (field.key == "prompt_progress") {
      progress = field.value.is_object();
    } else if (field.key == "completion_probabilities" || field.key == "probs") {
      const auto length = wire_json::length(field.value);
      if (length && *length > 0) facts.counts.logprobs = length;
    }
  }
  if (stop) set_finish(state, facts, reason);
  if (!facts.text.empty()) {
    facts.kind = EventClass::content;
  } else if (progress) {
    facts.kind = EventClass::progress;
  } else {
    facts.kind = stop ? EventClass::finish : EventClass::empty;
  }
}

void read_ollama(const Object& root, ReplyState& state, EventFacts& facts) {
  OllamaText text;
  bool done = false;
  std::string_view reason;
  for (const auto field : root) {
    if (field.key == "message") {
      const auto message = wire_json::object(field.value);
      if (!message) continue;
      for (const auto inner : *message) read_ollama_text(inner.key, inner.value, text);
    } else if (field.key == "done") {
      done = field.value.is_bool() && field.value.get_bool().value_unsafe();
    } else if (field.key == "done_reason") {
      reason = wire_json::text_or_empty(field.value);
    } else if (!read_ollama_figure(field.key, field.value, state, facts)) {
      read_ollama_text(field.key, field.value, text);
    }
  }
  if (done) {
    set_finish(state, facts, reason);
    state.done = true;
  }
  if (!text.content.empty()) {
    facts.kind = EventClass::content;
    facts.text = text.content;
  } else if (!text.thinking.empty()) {
    facts.kind = EventClass::reasoning;
    facts.text = text.thinking;
  } else if (text.has_tool) {
    facts.kind = EventClass::tool;
    facts.text = text.tool;
  } else {
    facts.kind = done ? EventClass::done : EventClass::empty;
  }
}

void read_sglang(const Object& root, ReplyState& state, EventFacts& facts) {
  std::string_view text;
  std::optional<std::int64_t> ids;
  for (const auto field : root) {
    if (field.key == "text") {
      text = wire_json::text_or_empty(field.value);
    } else if (field.key == "output_ids") {
      ids = wire_json::length(field.value);
    } else if (field.key == "meta_info") {
      if (const auto meta = wire_json::object(field.value)) read_meta_info(*meta, state, facts);
    }
  }
  // A server told to stream increments sends fewer ids than it has made; its text is new as a whole.
  const bool increments = ids && facts.counts.native_sum && *ids < *facts.counts.native_sum;
  facts.text = increments ? text : new_text(text, state);
  if (!facts.text.empty()) {
    facts.kind = EventClass::content;
  } else {
    facts.kind = facts.finish ? EventClass::finish : EventClass::empty;
  }
}

void read_tgi(const Object& root, bool one_an_event, ReplyState& state, EventFacts& facts) {
  bool special = false;
  for (const auto field : root) {
    if (field.key == "token") {
      const auto token = wire_json::object(field.value);
      if (!token) continue;
      facts.text = wire_json::member_text(*token, "text");
      const auto is_special = wire_json::member(*token, "special");
      special = is_special && is_special->is_bool() && is_special->get_bool().value_unsafe();
      facts.counts.one = one_an_event;
    } else if (field.key == "details") {
      const auto details = wire_json::object(field.value);
      if (!details) continue;
      set_finish(state, facts, wire_json::member_text(*details, "finish_reason"));
      const auto tokens = wire_json::member(*details, "generated_tokens");
      const auto total = tokens ? wire_json::count(*tokens) : std::nullopt;
      if (total) set_native_total(state, *total);
      const auto prompt = wire_json::member(*details, "input_length");
      if (prompt) state.prompt_tokens = wire_json::count(*prompt);
      facts.usage = true;
    } else if (field.key == "generated_text") {
      if (field.value.is_string()) set_finish(state, facts, {});
    }
  }
  // A special token (the end of the sequence) is counted, and is no part of the text.
  if (special) facts.text = {};
  if (!facts.text.empty()) {
    facts.kind = EventClass::content;
  } else {
    facts.kind = facts.finish ? EventClass::finish : EventClass::empty;
  }
}

}  // namespace edgeeval
