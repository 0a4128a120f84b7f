// SPDX-License-Identifier: Apache-2.0
// The events of a streamed body, taken apart as its bytes come: server-sent events (WHATWG HTML, section
// "Server-sent events") and lines of JSON (NDJSON). Copies only what a read cut in two; bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
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

/// Takes bytes in any portions; the same stream gives the same events wherever it was cut. After a fault it
/// takes no more. What it holds of unfinished events is never more than `largest_event` of each of line, data
/// and name.
class Framer {
 public:
  /// `largest_event`: bytes of a line, and of an event's data lines joined.
  explicit Framer(Framing framing, std::size_t largest_event = 1U << 20U);
  /// Begins a portion; next() then hands out the events that it completes. The bytes must stay as they are
  /// until next() has said false.
  void feed(std::string_view bytes);
  /// The next event; false where more bytes are needed or a fault was met.
  [[nodiscard]] bool next(Frame& frame);
  /// The stream has ended: a last line of JSON without its line end becomes an event, and so does an SSE
  /// event
  /// "[DONE]" without its empty line (llama-server sends it so); other unfinished SSE events are dropped, as
  /// the standard says, and mid_event() goes on telling of them. Call next() after it.
  void end();
  [[nodiscard]] FrameFault fault() const { return fault_; }
  /// Whether bytes of an unfinished event are held.
  [[nodiscard]] bool mid_event() const;
  /// As new, for the next reply on the connection; keeps its memory.
  void reset(Framing framing);

 private:
  /// A field's value: seen in the portion, or kept because a later portion or line goes on with it.
  struct Value {
    std::string_view seen;
    std::string kept;
    bool there = false;
    bool is_kept = false;
    [[nodiscard]] std::string_view text() const { return is_kept ? std::string_view(kept) : seen; }
    void set(std::string_view value, bool keep);
    void keep();
    void clear();
  };
  /// What was handed out and is not in the portion.
  struct HandedOut {
    std::string data;
    std::string event;
  };

  [[nodiscard]] std::size_t line_end();
  [[nodiscard]] bool take_line(std::string_view& line);
  [[nodiscard]] bool keep_rest();
  [[nodiscard]] bool take_field(std::string_view line, Frame& frame);
  void add_data(std::string_view value);
  void hand_out_line(std::string_view text, Frame& frame);
  [[nodiscard]] bool dispatch(Frame& frame);
  [[nodiscard]] bool next_event(Frame& frame);
  [[nodiscard]] bool next_json(Frame& frame);
  [[nodiscard]] HandedOut& hand_out();

  Framing framing_;
  std::size_t largest_event_;
  FrameFault fault_ = FrameFault::none;
  std::string_view portion_;
  std::size_t at_ = 0;       ///< Where the next line begins in the portion.
  std::size_t next_lf_ = 0;  ///< Of the portion; good while it is not behind at_.
  std::size_t next_cr_ = 0;
  bool searched_ = false;   ///< Whether the two above are of this portion.
  std::string line_;        ///< The beginning of a line that an earlier portion cut off.
  bool line_kept_ = false;  ///< The line just taken stands in line_.
  Value data_;
  Value name_;
  bool split_ = false;
  bool after_cr_ = false;
  bool at_start_ = true;
  bool ending_ = false;
  std::deque<HandedOut> handed_out_;
  std::size_t used_ = 0;
};

}  // namespace edgeeval
