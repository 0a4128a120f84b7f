// SPDX-License-Identifier: Apache-2.0
#include "wire/piece.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "core/nesting.hpp"
#include "wire/piece_parts.hpp"
#include "wire/words.hpp"

namespace edgeeval {
namespace {

using wire_json::Element;
using wire_json::Object;

/// Brackets within brackets; no dialect needs a tenth of them.
constexpr std::size_t kDeepest = 64;
constexpr std::string_view kDone = "[DONE]";

/// Tokens that a cumulative count adds, where all of them came with this event.
std::optional<std::int64_t> difference(std::optional<std::int64_t> sum, const ReplyState& state) {
  if (!sum || state.since_cumulative > 0 || *sum < state.cumulative_tokens) return std::nullopt;
  return *sum - state.cumulative_tokens;
}

struct Told {
  std::optional<std::int64_t> tokens;
  TokenSource source = TokenSource::unknown;
};

/// The best count of this event (research, loadgen.md section 2: source order).
Told told(const EventCounts& counts, const ReplyState& state) {
  if (counts.ids) return {counts.ids, TokenSource::token_ids};
  if (const auto more = difference(counts.usage, state)) return {more, TokenSource::usage_difference};
  if (counts.native) return {counts.native, TokenSource::native};
  if (const auto more = difference(counts.native_sum, state)) return {more, TokenSource::native};
  if (counts.logprobs) return {counts.logprobs, TokenSource::logprobs};
  if (counts.one) return {1, TokenSource::one_an_event};
  return {};
}

/// Whether an event of this class can tell of tokens that it has no text for (special tokens, parts of a
/// character): the last usage of a stream is not among them.
bool may_hide_tokens(EventClass kind) {
  return kind == EventClass::role || kind == EventClass::empty || kind == EventClass::finish;
}

/// Keeps the sum over events as the reply's total, where the server tells none.
void add_up(const Told& count, ReplyState& state) {
  ++state.event_sources[static_cast<std::size_t>(count.tokens ? count.source : TokenSource::unknown)];
  if (!count.tokens) ++state.uncounted_events;
  state.counted_tokens += count.tokens.value_or(0);
  if (state.total_told) return;
  if (state.uncounted_events > 0) {
    state.completion_tokens.reset();
    state.completion_source = TokenSource::unknown;
  } else {
    state.completion_tokens = state.counted_tokens;
    state.completion_source = count.source;
  }
}

void conclude(const EventFacts& facts, ReplyState& state, Piece& piece) {
  piece.kind = facts.kind;
  piece.text = facts.text;
  if (facts.finish) piece.flags |= kFinish;
  if (facts.usage) piece.flags |= kUsage;
  const bool carries = carries_tokens(facts.kind);
  auto count = told(facts.counts, state);
  if (!carries && (!may_hide_tokens(facts.kind) || count.tokens.value_or(0) == 0)) count = {};
  if (count.tokens) {
    constexpr std::int64_t kMost = std::numeric_limits<std::uint16_t>::max();
    piece.tokens = static_cast<std::uint16_t>(std::min(*count.tokens, kMost));
    piece.source = count.source;
    piece.flags |= kTokensKnown;
  }
  if (carries || count.tokens) add_up(count, state);
  const auto sum = facts.counts.usage ? facts.counts.usage : facts.counts.native_sum;
  if (sum) {
    state.cumulative_tokens = *sum;
    state.since_cumulative = 0;
  } else if (carries) {
    ++state.since_cumulative;
  }
}

}  // namespace

void ReplyState::clear() {
  auto reason = std::move(finish_reason);
  reason.clear();
  *this = ReplyState{};
  finish_reason = std::move(reason);
}

std::string_view error_words(const Element& error) {
  if (const auto text = wire_json::text(error)) return *text;
  const auto object = wire_json::object(error);
  if (!object) return {};
  for (const std::string_view key : {"message", "error", "detail"}) {
    const auto found = wire_json::member(*object, key);
    if (!found) continue;
    if (const auto text = wire_json::text(*found)) return *text;
    const auto inner = wire_json::object(*found);
    if (inner) return wire_json::member_text(*inner, "message");
  }
  return {};
}

struct PieceReader::Impl {
  simdjson::dom::parser parser;
  std::vector<char> padded;
  std::string words;

  void fail(Piece& piece, FailureClass failure, EventClass kind, std::string_view text) {
    write_words(words, text);
    if (words.empty()) words = "the server tells an error without words";
    piece.kind = kind;
    piece.failure = failure;
    piece.message = words;
  }

