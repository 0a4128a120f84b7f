// SPDX-License-Identifier: Apache-2.0
#include "load/reply_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edgeeval::client {
namespace {

constexpr std::size_t kWholeAnswer = 16U << 10U;  // Enough of a refusal to read what it says.

/// The media type alone, in lower case: "text/event-stream" of "Text/Event-Stream; charset=utf-8".
std::string media_type(std::string_view field) {
  std::string type(field.substr(0, field.find(';')));
  while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

/// Whether a body of this type can be the stream that was asked for. Ollama says application/x-ndjson.
bool is_stream(const HttpHead& head, Framing framing) {
  if (!head.content_encoding.empty() && media_type(head.content_encoding) != "identity") return false;
  const auto type = media_type(head.content_type);
  if (framing == Framing::server_sent_events) return type.empty() || type == "text/event-stream";
  return type.empty() || type == "application/x-ndjson" || type == "application/ndjson" ||
         type == "application/jsonl" || type == "application/x-jsonlines";
}

FailureClass failure_of(HttpFault fault) {
  switch (fault) {
    case HttpFault::bad_chunk:
      return FailureClass::bad_chunk;
    case HttpFault::truncated:
      return FailureClass::truncated;
    case HttpFault::not_http:
    case HttpFault::head_too_large:
      return FailureClass::not_http;
    case HttpFault::none:
    case HttpFault::stopped:
      break;
  }
  return FailureClass::other;
}

}  // namespace

void redact(std::string& text, std::span<const std::string> secrets) {
  for (const auto& secret : secrets) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  }
}

ReplyReader::ReplyReader(ReadingDesk& desk)
    : desk_(&desk), framer_(desk.dialect->framing, desk.limits->largest_event) {}

void ReplyReader::begin(RequestRecord& record) {
  record_ = &record;
  http_.begin(desk_->limits->largest_head);
  framer_.reset(desk_->dialect->framing);
  state_.clear();
  whole_.clear();
  collecting_ = false;
  token_events_ = 0;
  first_token_ns_ = 0;
  ended_ = false;
}

void ReplyReader::start_read(const ReadStamp& stamp, std::size_t wire_bytes) {
  stamp_ = stamp;
  if (!record_->first_byte_ns) record_->first_byte_ns = stamp.kernel_ns;
  record_->reply_bytes += wire_bytes;
}

void ReplyReader::feed(std::string_view bytes) {
  if (ended_) return;
  http_.feed(bytes, *this);
  after_http();
}

void ReplyReader::finish_read() {
  flush_events();
  if (ended_) return;
  if (record_->reply_bytes > desk_->limits->largest_reply) {
    fail(FailureClass::too_large,
         fmt::format("the reply is larger than {} bytes", desk_->limits->largest_reply));
    conclude(stamp_.kernel_ns);
  }
}

/// What the last bytes made of the reply: a fault, an end, or nothing yet.
void ReplyReader::after_http() {
  const auto fault = http_.fault();
  if (fault == HttpFault::none && !http_.done()) return;
  if (collecting_) {
    whole_answer();
  } else if (fault == HttpFault::stopped) {
    // The failure that stopped it stands in the record.
  } else if (fault != HttpFault::none) {
    fail(failure_of(fault), http_.problem());
  } else {
    judge_end();
  }
  conclude(stamp_.kernel_ns);
}

bool ReplyReader::head(const HttpHead& head) {
  record_->headers_ns = stamp_.kernel_ns;
  record_->status = head.status;
  if (head.retry_after_s) record_->retry_after_ms = *head.retry_after_s * 1000;
  collecting_ = head.status != 200 || !is_stream(head, desk_->dialect->framing);
  return true;
}

bool ReplyReader::body(std::string_view bytes) {
  if (collecting_) {
    whole_.append(bytes.substr(0, kWholeAnswer - whole_.size()));
    return whole_.size() < kWholeAnswer;
  }
  framer_.feed(bytes);
  drain_frames();
  return record_->failure == FailureClass::none;
}

void ReplyReader::drain_frames() {
  Frame frame;
  while (framer_.next(frame)) {
    if (!take_frame(frame)) return;
  }
  if (framer_.fault() != FrameFault::none)
    fail(FailureClass::too_large,
         fmt::format("an event is larger than {} bytes", desk_->limits->largest_event));
}

