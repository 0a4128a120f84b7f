// SPDX-License-Identifier: Apache-2.0
#include "load/connection.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include "load/clock_map.hpp"

namespace edgeeval::client {

ConnectFailure connect_failure(int error) {
  const std::string words = std::string("cannot connect: ") + std::strerror(error);
  switch (error) {
    case ECONNREFUSED:
    case ECONNRESET:
      return {FailureClass::refused, words};
    case ETIMEDOUT:
      return {FailureClass::connect_timeout, words};
    case EMFILE:
    case ENFILE:
      return {FailureClass::other, words + " (raise the limit with ulimit -n)"};
    case EADDRNOTAVAIL:
      return {FailureClass::other, words + " (no local port is free)"};
    case EAGAIN:
      return {FailureClass::refused, "cannot connect: the server's queue is full"};
    case ENOENT:
    case EACCES:
    case EPERM:
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return {FailureClass::unreachable, words};
    default:
      return {FailureClass::other, words};
  }
}

std::optional<ConnectFailure> Connection::open(const Address& to, std::size_t number, const TlsContext* tls) {
  address = number;
  carried = more_to_read = false;
  broken.reset();
  tls_.reset();
  cipher_.clear();
  unsent_ = {};
  request_out_ = true;
  send_error_ = 0;
  connected_ns = secured_ns = 0;
  if (tls != nullptr) {
    auto session = tls->session();
    if (!session) return ConnectFailure{FailureClass::tls, session.error().message};
    tls_ = std::move(*session);
  }
  begun_ns = last_ns = monotonic_ns();
  if (const int error = socket.connect(to); error != 0) {
    close();
    return connect_failure(error);
  }
  stage = Stage::connecting;
  return std::nullopt;
}

std::optional<ConnectFailure> Connection::connected_or_not() {
  if (const int error = socket.connect_error(); error != 0) return connect_failure(error);
  connected_ns = monotonic_ns();
  stage = tls_ ? Stage::handshaking : Stage::idle;
  if (tls_) shake_hands();
  return std::exchange(broken, std::nullopt);
}

void Connection::shake_hands() {
  const auto step = tls_->handshake();
  drain_tls();
  send_more();
  if (step == TlsStep::done) {
    secured_ns = monotonic_ns();
    stage = Stage::idle;
  } else if (step != TlsStep::more) {
    broken = ConnectFailure{FailureClass::tls, "the TLS handshake failed: " + tls_->problem()};
  }
}

/// What TLS wants to send goes behind what is not sent yet.
void Connection::drain_tls() {
  if (unsent_.empty()) {
    cipher_.clear();
  } else {
    cipher_.erase(0, cipher_.size() - unsent_.size());
  }
  tls_->drain(cipher_);
  unsent_ = cipher_;
}

void Connection::issue() {
  auto& record = flight->record;
  ++record.attempts;
  record.reused_connection = carried;
  if (of_its_flight) {
    record.connect_begun_ns = begun_ns;
    record.connected_ns = connected_ns;
    if (tls_) record.tls_ns = secured_ns;
  }
  reader.begin(record);
  record.request_bytes = static_cast<std::uint32_t>(flight->text.size());
  if (!tls_) {
    unsent_ = flight->text;
  } else if (tls_->write(flight->text)) {
    drain_tls();
  } else {
    send_error_ = EPIPE;
  }
  carried = true;
  request_out_ = false;
  stage = Stage::busy;
  record.issued_ns = last_ns = monotonic_ns();
  send_more();
}

void Connection::send_more() {
  if (!unsent_.empty()) {
    int error = 0;
    const auto sent = socket.send(unsent_, error);
    // What the server said before it closed is read first: its answer may be there.
    if (error != 0) send_error_ = error;
    unsent_.remove_prefix(error != 0 ? unsent_.size() : static_cast<std::size_t>(sent));
  }
  if (stage != Stage::busy || request_out_ || !unsent_.empty() || send_error_ != 0) return;
  request_out_ = true;
  flight->record.written_ns = monotonic_ns();
}

void Connection::take(const Reading& reading, std::string_view bytes, ReadStamp stamp,
                      std::span<char> scratch) {
  if (!bytes.empty()) {
    last_ns = reading.user_ns;
    if (tls_) {
      take_cipher(reading, bytes, stamp, scratch);
    } else if (stage == Stage::busy) {
      reader.start_read(stamp, bytes.size());
      reader.feed(bytes);
      reader.finish_read();
    } else {
      broken = ConnectFailure{FailureClass::not_http, "the server spoke without being asked"};
    }
  }
  if (reading.ended || (reading.error != 0 && reading.error != EAGAIN)) end_of_reading(reading);
}

void Connection::take_cipher(const Reading& reading, std::string_view bytes, const ReadStamp& stamp,
                             std::span<char> scratch) {
  tls_->take(bytes);
  if (stage == Stage::handshaking) shake_hands();
  if (broken || stage == Stage::handshaking) return;
  auto tls_stamp = stamp;
  tls_stamp.flags = static_cast<std::uint8_t>(stamp.flags | kTls);
  const auto step = take_plain(tls_stamp, scratch);
  drain_tls();
  send_more();
  if (step == TlsStep::closed) end_of_reading(reading);
  if (step != TlsStep::failed) return;
  if (stage == Stage::busy) {
    reader.give_up(FailureClass::tls, "the TLS connection broke: " + tls_->problem(), reading.user_ns);
  } else {
    broken = ConnectFailure{FailureClass::tls, tls_->problem()};
  }
}

/// Decrypts all there is; session tickets and the like bring no plain bytes, and so are no part of the reply.
TlsStep Connection::take_plain(const ReadStamp& stamp, std::span<char> scratch) {
  bool begun = false;
  for (;;) {
    std::size_t got = 0;
    const auto step = tls_->read(scratch.data(), scratch.size(), got);
    if (step != TlsStep::done) {
      if (begun) reader.finish_read();
      return step;
    }
    if (stage != Stage::busy) {
      broken = ConnectFailure{FailureClass::not_http, "the server spoke without being asked"};
      return TlsStep::more;
    }
    // Reads of one stamp: the first begins it, the others only add their bytes.
    reader.start_read(stamp, got);
    begun = true;
    reader.feed({scratch.data(), got});
  }
}

void Connection::end_of_reading(const Reading& reading) {
  const auto at = reading.user_ns;
  if (stage == Stage::handshaking) {
    broken = ConnectFailure{FailureClass::tls, "the server ended the connection during the TLS handshake"};
  } else if (stage != Stage::busy) {
    broken = ConnectFailure{FailureClass::closed_unanswered, "the server closed the idle connection"};
  } else if (flight->record.reply_bytes == 0 && send_error_ != 0) {
    reader.give_up(FailureClass::send_failed,
                   std::string("the request could not be sent: ") + std::strerror(send_error_), at);
  } else if (reading.error == ECONNRESET || reading.error == EPIPE) {
    reader.reset(at);
  } else if (reading.error != 0 && !reading.ended && reading.bytes == 0) {
    reader.give_up(FailureClass::other, std::string("reading failed: ") + std::strerror(reading.error), at);
  } else {
    reader.end_of_stream(at);
  }
}

void Connection::close() {
  socket.close();
  stage = Stage::closed;
  unsent_ = {};
}

}  // namespace edgeeval::client
