// SPDX-License-Identifier: Apache-2.0
#include "load/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "load/clock_map.hpp"

namespace edgeeval::client {
namespace {

constexpr std::size_t kKeptOfWhole = 16U << 10U;  // Of an answer that is no stream: enough for any error object.
constexpr std::size_t kSomeEvents = 16;

FailureClass connect_failure(int problem) {
  switch (problem) {
    case ECONNREFUSED:
      return FailureClass::refused;
    case ETIMEDOUT:
      return FailureClass::connect_timeout;
    case ECONNRESET:
      return FailureClass::reset_unanswered;
    case ENOENT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EACCES:
      return FailureClass::unreachable;
    default:
      return FailureClass::other;
  }
}

std::string words_of(const char* what, int problem) {
  return problem == 0 ? std::string(what) : std::string(what) + ": " + std::strerror(problem);
}

bool begins_with(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

/// Whether an answer of status 200 is taken for the stream that was asked for. A wrong content type is forgiven,
/// other than a page's or, of events, a plain object's.
bool is_stream(const HttpHead& head, Framing framing) {
  if (head.status != 200 || begins_with(head.content_type, "text/html")) return false;
  if (!head.content_encoding.empty() && head.content_encoding != "identity") return false;
  return framing == Framing::json_lines || !begins_with(head.content_type, "application/json");
}

FailureClass failure_of(HttpFault fault) {
  switch (fault) {
    case HttpFault::not_http:
    case HttpFault::head_too_large:
      return FailureClass::not_http;
    case HttpFault::bad_chunk:
      return FailureClass::bad_chunk;
    default:
      return FailureClass::truncated;
  }
}

std::int64_t nanos(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

}  // namespace

bool Connection::connect(const std::vector<Address>& addresses) {
  addresses_ = &addresses;
  next_address_ = 0;
  served_before_ = false;
  connect_begun_ns_ = monotonic_ns();
  return next_address();
}

bool Connection::next_address() {
  while (next_address_ < addresses_->size()) {
    auto begun = begin_connect((*addresses_)[next_address_++]);
    if (begun.problem != 0) continue;
    socket_ = std::move(begun.socket);
    state_ = State::connecting;
    return true;
  }
  state_ = State::closed;
  return false;
}

void Connection::assign(RequestRecord&& record, std::string& text) {
  record_ = std::move(record);
  record_.reused_connection = served_before_;
  record_.request_bytes = static_cast<std::uint32_t>(text.size());
  ++record_.attempts;
  if (!served_before_) {
    record_.connect_begun_ns = connect_begun_ns_;
    if (connected_ns_ != 0 && state_ != State::connecting) record_.connected_ns = connected_ns_;
    if (secured_ns_ != 0) record_.tls_ns = secured_ns_;
  }
  text_.swap(text);
  busy_ = true;
  begin_reply();
  if (state_ == State::idle) state_ = State::writing;
}

void Connection::begin_reply() {
  reply_.begin(shared_.job->limits.largest_head);
  framer_.reset(shared_.job->dialect.framing);
  reply_state_.clear();
  events_.clear();
  events_.reserve(kSomeEvents);
  whole_.clear();
  written_ = 0;
  got_bytes_ = streaming_ = carried_ = false;
  token_events_ = counted_events_ = events_seen_ = 0;
  counted_source_ = TokenSource::unknown;
  first_token_ns_ = 0;
}

bool Connection::wants_to_write() const {
  return state_ == State::connecting || state_ == State::writing || !output_.empty();
}

Step Connection::writable(std::int64_t now_ns) {
  if (state_ == State::connecting) return connected(now_ns);
  if (state_ == State::writing || !output_.empty()) return send(now_ns);
  return Step::waiting;
}

Step Connection::connected(std::int64_t now_ns) {
  if (const int problem = connect_problem(socket_.get()); problem != 0) return fail_to_connect(problem, now_ns);
  connected_ns_ = now_ns;
  if (busy_) record_.connected_ns = now_ns;
  if (shared_.job->target.unix_path.empty()) ask_for_tx_stamps(socket_.get());
  if (shared_.tls == nullptr) {
    state_ = busy_ ? State::writing : State::idle;
    return busy_ ? send(now_ns) : Step::ready;
  }
  tls_ = std::make_unique<TlsSession>(*shared_.tls);
  state_ = State::securing;
  return secure(now_ns);
}

Step Connection::fail_to_connect(int problem, std::int64_t now_ns) {
  socket_.close();
  if (next_address()) return Step::waiting;
  if (!busy_) {
    close();
    return Step::lost;
  }
  note_failure(connect_failure(problem), words_of("cannot connect", problem));
  settle(now_ns);
  return Step::finished;
}

Step Connection::secure(std::int64_t now_ns) {
  const bool done = tls_->handshake();
  tls_->take_output(output_);
  if (!done && !tls_->problem().empty()) {
    // The alert that tells the server why is worth one try.
    static_cast<void>(::send(socket_.get(), output_.data(), output_.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    if (!busy_) {
      close();
      return Step::lost;
    }
    note_failure(FailureClass::tls, tls_->problem());
    settle(now_ns);
    return Step::finished;
  }
  if (done) {
    secured_ns_ = now_ns;
    if (busy_) record_.tls_ns = now_ns;
    state_ = busy_ ? State::writing : State::idle;
  }
  const auto step = send(now_ns);
  return step == Step::waiting && state_ == State::idle ? Step::ready : step;
}

Step Connection::send(std::int64_t now_ns) {
  if (state_ == State::writing && written_ == 0 && tls_) {
    tls_->write(text_);
    tls_->take_output(output_);
    written_ = text_.size();
  }
  const bool plain = !tls_;
  if (state_ == State::writing && !record_.issued_ns) record_.issued_ns = now_ns = monotonic_ns();
  const char* from = plain ? text_.data() + written_ : output_.data();
  const std::size_t size = plain ? (state_ == State::writing ? text_.size() - written_ : 0) : output_.size();
  if (size > 0) {
    const auto sent = ::send(socket_.get(), from, size, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EINTR) return Step::waiting;
      return ended(errno, now_ns);
    }
    if (plain) {
      written_ += static_cast<std::size_t>(sent);
    } else {
      output_.erase(0, static_cast<std::size_t>(sent));
    }
  }
  if (state_ == State::writing && written_ == text_.size() && output_.empty()) {
    record_.written_ns = monotonic_ns();
    state_ = State::reading;
  }
  return Step::waiting;
}

Step Connection::received(const StampedRead& read) {
  last_read_ns_ = read.user_ns;
  auto bytes = read.bytes;
  if (tls_) {
    tls_->feed(bytes);
    if (state_ == State::securing) {
      const auto step = secure(read.user_ns);
      if (state_ == State::securing || step == Step::finished || step == Step::lost) return step;
    }
    plain_.clear();
    const bool open = tls_->read(plain_);
    bytes = plain_;
    if (!open && bytes.empty()) {
      if (!tls_->problem().empty() && busy_) {
        note_failure(FailureClass::tls, tls_->problem());
        settle(read.user_ns);
        return Step::finished;
      }
      return ended(0, read.user_ns);
    }
    // Tickets and other records of the protocol's own carry nothing.
    if (bytes.empty()) return state_ == State::idle && !busy_ ? Step::ready : Step::waiting;
  }
  if (!busy_) {
    // Nothing was asked: whatever this is, the connection is of no use.
    close();
    return Step::lost;
  }
  if (!got_bytes_) record_.first_byte_ns = read.kernel_ns;
  got_bytes_ = true;
  record_.reply_bytes += read.bytes.size();
  read_ = &read;
  carried_ = framer_.mid_event();
  reply_.feed(bytes, *this);
  flush_events();
  read_ = nullptr;
  if (reply_.fault() != HttpFault::none && reply_.fault() != HttpFault::stopped)
    note_failure(failure_of(reply_.fault()), reply_.problem());
  if (record_.reply_bytes > shared_.job->limits.largest_reply)
    note_failure(FailureClass::too_large, "the reply is larger than its bound");
  if (record_.failure != FailureClass::none) {
    settle(read.kernel_ns);
    return Step::finished;
  }
  if (!reply_.done()) return Step::waiting;
  return conclude(read.kernel_ns);
}

bool Connection::head(const HttpHead& head) {
  record_.status = head.status;
  record_.headers_ns = read_->kernel_ns;
  if (head.retry_after_s) record_.retry_after_ms = *head.retry_after_s * 1000;
  streaming_ = is_stream(head, shared_.job->dialect.framing);
  return true;
}

bool Connection::body(std::string_view bytes) {
  if (!streaming_) {
    whole_.append(bytes.substr(0, kKeptOfWhole - std::min(kKeptOfWhole, whole_.size())));
    return true;
  }
  framer_.feed(bytes);
  read_events();
  return record_.failure == FailureClass::none;
}

void Connection::read_events() {
  Frame frame;
  while (record_.failure == FailureClass::none && framer_.next(frame)) take_event(frame);
  if (framer_.fault() != FrameFault::none)
    note_failure(FailureClass::too_large, framer_.fault() == FrameFault::line_too_long
                                              ? "a line of the stream is longer than its bound"
                                              : "an event of the stream is larger than its bound");
}

void Connection::take_event(const Frame& frame) {
  const bool was_done = reply_state_.done;
  Piece piece;
  shared_.reader->read(shared_.job->dialect, frame, reply_state_, piece);
  EventRecord event;
  event.request = record_.index;
  event.bytes = static_cast<std::uint32_t>(frame.data.size());
  // What comes after the end mark is no part of the reply.
  event.kind = was_done && carries_tokens(piece.kind) ? EventClass::other : piece.kind;
  event.tokens = piece.tokens;
  event.flags = piece.flags;
  if (carried_ || frame.split) event.flags |= kSplit;
  carried_ = false;
  if (carries_tokens(event.kind)) {
    if (++token_events_ == 1) first_token_ns_ = read_ != nullptr ? read_->kernel_ns : last_read_ns_;
    if ((event.flags & kTokensKnown) != 0) {
      ++counted_events_;
      counted_source_ = piece.source;
    }
    const auto room = shared_.job->limits.kept_text - std::min(shared_.job->limits.kept_text, record_.text.size());
    if (room > 0 && event.kind == EventClass::content) record_.text.append(piece.text.substr(0, room));
  }
  ++events_seen_;
  events_.push_back(event);
  if (piece.failure != FailureClass::none) note_failure(piece.failure, std::string(piece.message));
}

void Connection::flush_events() {
  const std::uint8_t shared_flags = (events_.size() > 1 ? std::uint8_t{kCoalesced} : std::uint8_t{0}) |
                                    (read_ != nullptr && read_->kernel_stamp ? std::uint8_t{kKernelStamp} : std::uint8_t{0}) |
                                    (tls_ ? std::uint8_t{kTls} : std::uint8_t{0});
  for (auto& event : events_) {
    if (read_ != nullptr) {
      event.user_ns = read_->user_ns;
      event.kernel_ns = read_->kernel_ns;
      event.read = read_->number;
    } else {
      event.user_ns = event.kernel_ns = last_read_ns_;
    }
    event.flags |= shared_flags;
    shared_.sink->event(event);
  }
  events_.clear();
}

Step Connection::ended(int problem, std::int64_t user_ns) {
  if (state_ == State::connecting) return fail_to_connect(problem == 0 ? ECONNRESET : problem, user_ns);
  if (!busy_) {
    close();
    return Step::lost;
  }
  const bool reset = problem == ECONNRESET || problem == EPIPE;
  if (state_ == State::securing) {
    note_failure(FailureClass::tls, words_of("the server ended the handshake", problem));
  } else if (!got_bytes_) {
    if (state_ == State::writing && problem != 0) {
      note_failure(FailureClass::send_failed, words_of("the request could not be written", problem));
    } else {
      note_failure(reset ? FailureClass::reset_unanswered : FailureClass::closed_unanswered,
                   words_of("the server closed the connection without a byte of an answer", problem));
    }
  } else if (problem == 0 || reply_state_.done) {
    reply_.end_of_stream();
    // After the end mark nothing more was to come: that HTTP's own end is missing costs the connection alone.
    if (reply_.done() || reply_state_.done) return conclude(user_ns);
    note_failure(FailureClass::truncated, "the connection was closed before the answer's end");
  } else {
    note_failure(reset ? FailureClass::reset_midway : FailureClass::truncated,
                 words_of("the answer broke off", problem));
  }
  settle(user_ns);
  return Step::finished;
}

Step Connection::conclude(std::int64_t at_ns) {
  if (streaming_) {
    framer_.end();
    read_events();
    flush_events();
  }
  judge();
  settle(at_ns);
  return Step::finished;
}

void Connection::judge() {
  if (record_.failure != FailureClass::none) return;
  const auto& head = reply_.head();
  if (!streaming_) {
    auto found = read_failure({head.status, head.content_type, whole_, head.retry_after_s});
    note_failure(found.failure, std::move(found.message));
  } else if (!reply_state_.done && !reply_state_.finished) {
    note_failure(FailureClass::no_end_mark, "the stream ended without its end mark and without a reason to finish");
  } else if (token_events_ == 0) {
    note_failure(FailureClass::no_tokens, "a proper end without a single token");
  }
}

void Connection::note_failure(FailureClass failure, std::string words) {
  if (record_.failure != FailureClass::none) return;
  record_.failure = failure;
  record_.error = std::move(words);
}

void Connection::settle(std::int64_t at_ns) {
  record_.closed_ns = at_ns;
  ended_ns_ = monotonic_ns();
  record_.prompt_tokens = reply_state_.prompt_tokens;
  record_.cached_tokens = reply_state_.cached_tokens;
  record_.reasoning_tokens = reply_state_.reasoning_tokens;
  record_.completion_tokens = reply_state_.completion_tokens;
  record_.completion_source = reply_state_.completion_source;
  if (!record_.completion_tokens && token_events_ > 0 && counted_events_ == token_events_) {
    record_.completion_tokens = reply_state_.counted_tokens;
    record_.completion_source = counted_source_;
  }
  record_.finish_reason = reply_state_.finish_reason;
  record_.server = reply_state_.server;
  const bool reusable = reply_.done() && reply_.head().keep_alive && !reply_.surplus() && shared_.job->keep_alive &&
                        state_ == State::reading;
  if (reusable && socket_.open()) {
    state_ = State::idle;
  } else {
    close();
  }
}

void Connection::abandon(FailureClass failure, std::string words, std::int64_t now_ns) {
  note_failure(failure, std::move(words));
  settle(now_ns);
  close();
}

void Connection::transmitted(std::int64_t at_ns) {
  if (busy_) record_.tx_ns = at_ns;
}

FailureClass Connection::overdue(std::int64_t now_ns) const {
  const auto& limits = shared_.job->limits;
  if (state_ == State::connecting || state_ == State::securing)
    return now_ns - connect_begun_ns_ > nanos(limits.connect_s) ? FailureClass::connect_timeout : FailureClass::none;
  if (!busy_ || !record_.issued_ns) return FailureClass::none;
  if (now_ns - *record_.issued_ns > nanos(limits.total_s)) return FailureClass::total_timeout;
  if (!got_bytes_) {
    const auto from = record_.written_ns.value_or(*record_.issued_ns);
    return now_ns - from > nanos(limits.first_byte_s) ? FailureClass::first_byte_timeout : FailureClass::none;
  }
  return now_ns - last_read_ns_ > nanos(limits.idle_s) ? FailureClass::stalled : FailureClass::none;
}

bool Connection::worth_another_try() const {
  const auto failure = record_.failure;
  return record_.reused_connection && !got_bytes_ && record_.attempts < 2 &&
         (failure == FailureClass::closed_unanswered || failure == FailureClass::reset_unanswered ||
          failure == FailureClass::send_failed);
}

RequestRecord Connection::take() {
  busy_ = false;
  served_before_ = true;
  return std::move(record_);
}

void Connection::close() {
  socket_.close();
  tls_.reset();
  output_.clear();
  state_ = State::closed;
}

}  // namespace edgeeval::client
