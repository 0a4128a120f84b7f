// SPDX-License-Identifier: Apache-2.0
// A reply laid out before its first byte: which events, when, with how many tokens, and what happens after
// each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mock/asked.hpp"
#include "mock/script.hpp"

namespace edgeeval::mock {

/// What a step of a reply sends.
enum class StepKind : std::uint8_t {
  head,        ///< The HTTP head.
  named,       ///< One of LM Studio's events without text; `number` is a NamedEvent.
  progress,    ///< llama-server's prompt_progress; `number` of 2.
  comment,     ///< A comment line of the event stream.
  role,        ///< The role alone.
  empty,       ///< A chunk without text.
  reasoning,   ///< Tokens of reasoning.
  tool_call,   ///< A piece of a tool call's arguments.
  content,     ///< Tokens of text.
  finish,      ///< The reason to finish.
  usage,       ///< Token counts alone, or a native last event.
  error,       ///< The dialect's error event.
  done,        ///< [DONE].
  raw,         ///< Bytes of `Reply::raws[number]` as the body of one chunk.
  raw_frame,   ///< The same bytes, but not put in a chunk.
  giant,       ///< A line that does not end, of ReplyScript::giant_bytes.
  last_chunk,  ///< The end of the chunked body.
  whole,       ///< The whole answer to a request that did not ask for a stream.
};

/// LM Studio's events without text, in their order.
enum class NamedEvent : std::uint32_t {
  chat_start,
  load_start,
  load_progress,
  load_end,
  prompt_start,
  prompt_progress,
  prompt_end,
  reasoning_start,
  reasoning_end,
  message_start,
  message_end,
};

/// The name of a kind, as it stands in the log.
[[nodiscard]] std::string_view to_string(StepKind kind);

/// What happens to the connection after a step.
enum class After : std::uint8_t { next, close, reset };

/// One thing that a reply sends.
struct Step {
  std::int64_t due = 0;      ///< Nanoseconds since the request was received.
  std::uint32_t number = 0;  ///< First token, or what the kind says.
  std::uint32_t tokens = 0;  ///< Tokens carried.
  std::uint32_t so_far = 0;  ///< Tokens sent with this step and before.
  StepKind kind = StepKind::content;
  After after = After::next;
  bool hold = false;  ///< Goes out with the next step, in one write.
  bool mark = false;  ///< A byte order mark before it.
  bool last = false;  ///< The last tokens, and the reason to finish with them.
};

/// A reply with all that its bytes depend on.
struct Reply {
  std::uint64_t number = 0;  ///< The request's number, from 1.
  Dialect dialect = Dialect::openai_chat;
  Wire wire = Wire::chat;
  Style style{};
  std::string model_json;    ///< The model's name as a JSON text, with its quotes.
  std::string_view fault{};  ///< The fault's name; empty for none.
  ReplyScript script{};
  Asked asked{};
  std::uint32_t tokens = 0;
  std::uint32_t cached_tokens = 0;
  bool cut_short = false;    ///< Finished for length.
  bool usage_last = false;   ///< A chunk with the counts comes last.
  bool usage_every = false;  ///< Each chunk has the counts so far.
  bool keep_alive = true;    ///< What the client asked.
  bool chunked = true;
  bool endless = false;       ///< After the last step comes silence, and the connection stays.
  std::int64_t load_ns = 0;   ///< Load of the model within this request.
  std::int64_t first_ns = 0;  ///< When the first token is due.
  std::int64_t last_ns = 0;   ///< When the last token is due.
  std::vector<Step> steps;
  std::vector<std::string> raws;
};

/// Lays out the steps of `reply`, whose other members are set. `step` > 0 puts what has tokens on multiples
/// of it, counted from `origin` (nanoseconds, relative to the request's receipt).
void lay_out(Reply& reply, SplitMix64& random, std::int64_t step, std::int64_t origin);

}  // namespace edgeeval::mock
