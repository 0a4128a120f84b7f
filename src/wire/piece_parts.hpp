// SPDX-License-Identifier: Apache-2.0
// What the readers of the dialects share: access to parsed JSON, and the facts of one event.
#pragma once

#include <simdjson.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/piece.hpp"

namespace edgeeval {

/// Counts that one event tells, in the order in which they are believed.
struct EventCounts {
  std::optional<std::int64_t> ids;         ///< Length of a list of token ids.
  std::optional<std::int64_t> usage;       ///< Completion tokens so far, by usage.
  std::optional<std::int64_t> native;      ///< Tokens of this event, by the server's own counter.
  std::optional<std::int64_t> native_sum;  ///< Tokens so far, by the server's own counter.
  std::optional<std::int64_t> logprobs;    ///< Length of a list of log-probabilities.
  bool one = false;                        ///< One by protocol.
};

/// What an event says, before its tokens are told from the state.
struct EventFacts {
  EventClass kind = EventClass::other;
  std::string_view text;
  bool finish = false;     ///< A reason to finish stands in it.
  bool usage = false;      ///< Counts or timings stand in it.
  std::string_view error;  ///< The server's words; where kind is error.
  EventCounts counts;
};

namespace wire_json {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;
using Array = simdjson::dom::array;

/// The value as a string; nothing where it is none.
[[nodiscard]] inline std::optional<std::string_view> text(const Element& value) {
  std::string_view found;
  if (value.get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
/// The value as a string; empty where it is none.
[[nodiscard]] inline std::string_view text_or_empty(const Element& value) {
  return text(value).value_or(std::string_view());
}
[[nodiscard]] inline std::optional<double> real(const Element& value) {
  double found = 0.0;
  if (value.get(found) != simdjson::SUCCESS || !std::isfinite(found)) return std::nullopt;
  return found;
}
/// The value as a count; nothing where it is negative, no number, or larger than any count: sums over a
/// reply's events must not overflow, and a record must be readable again (is_recordable).
[[nodiscard]] inline std::optional<std::int64_t> count(const Element& value) {
  constexpr double kMost = 1e12;
  const auto number = real(value);
  if (!number || *number < 0.0 || *number > kMost) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}
/// The number of a list's items; nothing where it is none.
[[nodiscard]] inline std::optional<std::int64_t> length(const Element& value) {
  Array list;
  if (value.get(list) != simdjson::SUCCESS) return std::nullopt;
  return static_cast<std::int64_t>(list.size());
}
[[nodiscard]] inline std::optional<Object> object(const Element& value) {
  Object found;
  if (value.get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
/// The first item of a list.
[[nodiscard]] inline std::optional<Element> first(const Element& value) {
  Array list;
  if (value.get(list) != simdjson::SUCCESS || list.begin() == list.end()) return std::nullopt;
  return *list.begin();
}
[[nodiscard]] inline std::optional<Element> member(const Object& from, std::string_view key) {
  Element found;
  if (from.at_key(key).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
/// The member as a string; empty where there is none.
[[nodiscard]] inline std::string_view member_text(const Object& from, std::string_view key) {
  const auto found = member(from, key);
  return found ? text_or_empty(*found) : std::string_view();
}

}  // namespace wire_json

/// The server's times of `state`, made where there were none.
[[nodiscard]] inline ServerTimings& timings_of(ReplyState& state) {
  return state.server ? *state.server : state.server.emplace();
}
/// A server's own total of completion tokens; usage is believed before it.
void set_native_total(ReplyState& state, std::int64_t tokens);
/// A reason to finish, in the server's word.
void set_finish(ReplyState& state, EventFacts& facts, std::string_view reason);
/// The usage object of OpenAI's routes. One of zeros alone is none (Ollama sends it on every chunk).
void read_usage(const wire_json::Object& usage, ReplyState& state, EventFacts& facts);
/// llama-server's timings.
void read_llama_timings(const wire_json::Object& timings, ReplyState& state, EventFacts& facts);
/// What an error says, whatever its shape: {"message":…}, {"error":{…}} or a string.
[[nodiscard]] std::string_view error_words(const wire_json::Element& error);

/// Chunks of chat and text completions, as OpenAI and all who follow it send them.
void read_openai(const wire_json::Object& root, ReplyState& state, EventFacts& facts);
void read_llama_completion(const wire_json::Object& root, ReplyState& state, EventFacts& facts);
void read_ollama(const wire_json::Object& root, ReplyState& state, EventFacts& facts);
void read_sglang(const wire_json::Object& root, ReplyState& state, EventFacts& facts);
void read_tgi(const wire_json::Object& root, bool one_an_event, ReplyState& state, EventFacts& facts);
/// `event` is the SSE event's name; where it is empty the object's own "type" stands for it.
void read_lm_studio(const wire_json::Object& root, std::string_view event, ReplyState& state,
                    EventFacts& facts);

}  // namespace edgeeval
