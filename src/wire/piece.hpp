// SPDX-License-Identifier: Apache-2.0
// What one event of a reply says, in any dialect: its class, its tokens, its text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "record/load_record.hpp"
#include "wire/dialect.hpp"
#include "wire/framer.hpp"

namespace edgeeval {

/// What is known of a reply so far: needed to tell the next event's tokens from cumulative counts, and where
/// the reply's own counts end up. Reset it for each reply.
struct ReplyState {
  std::optional<std::int64_t> prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens;
  TokenSource completion_source = TokenSource::unknown;
  EventSources event_sources{};        ///< Of events so far that carry tokens.
  std::int64_t counted_tokens = 0;     ///< Of events so far, where every one of them told a count.
  std::int64_t cumulative_tokens = 0;  ///< The last cumulative count seen.
  std::size_t cumulative_text = 0;     ///< Bytes of text so far, for servers that send the whole each time.
  std::int64_t uncounted_events = 0;   ///< Events with tokens that told no count.
  std::int64_t since_cumulative = 0;   ///< Events with tokens since the last cumulative count.
  std::string finish_reason;
  std::optional<ServerTimings> server;
  bool total_told = false;  ///< completion_tokens is the server's own total, not a sum over events.
  bool done = false;        ///< The end mark has come.
  bool finished = false;    ///< A reason to finish has come.
  bool after_done = false;  ///< Something came after the end mark.
  /// As new; keeps its memory.
  void clear();
};

/// One event, read. Views are good until the next read.
struct Piece {
  EventClass kind = EventClass::other;
  std::uint16_t tokens = 0;  ///< Where kTokensKnown; also of events without text that tell of tokens.
  TokenSource source = TokenSource::unknown;  ///< Of `tokens`; unknown = not told.
  std::uint8_t flags = 0;                     ///< kFinish, kUsage, kTokensKnown.
  std::string_view text;                      ///< Of reasoning, content or tool; unescaped.
  FailureClass failure = FailureClass::none;  ///< bad_json, bad_text, too_deep, error_event.
  std::string_view message;                   ///< The server's or the parser's words where it failed.
};

/// Reads events of one dialect. Reuses its memory from event to event; one a thread.
class PieceReader {
 public:
  PieceReader();
  PieceReader(PieceReader&&) noexcept;
  PieceReader& operator=(PieceReader&&) noexcept;
  ~PieceReader();
  /// Reads one event and moves `state` on. Never throws; what cannot be read has a `failure`.
  void read(const Dialect& dialect, const Frame& frame, ReplyState& state, Piece& piece);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A whole answer that is no stream (a failure, or an error in 200).
struct WholeAnswer {
  int status = 0;
  std::string_view content_type;
  std::string_view body;                      ///< Its beginning; may be cut.
  std::optional<std::int64_t> retry_after_s;  ///< From Retry-After, where it is a number.
};

/// Which class of failure a whole answer is, with the server's own words (at most 300 bytes, control
/// characters left out). `none` never: an answer that is no stream is a failure.
struct ReadFailure {
  FailureClass failure = FailureClass::other;
  std::string message;
};
[[nodiscard]] ReadFailure read_failure(const WholeAnswer& answer);

}  // namespace edgeeval
