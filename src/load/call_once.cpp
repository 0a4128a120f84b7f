// SPDX-License-Identifier: Apache-2.0
// One small request and its whole answer, waited for.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "load/address.hpp"
#include "load/client.hpp"
#include "load/clock_map.hpp"
#include "load/http_reply.hpp"
#include "load/socket.hpp"
#include "load/tls.hpp"

namespace edgeeval {
namespace {

using client::monotonic_ns;

constexpr std::size_t kLargestHead = 64U << 10U;
constexpr std::size_t kLargestBody = 64U << 20U;

/// Keeps an answer.
class Keeper final : public client::HttpTaker {
 public:
  bool head(const client::HttpHead& head) override {
    reply.status = head.status;
    reply.headers = head.fields;
    return true;
  }
  bool body(std::string_view bytes) override {
    reply.body += bytes;
    return reply.body.size() <= kLargestBody;
  }
  SmallReply reply;
};

class Call {
 public:
  Call(const Target& target, const std::string& path, double timeout_s)
      : target_(target),
        where_(target.url() + path),
        until_ns_(monotonic_ns() + static_cast<std::int64_t>(timeout_s * 1e9)) {}

  Result<SmallReply> run(const std::string& path, const std::string& body) {
    if (auto ready = connect(); !ready) return tl::unexpected(ready.error());
    if (auto sent = send(request(path, body)); !sent) return tl::unexpected(sent.error());
    return receive();
  }

 private:
  [[nodiscard]] std::string request(const std::string& path, const std::string& body) const {
    auto text = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept: */*\r\n",
                            body.empty() ? "GET" : "POST", target_.base, path, target_.authority());
    if (!target_.api_key.empty()) text += "Authorization: Bearer " + target_.api_key + "\r\n";
    for (const auto& line : target_.headers) text += line + "\r\n";
    if (!body.empty())
      text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    return text + "\r\n" + body;
  }

  /// Waits until the socket can do `what`. Errors: timed_out.
  Result<void> wait(short what) const {
    while (true) {
      const auto left = until_ns_ - monotonic_ns();
      if (left <= 0) return fail(ErrorCode::timed_out, "no answer in time", where_);
      pollfd waiting{socket_.get(), what, 0};
      if (::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left / 1'000'000 + 1, 1000))) > 0) return {};
    }
  }

  Result<void> connect() {
    auto addresses = client::resolve(target_);
    if (!addresses) return tl::unexpected(addresses.error());
    int problem = 0;
    for (const auto& address : *addresses) {
      auto begun = client::begin_connect(address);
      problem = begun.problem;
      if (problem != 0) continue;
      socket_ = std::move(begun.socket);
      if (auto ready = wait(POLLOUT); !ready) return ready;
      problem = client::connect_problem(socket_.get());
      if (problem == 0) return secure();
    }
    return fail(ErrorCode::io, std::string("cannot connect: ") + std::strerror(problem), where_,
                problem == ECONNREFUSED ? "Nothing listens there: is the server running, and on this port?" : "");
  }

  Result<void> secure() {
    if (!target_.tls) return {};
    auto context = client::TlsContext::make(target_);
    if (!context) return tl::unexpected(context.error());
    context_.emplace(std::move(*context));
    tls_.emplace(*context_);
    while (!tls_->handshake()) {
      if (auto flushed = flush(); !flushed) return flushed;
      if (!tls_->problem().empty()) {
        return fail(ErrorCode::io, "TLS: " + tls_->problem(), where_,
                    "--ca-file names further authorities; --insecure checks nothing, and says so in every report.");
      }
      if (auto ready = wait(POLLIN); !ready) return ready;
      const auto read = client::read_stamped(socket_.get(), buffer_);
      if (read.bytes == 0 || (read.bytes < 0 && read.problem != EAGAIN))
        return fail(ErrorCode::io, "TLS: the server ended the handshake; does it speak TLS on this port?", where_);
      if (read.bytes > 0) tls_->feed({buffer_.data(), static_cast<std::size_t>(read.bytes)});
    }
    return flush();
  }

  Result<void> flush() {
    std::string out;
    tls_->take_output(out);
    return send_plain(out);
  }

  Result<void> send(const std::string& text) {
    if (!tls_) return send_plain(text);
    tls_->write(text);
    return flush();
  }

  Result<void> send_plain(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR)
        return fail(ErrorCode::io, std::string("the request could not be written: ") + std::strerror(errno), where_);
      if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
      if (!text.empty()) {
        if (auto ready = wait(POLLOUT); !ready) return ready;
      }
    }
    return {};
  }

  Result<SmallReply> receive() {
    client::HttpReply reply;
    reply.begin(kLargestHead, true);
    Keeper keeper;
    while (!reply.done() && reply.fault() == client::HttpFault::none) {
      if (auto ready = wait(POLLIN); !ready) return tl::unexpected(ready.error());
      const auto read = client::read_stamped(socket_.get(), buffer_);
      if (read.bytes < 0 && (read.problem == EAGAIN || read.problem == EINTR)) continue;
      if (read.bytes < 0)
        return fail(ErrorCode::io, std::string("the answer broke off: ") + std::strerror(read.problem), where_);
      if (read.bytes == 0) {
        reply.end_of_stream();
        break;
      }
      take(reply, keeper, {buffer_.data(), static_cast<std::size_t>(read.bytes)});
    }
    if (reply.fault() != client::HttpFault::none) return fail(ErrorCode::io, "not an HTTP answer: " + reply.problem(), where_);
    return std::move(keeper.reply);
  }

  void take(client::HttpReply& reply, Keeper& keeper, std::string_view bytes) {
    if (!tls_) {
      reply.feed(bytes, keeper);
      return;
    }
    tls_->feed(bytes);
    std::string plain;
    static_cast<void>(tls_->read(plain));
    reply.feed(plain, keeper);
    if (tls_->closed()) reply.end_of_stream();
  }

  const Target& target_;
  std::string where_;
  std::int64_t until_ns_;
  client::Descriptor socket_;
  std::optional<client::TlsContext> context_;
  std::optional<client::TlsSession> tls_;
  std::array<char, 16U << 10U> buffer_{};
};

}  // namespace

Result<SmallReply> call_once(const Target& target, const std::string& path, const std::string& body,
                             double timeout_s) {
  return Call(target, path, timeout_s).run(path, body);
}

}  // namespace edgeeval