bool ReplyReader::take_frame(const Frame& frame) {
  desk_->pieces.read(*desk_->dialect, frame, state_, piece_);
  EventRecord event;
  event.kernel_ns = stamp_.kernel_ns;
  event.user_ns = stamp_.user_ns;
  event.request = record_->index;
  event.read = stamp_.read;
  event.bytes = static_cast<std::uint32_t>(frame.data.size());
  event.tokens = piece_.tokens;
  event.kind = piece_.kind;
  event.flags = static_cast<std::uint8_t>(stamp_.flags | piece_.flags | (frame.split ? kSplit : 0));
  desk_->events.push_back(event);
  if (carries_tokens(piece_.kind)) {
    ++token_events_;
    ++desk_->token_event_count;
    if (first_token_ns_ == 0) first_token_ns_ = stamp_.user_ns;
    keep_text(piece_.text);
  }
  if (piece_.failure == FailureClass::none) return true;
  fail(piece_.failure, std::string(piece_.message));
  return false;
}

void ReplyReader::keep_text(std::string_view text) {
  const auto most = desk_->limits->kept_text;
  if (most == 0) return;
  if (record_->text.size() < most) record_->text.append(text.substr(0, most - record_->text.size()));
}

/// An answer that is no stream says itself what is wrong.
void ReplyReader::whole_answer() {
  const auto& head = http_.head();
  const auto read = read_failure({head.status, head.content_type, whole_, head.retry_after_s});
  fail(read.failure, read.message);
}

/// The reply has ended as HTTP wants it: whether it is a good one.
void ReplyReader::judge_end() {
  framer_.end();
  drain_frames();
  if (record_->failure != FailureClass::none) return;
  if (!state_.done && !state_.finished) {
    const bool cut = http_.head().ends_by_close;
    fail(cut ? FailureClass::truncated : FailureClass::no_end_mark,
         cut ? "the connection ended before an end mark or a reason to finish"
             : "the reply ended without an end mark or a reason to finish");
  } else if (token_events_ == 0) {
    fail(FailureClass::no_tokens, "the reply ended without a token");
  }
}

void ReplyReader::end_of_stream(std::int64_t at_ns) {
  if (ended_) return;
  if (record_->reply_bytes == 0)
    return give_up(FailureClass::closed_unanswered, "the server closed the connection without an answer",
                   at_ns);
  // After the end mark nothing of the reply is missing, whatever HTTP still waits for.
  const bool whole = end_mark_seen() && !http_.within_chunk() && http_.fault() == HttpFault::none;
  http_.end_of_stream();
  if (collecting_) {
    whole_answer();
  } else if (http_.done() || whole) {
    judge_end();
  } else {
    fail(failure_of(http_.fault()), http_.problem());
  }
  conclude(at_ns);
  flush_events();
}

void ReplyReader::reset(std::int64_t at_ns) {
  if (ended_) return;
  if (record_->reply_bytes == 0)
    return give_up(FailureClass::reset_unanswered, "the server reset the connection without an answer",
                   at_ns);
  if (end_mark_seen() && !http_.within_chunk()) return end_of_stream(at_ns);
  give_up(FailureClass::reset_midway, "the server reset the connection midway", at_ns);
}

void ReplyReader::give_up(FailureClass failure, std::string words, std::int64_t at_ns) {
  if (ended_) return;
  if (collecting_ && failure != FailureClass::cancelled && failure != FailureClass::engine_ended) {
    whole_answer();
  } else {
    fail(failure, std::move(words));
  }
  conclude(at_ns);
}

void ReplyReader::fail(FailureClass failure, std::string words) {
  if (record_->failure != FailureClass::none) return;
  record_->failure = failure;
  redact(words, desk_->secrets);
  record_->error = std::move(words);
}

void ReplyReader::conclude(std::int64_t at_ns) {
  if (ended_) return;
  ended_ = true;
  record_->closed_ns = at_ns;
  record_->prompt_tokens = state_.prompt_tokens;
  record_->cached_tokens = state_.cached_tokens;
  record_->completion_tokens = state_.completion_tokens;
  record_->reasoning_tokens = state_.reasoning_tokens;
  record_->completion_source = state_.completion_source;
  record_->event_sources = state_.event_sources;
  record_->finish_reason = std::move(state_.finish_reason);
  record_->server = state_.server;
}

void ReplyReader::flush_events() {
  auto& events = desk_->events;
  const std::uint8_t more = events.size() > 1 ? kCoalesced : 0;
  for (auto& event : events) {
    event.flags = static_cast<std::uint8_t>(event.flags | more);
    desk_->sink->event(event);
  }
  desk_->event_count += events.size();
  events.clear();
}

bool ReplyReader::reusable() const {
  return ended_ && record_->failure == FailureClass::none && http_.done() && http_.head().keep_alive &&
         !http_.surplus();
}

}  // namespace edgeeval::client
