// SPDX-License-Identifier: Apache-2.0
#include "mock/connection.hpp"

#include <sys/socket.h>

#include <algorithm>

namespace edgeeval::mock {
namespace {

constexpr std::size_t kGiantBlock = 1U << 16U;
constexpr int kMostBlocks = 4;
constexpr std::size_t kMostAhead = 1U << 20U;

bool begins_long_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0xC0U; }

}  // namespace

bool Connection::read() {
  const auto received = receive(socket_.get(), in_);
  if (received.bytes > 0) {
    // A client that floods a busy connection is given up; what comes in turn is small.
    if (busy() && in_.size() > kMostAhead) {
      abandon("client-floods");
      return false;
    }
    received_ns_ = received.arrived_ns;
    return true;
  }
  if (received.bytes < 0 && !received.failed) return true;
  abandon("client-closed");
  return false;
}

std::optional<HttpRequest> Connection::next_request() {
  if (busy() || closed_ || close_when_flushed_ || in_.empty()) return std::nullopt;
  auto request = reader_.take(in_);
  if (request) return std::move(*request);
  answer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false);
  return std::nullopt;
}

void Connection::begin(Reply reply) {
  auto& totals = shared_.totals;
  ++totals.requests;
  if (!reply.fault.empty()) ++totals.faults;
  totals.most_streams = std::max(totals.most_streams, ++shared_.streams);
  LogRecord record;
  record.what = LogRecord::What::request;
  record.request = reply.number;
  record.connection = id_;
  base_ns_ = received_ns();
  record.first_ns = base_ns_;
  record.second_ns = monotonic_ns();
  record.prompt_tokens = reply.asked.prompt_tokens;
  record.tokens = reply.tokens;
  record.text = reply.fault;
  shared_.log.note(record);
  cut_random_ = SplitMix64(reply.number);
  at_ = 0;
  served_ = {reply.number, base_ns_, {}, {}, reply.asked.prompt_tokens, reply.cut_short};
  reply_ = std::move(reply);
  next_due_ = reply_->steps.empty() ? kNever : base_ns_ + reply_->steps.front().due;
}

void Connection::answer(std::string_view bytes, bool keep_alive) {
  ++shared_.totals.other_requests;
  send_or_keep(bytes);
  if (!keep_alive) end_connection(false);
}

void Connection::perform(std::int64_t now) {
  next_due_ = kNever;
  while (reply_ && !closed_ && !close_when_flushed_) {
    if (!cuts_.empty()) {
      if (slice_due_ > now) {
        next_due_ = slice_due_;
        return;
      }
      send_slice(now);
      continue;
    }
    if (at_ == reply_->steps.size()) return;
    const auto due = base_ns_ + reply_->steps[at_].due;
    if (due > now) {
      next_due_ = due;
      return;
    }
    collect_group();
    if (is_cut()) {
      find_cuts();
      slice_due_ = now;
    } else {
      send_group();
    }
  }
}

void Connection::collect_group() {
  group_.clear();
  shared_.scratch.clear();
  bool more = true;
  while (more && at_ < reply_->steps.size()) {
    const auto& step = reply_->steps[at_];
    const auto size = shared_.scratch.size();
    shared_.renderer.append(shared_.scratch, *reply_, step);
    group_.push_back({at_, static_cast<std::uint32_t>(shared_.scratch.size() - size)});
    more = step.hold;
    ++at_;
  }
}

bool Connection::is_cut() const {
  const auto& script = reply_->script;
  if (script.cut == Cut::none || shared_.scratch.size() < 2) return false;
  return reply_->steps[group_.front().step].kind != StepKind::head || script.cut_head;
}

/// Where the group's bytes are cut: `cuts_` are the ends of the slices.
void Connection::find_cuts() {
  slices_ = shared_.scratch;
  cuts_.clear();
  slice_ = 0;
  const auto& script = reply_->script;
  if (script.cut == Cut::random) {
    for (std::uint32_t i = 1; i < script.parts; ++i)
      cuts_.push_back(1 + cut_random_.below(slices_.size() - 1));
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
  } else {
    for (std::size_t i = 0; i + 1 < slices_.size(); ++i) {
      const bool here = script.cut == Cut::every_byte ||
                        (script.cut == Cut::utf8 && begins_long_character(slices_[i])) ||
                        (script.cut == Cut::crlf && slices_[i] == '\r' && slices_[i + 1] == '\n');
      if (here) cuts_.push_back(i + 1);
    }
  }
  cuts_.push_back(slices_.size());
}

void Connection::send_slice(std::int64_t now) {
  const auto from = slice_ == 0 ? 0 : cuts_[slice_ - 1];
  const auto bytes = std::string_view(slices_).substr(from, cuts_[slice_] - from);
  const auto before = monotonic_ns();
  if (slice_ == 0) first_slice_ns_ = before;
  const auto unsent = send_or_keep(bytes);
  if (!reply_) return;  // The client is gone, and its reply with it.
  if (++slice_ < cuts_.size()) {
    slice_due_ = now + reply_->script.gap.count();
    return;
  }
  cuts_.clear();
  note_group(first_slice_ns_, monotonic_ns(), unsent);
  finish_group();
}

