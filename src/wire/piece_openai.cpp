// SPDX-License-Identifier: Apache-2.0
// Chunks of OpenAI's routes, with what each server adds to them.
#include "wire/piece_parts.hpp"

namespace edgeeval {
namespace {

using wire_json::Element;
using wire_json::Object;

/// What stands in a choice.
struct Choice {
  std::string_view content, reasoning, tool;
  bool has_tool = false;
  bool has_role = false;
  bool has_empty = false;  ///< A text field that is empty or null, or a delta without members.
  std::string_view finish;
};

/// A tool call's part: its arguments, or the name that begins it.
void read_tool_call(const Element& call, Choice& choice) {
  const auto whole = wire_json::object(call);
  if (!whole) return;
  choice.has_tool = true;
  const auto function = wire_json::member(*whole, "function");
  const auto inside = function ? wire_json::object(*function) : whole;
  if (!inside) return;
  choice.tool = wire_json::member_text(*inside, "arguments");
  if (choice.tool.empty()) choice.tool = wire_json::member_text(*inside, "name");
}

void read_text(const Element& value, std::string_view& into, Choice& choice) {
  const auto text = wire_json::text(value);
  if (text && !text->empty()) {
    into = *text;
  } else if (text || value.is_null()) {
    choice.has_empty = true;
  }
}

void read_delta(const Object& delta, Choice& choice) {
  bool any = false;
  for (const auto field : delta) {
    any = true;
    if (field.key == "content" || field.key == "refusal") {
      read_text(field.value, choice.content, choice);
    } else if (field.key == "role") {
      choice.has_role = !wire_json::text_or_empty(field.value).empty();
    } else if (field.key == "reasoning" || field.key == "reasoning_content") {
      read_text(field.value, choice.reasoning, choice);
    } else if (field.key == "tool_calls") {
      if (const auto call = wire_json::first(field.value)) read_tool_call(*call, choice);
    } else if (field.key == "function_call") {
      read_tool_call(field.value, choice);
    }
  }
  if (!any) choice.has_empty = true;
}

/// Chat lists its tokens under "content", completions under "tokens" or "token_logprobs".
std::optional<std::int64_t> logprobs_of(const Element& value) {
  const auto logprobs = wire_json::object(value);
  if (!logprobs) return std::nullopt;
  for (const std::string_view key : {"content", "tokens", "token_logprobs"}) {
    const auto list = wire_json::member(*logprobs, key);
    const auto length = list ? wire_json::length(*list) : std::nullopt;
    if (length && *length > 0) return length;
  }
  return std::nullopt;
}

void read_choice(const Object& object, Choice& choice, EventFacts& facts) {
  for (const auto field : object) {
    if (field.key == "delta" || field.key == "message") {
      if (const auto delta = wire_json::object(field.value)) read_delta(*delta, choice);
    } else if (field.key == "finish_reason") {
      choice.finish = wire_json::text_or_empty(field.value);
    } else if (field.key == "text") {
      read_text(field.value, choice.content, choice);
    } else if (field.key == "logprobs") {
      facts.counts.logprobs = logprobs_of(field.value);
    } else if (field.key == "token_ids") {
      const auto length = wire_json::length(field.value);
      if (length && *length > 0) facts.counts.ids = length;
    }
  }
}

/// Which class a choice makes of the event; `progress` where the progress of a prompt stands beside it.
void classify(const Choice& choice, bool progress, EventFacts& facts) {
  if (!choice.content.empty()) {
    facts.kind = EventClass::content;
    facts.text = choice.content;
  } else if (!choice.reasoning.empty()) {
    facts.kind = EventClass::reasoning;
    facts.text = choice.reasoning;
  } else if (choice.has_tool) {
    facts.kind = EventClass::tool;
    facts.text = choice.tool;
  } else if (progress) {
    facts.kind = EventClass::progress;
  } else if (!choice.finish.empty()) {
    facts.kind = EventClass::finish;
  } else if (choice.has_role) {
    facts.kind = EventClass::role;
  } else if (choice.has_empty) {
    facts.kind = EventClass::empty;
  }
}

std::optional<std::int64_t> detail(const Element& value, std::string_view key) {
  const auto details = wire_json::object(value);
  const auto found = details ? wire_json::member(*details, key) : std::nullopt;
  return found ? wire_json::count(*found) : std::nullopt;
}

/// LM Studio's /api/v0 adds its own figures, in seconds.
void read_stats(const Object& stats, ReplyState& state, EventFacts& facts) {
  constexpr double kMilli = 1e3;
  for (const auto field : stats) {
    const auto value = wire_json::real(field.value);
    if (!value) continue;
    if (field.key == "time_to_first_token") {
      timings_of(state).first_token_ms = *value * kMilli;
    } else if (field.key == "generation_time") {
      timings_of(state).predicted_ms = *value * kMilli;
    } else {
      continue;
    }
    facts.usage = true;
  }
}

}  // namespace

void set_native_total(ReplyState& state, std::int64_t tokens) {
  if (state.completion_source == TokenSource::usage) return;
  state.total_told = true;
  state.completion_tokens = tokens;
  state.completion_source = TokenSource::native;
}

void set_finish(ReplyState& state, EventFacts& facts, std::string_view reason) {
  facts.finish = true;
  state.finished = true;
  if (!reason.empty()) state.finish_reason.assign(reason);
}

void read_usage(const Object& usage, ReplyState& state, EventFacts& facts) {
  std::optional<std::int64_t> prompt, completion, cached, reasoning;
  for (const auto field : usage) {
    if (field.key == "prompt_tokens") {
      prompt = wire_json::count(field.value);
    } else if (field.key == "completion_tokens") {
      completion = wire_json::count(field.value);
    } else if (field.key == "prompt_tokens_details") {
      cached = detail(field.value, "cached_tokens");
    } else if (field.key == "completion_tokens_details") {
      reasoning = detail(field.value, "reasoning_tokens");
    } else if (field.key == "reasoning_tokens") {
      reasoning = wire_json::count(field.value);
    }
  }
  if (prompt.value_or(0) == 0 && completion.value_or(0) == 0) return;
  facts.usage = true;
  if (prompt) state.prompt_tokens = prompt;
  if (cached) state.cached_tokens = cached;
  if (reasoning) state.reasoning_tokens = reasoning;
  if (!completion) return;
  facts.counts.usage = completion;
  state.total_told = true;
  state.completion_tokens = completion;
  state.completion_source = TokenSource::usage;
}

void read_llama_timings(const Object& object, ReplyState& state, EventFacts& facts) {
  auto& timings = timings_of(state);
  for (const auto field : object) {
    if (field.key == "prompt_n") {
      timings.prompt_tokens = wire_json::count(field.value);
    } else if (field.key == "prompt_ms") {
      timings.prompt_ms = wire_json::real(field.value);
    } else if (field.key == "predicted_n") {
      timings.predicted_tokens = wire_json::count(field.value);
    } else if (field.key == "predicted_ms") {
      timings.predicted_ms = wire_json::real(field.value);
    } else if (field.key == "cache_n") {
      timings.cached_tokens = wire_json::count(field.value);
    } else if (field.key == "draft_n") {
      timings.draft_tokens = wire_json::count(field.value);
    } else if (field.key == "draft_n_accepted") {
      timings.draft_accepted = wire_json::count(field.value);
    }
  }
  facts.usage = true;
  // prompt_n leaves out what the cache had.
  if (!state.prompt_tokens && timings.prompt_tokens)
    state.prompt_tokens = *timings.prompt_tokens + timings.cached_tokens.value_or(0);
  if (!state.cached_tokens) state.cached_tokens = timings.cached_tokens;
  if (!timings.predicted_tokens) return;
  facts.counts.native_sum = timings.predicted_tokens;
  set_native_total(state, *timings.predicted_tokens);
}

void read_openai(const Object& root, ReplyState& state, EventFacts& facts) {
  Choice choice;
  bool chosen = false;
  bool progress = false;
  for (const auto field : root) {
    if (field.key == "choices") {
      const auto first = wire_json::first(field.value);
      const auto object = first ? wire_json::object(*first) : std::nullopt;
      if (!object) continue;
      chosen = true;
      read_choice(*object, choice, facts);
    } else if (field.key == "usage") {
      if (const auto usage = wire_json::object(field.value)) read_usage(*usage, state, facts);
    } else if (field.key == "timings") {
      if (const auto timings = wire_json::object(field.value)) read_llama_timings(*timings, state, facts);
    } else if (field.key == "prompt_progress") {
      progress = field.value.is_object();
    } else if (field.key == "prompt_token_ids") {
      if (!state.prompt_tokens) state.prompt_tokens = wire_json::length(field.value);
    } else if (field.key == "stats") {
      if (const auto stats = wire_json::object(field.value)) read_stats(*stats, state, facts);
    }
  }
  if (!choice.finish.empty()) set_finish(state, facts, choice.finish);
  classify(choice, progress, facts);
  if (!chosen && facts.usage) facts.kind = EventClass::usage;
}

}  // namespace edgeeval
