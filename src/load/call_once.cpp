// SPDX-License-Identifier: Apache-2.0
#include "load/call_once.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "load/clock_map.hpp"
#include "load/http_reply.hpp"
#include "load/request_text.hpp"
#include "load/socket.hpp"
#include "load/tls.hpp"

namespace edgeeval {
namespace client {
namespace {

constexpr std::size_t kLargestHead = 64U << 10U;
constexpr std::size_t kLargestBody = 64U << 20U;
constexpr std::int64_t kLook_ms = 100;  // Between two looks at whether it is to be given up.

/// Puts the body together.
class Whole final : public HttpTaker {
 public:
  bool head(const HttpHead&) override { return true; }
  bool body(std::string_view bytes) override {
    too_large = text.size() + bytes.size() > kLargestBody;
    if (!too_large) text.append(bytes);
    return !too_large;
  }
  std::string text;
  bool too_large = false;
};

/// One request and its answer on one connection, waiting for each step.
class Call {
 public:
  Call(const Target& target, double limit_s, std::string where, const CancelToken* cancel)
      : target_(target),
        limit_s_(limit_s),
        until_(monotonic_ns() + static_cast<std::int64_t>(std::min(limit_s, 9.0e9) * 1e9)),
        where_(std::move(where)),
        cancel_(cancel) {}

  [[nodiscard]] Result<void> connect() {
    auto addresses = resolve(target_);
    if (!addresses) return tl::unexpected(addresses.error());
    int error = 0;
    for (const auto& address : *addresses) {
      error = socket_.connect(address);
      if (error == 0) {
        if (auto ready = wait(POLLOUT); !ready) return ready;
        error = socket_.connect_error();
      }
      if (error == 0) return shake_hands();
    }
    return fail(error == ECONNREFUSED ? ErrorCode::unavailable : ErrorCode::io,
                std::string("cannot connect: ") + std::strerror(error), where_);
  }

  [[nodiscard]] Result<void> send(std::string_view text) {
    if (!tls_) return send_raw(text);
    if (!tls_->write(text))
      return fail(ErrorCode::io, "the TLS connection broke: " + tls_->problem(), where_);
    return send_cipher();
  }

  [[nodiscard]] Result<SmallReply> receive() {
    http_.begin(kLargestHead, true);
    while (!http_.done() && http_.fault() == HttpFault::none) {
      auto more = read_some();
      if (!more) return tl::unexpected(more.error());
      if (!*more) http_.end_of_stream();
    }
    if (whole_.too_large)
      return fail(ErrorCode::io, fmt::format("the answer is larger than {} bytes", kLargestBody), where_);
    if (!http_.done()) return fail(ErrorCode::io, "no whole HTTP answer: " + http_.problem(), where_);
    return SmallReply{http_.head().status, std::move(whole_.text), http_.head().fields};
  }

 private:
  [[nodiscard]] Result<void> wait(short events) {
    for (;;) {
      const auto left = until_ - monotonic_ns();
      if (left <= 0)
        return fail(ErrorCode::timed_out, fmt::format("no answer within {:g} s", limit_s_), where_);
      if (cancel_ != nullptr && cancel_->requested())
        return fail(ErrorCode::cancelled, "interrupted while an answer was waited for", where_);
      pollfd one{socket_.descriptor(), events, 0};
      if (::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left / 1'000'000 + 1, kLook_ms))) <= 0)
        continue;
      // A transmit stamp alone is no news.
      if ((one.revents & ~POLLERR) != 0) return {};
      bool found = false;
      static_cast<void>(socket_.transmit_stamp(found));
      if (!found) return {};
    }
  }

  [[nodiscard]] Result<void> send_raw(std::string_view bytes) {
    while (!bytes.empty()) {
      int error = 0;
      const auto sent = socket_.send(bytes, error);
      // What the server said before it closed is read below.
      if (error != 0) return {};
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (bytes.empty()) break;
      if (auto ready = wait(POLLOUT); !ready) return ready;
    }
    return {};
  }

  [[nodiscard]] Result<void> send_cipher() {
    cipher_.clear();
    tls_->drain(cipher_);
    return send_raw(cipher_);
  }

  [[nodiscard]] Result<void> shake_hands() {
    if (!target_.tls) return {};
    auto context = TlsContext::make(target_);
    if (!context) return tl::unexpected(context.error());
    auto session = context->session();
    if (!session) return tl::unexpected(session.error());
    tls_ = std::move(*session);
    for (;;) {
      const auto step = tls_->handshake();
      if (auto sent = send_cipher(); !sent) return sent;
      if (step == TlsStep::done) return {};
      if (step != TlsStep::more)
        return fail(ErrorCode::io, "the TLS handshake failed: " + tls_->problem(), where_);
      auto reading = read_raw();
      if (!reading) return tl::unexpected(reading.error());
      if (reading->bytes == 0)
        return fail(ErrorCode::io, "the server ended the connection during the TLS handshake", where_);
      tls_->take({buffer_.data(), reading->bytes});
    }
  }

  [[nodiscard]] Result<Reading> read_raw() {
    for (;;) {
      if (auto ready = wait(POLLIN); !ready) return tl::unexpected(ready.error());
      auto reading = socket_.receive(buffer_.data(), buffer_.size());
      if (reading.error == EAGAIN) continue;
      if (reading.error != 0)
        return fail(ErrorCode::io, std::string("the connection broke: ") + std::strerror(reading.error),
                    where_);
      return reading;
    }
  }

  /// Takes what comes next; false at the end of the stream.
  [[nodiscard]] Result<bool> read_some() {
    if (tls_ && decrypt()) return true;
    auto reading = read_raw();
    if (!reading) return tl::unexpected(reading.error());
    const std::string_view bytes(buffer_.data(), reading->bytes);
    if (!tls_) {
      http_.feed(bytes, whole_);
    } else {
      tls_->take(bytes);
      decrypt();
    }
    return !reading->ended;
  }

  bool decrypt() {
    bool any = false;
    std::size_t got = 0;
    while (tls_->read(plain_.data(), plain_.size(), got) == TlsStep::done) {
      http_.feed({plain_.data(), got}, whole_);
      any = true;
    }
    return any;
  }

  const Target& target_;
  double limit_s_;
  std::int64_t until_;
  std::string where_;
  const CancelToken* cancel_;
  Socket socket_;
  std::optional<TlsSession> tls_;
  std::string cipher_;
  HttpReply http_;
  Whole whole_;
  std::array<char, 16U << 10U> buffer_;
  std::array<char, 16U << 10U> plain_;
};

}  // namespace
}  // namespace client

Result<SmallReply> call_once(const Target& target, const std::string& path, const std::string& body,
                             double timeout_s, const CancelToken* cancel) {
  auto text = client::RequestText::make(target, path, "*/*", false);
  if (!text) return tl::unexpected(text.error());
  std::string request;
  text->write(body, request);
  client::Call call(target, timeout_s, target.url() + path, cancel);
  if (auto connected = call.connect(); !connected) return tl::unexpected(connected.error());
  if (auto sent = call.send(request); !sent) return tl::unexpected(sent.error());
  return call.receive();
}

Result<SmallReply> call_once(const Target& target, const std::string& path, const std::string& body,
                             double timeout_s) {
  return call_once(target, path, body, timeout_s, nullptr);
}

}  // namespace edgeeval