  /// Why `data` is no JSON that we take.
  void explain(simdjson::error_code problem, std::string_view data, Piece& piece) {
    if (std::memchr(data.data(), 0, data.size()) != nullptr)
      return fail(piece, FailureClass::bad_text, EventClass::other, "an event holds a NUL byte");
    if (problem == simdjson::UTF8_ERROR || !simdjson::validate_utf8(data.data(), data.size()))
      return fail(piece, FailureClass::bad_text, EventClass::other, "an event is not UTF-8");
    // A bomb that was cut off is another error to the parser.
    if (problem == simdjson::DEPTH_ERROR || nesting(data) > kDeepest)
      return fail(piece, FailureClass::too_deep, EventClass::other, "an event nests more than 64 brackets");
    const auto beginning = data.substr(0, 120);
    fail(piece, FailureClass::bad_json, EventClass::other, "an event is not JSON: " + std::string(beginning));
  }

  /// The event's data as a JSON object; absent where `piece` tells why there is none.
  std::optional<Object> parse(std::string_view data, Piece& piece) {
    const auto needed = data.size() + simdjson::SIMDJSON_PADDING;
    if (padded.size() < needed) padded.resize(std::max(needed, 2 * padded.size()));
    std::memcpy(padded.data(), data.data(), data.size());
    std::memset(padded.data() + data.size(), 0, simdjson::SIMDJSON_PADDING);
    if (parser.max_depth() != kDeepest || parser.capacity() < data.size()) {
      const auto problem = parser.allocate(std::max<std::size_t>(2 * data.size(), 4096), kDeepest);
      if (problem != simdjson::SUCCESS) {
        explain(problem, data, piece);
        return std::nullopt;
      }
    }
    Element root;
    const auto problem = parser.parse(padded.data(), data.size(), false).get(root);
    if (problem != simdjson::SUCCESS) {
      explain(problem, data, piece);
      return std::nullopt;
    }
    const auto object = wire_json::object(root);
    if (!object) fail(piece, FailureClass::bad_json, EventClass::other, "an event is JSON, but no object");
    return object;
  }

  /// Whether the event is an error, in any server's shape.
  bool read_error(const Object& root, std::string_view event, Piece& piece) {
    bool is_error = event == "error";
    std::string_view text;
    for (const auto field : root) {
      if (field.key == "error" && !field.value.is_null() && !field.value.is_bool()) {
        is_error = true;
        text = error_words(field.value);
      } else if (field.key == "object" && wire_json::text_or_empty(field.value) == "error") {
        is_error = true;
      }
    }
    if (!is_error) return false;
    if (text.empty()) text = wire_json::member_text(root, "message");
    fail(piece, FailureClass::error_event, EventClass::error, text);
    return true;
  }
};

PieceReader::PieceReader() : impl_(std::make_unique<Impl>()) {}
PieceReader::PieceReader(PieceReader&&) noexcept = default;
PieceReader& PieceReader::operator=(PieceReader&&) noexcept = default;
PieceReader::~PieceReader() = default;

void PieceReader::read(const Dialect& dialect, const Frame& frame, ReplyState& state, Piece& piece) {
  piece = Piece{};
  if (frame.comment || frame.data.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    piece.kind = EventClass::ping;
    return;
  }
  if (state.done) state.after_done = true;
  if (frame.data == kDone) {
    piece.kind = EventClass::done;
    state.done = true;
    return;
  }
  try {
    const auto root = impl_->parse(frame.data, piece);
    if (!root || impl_->read_error(*root, frame.event, piece)) return;
    EventFacts facts;
    switch (dialect.route) {
      case RouteKind::chat:
      case RouteKind::completions:
        read_openai(*root, state, facts);
        break;
      case RouteKind::llama_completion:
        read_llama_completion(*root, state, facts);
        break;
      case RouteKind::ollama_chat:
      case RouteKind::ollama_generate:
        read_ollama(*root, state, facts);
        break;
      case RouteKind::sglang_generate:
        read_sglang(*root, state, facts);
        break;
      case RouteKind::tgi_generate:
        read_tgi(*root, dialect.one_token_an_event, state, facts);
        break;
      case RouteKind::lm_studio_chat:
        read_lm_studio(*root, frame.event, state, facts);
        break;
    }
    conclude(facts, state, piece);
  } catch (const std::exception& problem) {
    // Memory ran out, or the parser met what it had promised could not be.
    impl_->fail(piece, FailureClass::bad_json, EventClass::other, problem.what());
  }
}

}  // namespace edgeeval
