// SPDX-License-Identifier: Apache-2.0
#include "wire/framer.hpp"

#include <algorithm>
#include <cstring>

namespace edgeeval {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kDone = "[DONE]";
constexpr std::size_t kNone = std::string_view::npos;
/// Slots for events that had to be joined; more are let go at the next portion.
constexpr std::size_t kKeptSlots = 4;

/// Where `c` next stands in `text`, from `from` on.
std::size_t find(std::string_view text, char c, std::size_t from) {
  if (from >= text.size()) return kNone;
  const void* found = std::memchr(text.data() + from, c, text.size() - from);
  return found == nullptr ? kNone : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

bool blank(std::string_view line) { return line.find_first_not_of(" \t\r") == kNone; }

}  // namespace

void Framer::Value::set(std::string_view value, bool keep_it) {
  there = true;
  is_kept = keep_it;
  if (keep_it) {
    kept.assign(value);
  } else {
    seen = value;
  }
}

void Framer::Value::keep() {
  if (!there || is_kept) return;
  kept.assign(seen);
  is_kept = true;
}

void Framer::Value::clear() {
  there = is_kept = false;
  seen = {};
}

Framer::Framer(Framing framing, std::size_t largest_event)
    : framing_(framing), largest_event_(largest_event) {}

void Framer::reset(Framing framing) {
  framing_ = framing;
  fault_ = FrameFault::none;
  portion_ = {};
  at_ = 0;
  searched_ = false;
  line_.clear();
  line_kept_ = false;
  data_.clear();
  name_.clear();
  split_ = after_cr_ = ending_ = false;
  at_start_ = true;
  used_ = 0;
}

void Framer::feed(std::string_view bytes) {
  portion_ = bytes;
  at_ = 0;
  searched_ = false;
  used_ = 0;
  if (handed_out_.size() > kKeptSlots) handed_out_.resize(kKeptSlots);
}

void Framer::end() { ending_ = true; }

bool Framer::mid_event() const { return !line_.empty() || data_.there || name_.there; }

bool Framer::next(Frame& frame) {
  if (fault_ != FrameFault::none) return false;
  return framing_ == Framing::json_lines ? next_json(frame) : next_event(frame);
}

/// The end of the line that begins at at_; each byte is looked at once, however short the lines are.
std::size_t Framer::line_end() {
  if (!searched_ || (next_lf_ != kNone && next_lf_ < at_)) next_lf_ = find(portion_, '\n', at_);
  if (framing_ == Framing::json_lines) {
    searched_ = true;
    return next_lf_;
  }
  if (!searched_ || (next_cr_ != kNone && next_cr_ < at_)) next_cr_ = find(portion_, '\r', at_);
  searched_ = true;
  return std::min(next_lf_, next_cr_);
}

/// Puts what is left of the portion aside. False where that is more than may be held.
bool Framer::keep_rest() {
  const auto rest = portion_.substr(std::min(at_, portion_.size()));
  at_ = portion_.size();
  if (line_.size() + rest.size() > largest_event_) {
    fault_ = FrameFault::line_too_long;
    return false;
  }
  line_.append(rest);
  data_.keep();
  name_.keep();
  split_ = mid_event();
  return true;
}

bool Framer::take_line(std::string_view& line) {
  if (line_kept_) {
    line_.clear();
    line_kept_ = false;
  }
  if (after_cr_ && at_ < portion_.size()) {
    if (portion_[at_] == '\n') ++at_;
    after_cr_ = false;
  }
  const auto end = line_end();
  if (end == kNone) {
    if (!keep_rest() || !ending_ || line_.empty()) return false;
    line = line_;
    line_kept_ = true;
    return true;
  }
  const auto piece = portion_.substr(at_, end - at_);
  after_cr_ = portion_[end] == '\r';
  at_ = end + 1;
  if (line_.size() + piece.size() > largest_event_) {
    fault_ = FrameFault::line_too_long;
    return false;
  }
  line_kept_ = !line_.empty();
  if (line_kept_) line_.append(piece);
  line = line_kept_ ? std::string_view(line_) : piece;
  return true;
}

Framer::HandedOut& Framer::hand_out() {
  if (used_ == handed_out_.size()) handed_out_.emplace_back();
  return handed_out_[used_++];
}

/// A frame whose data is `text`, a part of the line just taken.
void Framer::hand_out_line(std::string_view text, Frame& frame) {
  frame = Frame{};
  frame.split = line_kept_;
  frame.data = text;
  if (!line_kept_) return;
  auto& slot = hand_out();
  slot.data.assign(text);
  frame.data = slot.data;
}

bool Framer::next_json(Frame& frame) {
  std::string_view line;
  while (take_line(line)) {
    if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    at_start_ = false;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (blank(line)) continue;
    hand_out_line(line, frame);
    return true;
  }
  return false;
}

void Framer::add_data(std::string_view value) {
  if (!data_.there) {
    if (value.size() > largest_event_)
      fault_ = FrameFault::event_too_large;
    else
      data_.set(value, line_kept_);
    return;
  }
  data_.keep();
  if (data_.kept.size() + 1 + value.size() > largest_event_) {
    fault_ = FrameFault::event_too_large;
    return;
  }
  data_.kept += '\n';
  data_.kept += value;
}

/// Ends an event at its empty line; one without a data line is none.
bool Framer::dispatch(Frame& frame) {
  const bool there = data_.there;
  if (there) {
    frame = Frame{};
    frame.split = split_;
    if (data_.is_kept || name_.is_kept) {
      auto& slot = hand_out();
      if (data_.is_kept) slot.data.swap(data_.kept);
      if (name_.is_kept) slot.event.swap(name_.kept);
      frame.data = data_.is_kept ? std::string_view(slot.data) : data_.seen;
      frame.event = name_.is_kept ? std::string_view(slot.event) : name_.seen;
    } else {
      frame.data = data_.seen;
      frame.event = name_.seen;
    }
  }
  data_.clear();
  name_.clear();
  split_ = false;
  return there;
}

bool Framer::take_field(std::string_view line, Frame& frame) {
  if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  at_start_ = false;
  if (line.empty()) return dispatch(frame);
  const auto colon = find(line, ':', 0);
  const auto field = line.substr(0, colon);
  auto value = colon == kNone ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field.empty()) {
    // A comment amid an event is none of its own.
    if (data_.there || name_.there) return false;
    hand_out_line(value, frame);
    frame.comment = true;
    split_ = false;
    return true;
  }
  if (field == "data") {
    add_data(value);
  } else if (field == "event") {
    name_.set(value, line_kept_);
  }
  return false;
}

bool Framer::next_event(Frame& frame) {
  std::string_view line;
  while (take_line(line)) {
    if (take_field(line, frame)) return true;
    if (fault_ != FrameFault::none) return false;
  }
  if (!ending_ || fault_ != FrameFault::none) return false;
  ending_ = false;
  return data_.there && data_.text() == kDone && dispatch(frame);
}

}  // namespace edgeeval
