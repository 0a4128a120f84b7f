// SPDX-License-Identifier: Apache-2.0
// The events of a streamed body, taken apart as its bytes come: server-sent events (WHATWG HTML, section
// "Server-sent events") and lines of JSON (NDJSON). Copies only what a read cut in two; bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace edgeeval {

/// How a body is framed.
enum class Framing : std::uint8_t { server_sent_events, json_lines };

/// One event. The views are good until the framer is fed again.
struct Frame {
  std::string_view data;   ///< Data lines joined by LF; a whole line of JSON.
  std::string_view event;  ///< The SSE field `event`; empty where there is none.
  bool comment = false;    ///< A comment line alone (a ping); `data` is its text.
  bool split = false;      ///< Began in an earlier feed.
};

/// What stopped a framer.
enum class FrameFault : std::uint8_t { none, line_too_long, event_too_large };

/// Takes bytes in any portions. After a fault it takes no more.
class Framer {
 public:
  explicit Framer(Framing framing, std::size_t largest_event = 1U << 20U);
  /// Begins a portion; next() then hands out the events that it completes.
  void feed(std::string_view bytes);
  /// The next event; false where more bytes are needed or a fault was met.
  [[nodiscard]] bool next(Frame& frame);
  /// The stream has ended: a last line of JSON without its line end becomes an event, and so does an SSE event
  /// "[DONE]" without its empty line (llama-server sends it so); other unfinished SSE events are dropped, as the
  /// standard says. Call next() after it.
  void end();
  [[nodiscard]] FrameFault fault() const { return fault_; }
  /// Whether bytes of an unfinished event are held.
  [[nodiscard]] bool mid_event() const;
  /// As new, for the next reply on the connection; keeps its memory.
  void reset(Framing framing);

 private:
  Framing framing_;
  std::size_t largest_event_;
  FrameFault fault_ = FrameFault::none;
  // The helper who writes framer.cpp lays out the rest.
};

}  // namespace edgeeval