void Connection::send_group() {
  const auto before = monotonic_ns();
  const auto unsent = send_or_keep(shared_.scratch);
  if (!reply_) return;  // The client is gone, and its reply with it.
  note_group(before, monotonic_ns(), unsent);
  finish_group();
}

void Connection::note_group(std::int64_t before, std::int64_t after, std::size_t unsent) {
  auto& totals = shared_.totals;
  for (const auto& sent : group_) {
    const auto& step = reply_->steps[sent.step];
    const auto due = base_ns_ + step.due;
    if (step.tokens > 0 && step.kind != StepKind::whole) {
      ++totals.events;
      if (!step.hold) shared_.late.add(before - due);
      if (unsent > 0) ++totals.blocked_events;
    }
    totals.tokens += step.tokens;
    if (step.tokens > 0) shared_.served.sent(served_, before, step.tokens);
    if (!shared_.log.on()) continue;
    LogRecord record;
    record.kind = step.kind;
    record.request = reply_->number;
    record.connection = id_;
    record.first_ns = before;
    record.second_ns = after;
    record.due_ns = due;
    record.step = static_cast<std::uint32_t>(sent.step);
    record.bytes = sent.bytes;
    record.unsent = static_cast<std::uint32_t>(std::min<std::size_t>(unsent, sent.bytes));
    record.tokens = step.tokens;
    shared_.log.note(record);
  }
}

void Connection::finish_group() {
  if (closed_) return;
  // Whatever becomes of the connection: the server has made all of the reply's tokens.
  if (at_ == reply_->steps.size() && served_.tokens == reply_->tokens) shared_.served.ended(served_);
  const auto& last = last_of_group();
  if (last.kind == StepKind::giant) {
    giant_left_ = reply_->script.giant_bytes;
    close_when_flushed_ = true;
    flush();
    return;
  }
  if (last.after != After::next) {
    const bool reset = last.after == After::reset;
    end_reply(reset ? "reset" : "closed");
    return end_connection(reset);
  }
  if (at_ == reply_->steps.size() && !reply_->endless) end_reply("complete");
}

void Connection::end_reply(std::string_view how) {
  if (!reply_) return;
  LogRecord record;
  record.what = LogRecord::What::end;
  record.request = reply_->number;
  record.connection = id_;
  record.first_ns = monotonic_ns();
  ended_ns_ = record.first_ns;
  record.text = how;
  shared_.log.note(record);
  ++shared_.totals.completed;
  --shared_.streams;
  reply_.reset();
  cuts_.clear();
  next_due_ = kNever;
}

void Connection::abandon(std::string_view how) {
  if (reply_) {
    end_reply(how);
    --shared_.totals.completed;
    ++shared_.totals.abandoned;
  }
  closed_ = true;
}

void Connection::end_connection(bool reset) {
  if (reset) {
    reset_on_close(socket_.get());
    closed_ = true;
  } else if (waiting()) {
    close_when_flushed_ = true;
  } else {
    ::shutdown(socket_.get(), SHUT_WR);
    closed_ = true;
  }
}

/// Returns how many of the bytes wait.
std::size_t Connection::send_or_keep(std::string_view bytes) {
  if (waiting()) {
    out_ += bytes;
    return bytes.size();
  }
  const auto sent = bytes.empty() ? 0 : send_some(socket_.get(), bytes);
  if (sent < 0) {
    abandon("client-closed");
    return bytes.size();
  }
  shared_.totals.bytes += static_cast<std::uint64_t>(sent);
  const auto left = bytes.substr(static_cast<std::size_t>(sent));
  if (!left.empty()) {
    out_ = left;
    out_at_ = 0;
  }
  return left.size();
}

void Connection::flush() {
  // A fast reader of a line without end must not keep the server from the others.
  for (int blocks = 0; !closed_ && (waiting() || giant_left_ > 0); ++blocks) {
    if (blocks == kMostBlocks) return;
    if (!waiting()) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(giant_left_, kGiantBlock));
      const bool first = giant_left_ == reply_->script.giant_bytes && size > 6;
      out_ = first ? "data: " + std::string(size - 6, 'a') : std::string(size, 'a');
      out_at_ = 0;
      giant_left_ -= size;
    }
    const auto sent = send_some(socket_.get(), std::string_view(out_).substr(out_at_));
    if (sent < 0) return abandon("client-closed");
    if (sent == 0) return;
    shared_.totals.bytes += static_cast<std::uint64_t>(sent);
    out_at_ += static_cast<std::size_t>(sent);
  }
  if (closed_) return;
  out_.clear();
  out_at_ = 0;
  if (!close_when_flushed_) return;
  end_reply("closed");
  end_connection(false);
}

}  // namespace edgeeval::mock
