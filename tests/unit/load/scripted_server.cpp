// SPDX-License-Identifier: Apache-2.0
#include "unit/load/scripted_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace edgeeval::testing {
namespace {

/// One request's head and body as sent; empty where the peer goes first.
std::string read_request(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    if (const auto head = text.find("\r\n\r\n"); head != std::string::npos) {
      std::size_t length = 0;
      constexpr std::string_view kLength = "Content-Length: ";
      if (const auto at = text.find(kLength); at != std::string::npos)
        std::from_chars(text.data() + at + kLength.size(), text.data() + text.size(), length);
      if (text.size() >= head + 4 + length) return text;
    }
    const auto got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    if (got <= 0) return {};
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Connection::~Connection() { ::close(descriptor_); }

void Connection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Connection::send_split(std::string_view bytes) const {
  for (const char byte : bytes) send({&byte, 1});
}

void Connection::reset_at_end() const {
  const linger hard{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

std::string Connection::next_request() const { return read_request(descriptor_); }

void Connection::wait_for_close() const {
  std::array<char, 256> buffer{};
  while (::recv(descriptor_, buffer.data(), buffer.size(), 0) > 0) {
  }
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts)
    : scripts_(std::move(scripts)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(listener_, 16);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
  }
  for (auto& worker : workers_) worker.join();
  ::close(listener_);
}

void ScriptedServer::accept_all() {
  for (std::size_t number = 0; !stopping_; ++number) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(descriptor);
    }
    const auto& script = scripts_[std::min(number, scripts_.size() - 1)];
    workers_.emplace_back([this, descriptor, &script] { serve(descriptor, script); });
  }
}

void ScriptedServer::serve(int descriptor, const Script& script) {
  const auto request = read_request(descriptor);
  Connection connection(descriptor);
  if (!request.empty()) script(connection, request);
  // Forgotten before it is closed, so that the destructor never shuts down a descriptor used anew.
  const std::lock_guard lock(mutex_);
  std::erase(open_, descriptor);
}

std::string chunked_head() {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view body) { return fmt::format("{:x}\r\n{}\r\n", body.size(), body); }

std::string chunked_answer(const std::vector<std::string>& chunks) {
  std::string text = chunked_head();
  for (const auto& body : chunks) text += chunk(body);
  return text + "0\r\n\r\n";
}

std::string plain_answer(int status, std::string_view body) {
  return fmt::format("HTTP/1.1 {} Status\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", status,
                     body.size(), body);
}

}  // namespace edgeeval::testing
