// SPDX-License-Identifier: Apache-2.0
// A raw client of the mock server: bytes in, bytes out, waiting on sockets only.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "support/run_program.hpp"

namespace edgeeval::testing {

/// How a connection stands.
enum class End { open, closed, reset };

/// One connection to 127.0.0.1.
class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] End end() const { return end_; }
  void forget() { text_.clear(); }
  void send(const std::string& bytes) const { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// Reads once, without waiting.
  void read_now() {
    std::array<char, 65536> buffer{};
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) text_.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0) end_ = End::closed;
    if (got < 0 && errno != EAGAIN && errno != EINTR) end_ = End::reset;
  }

  /// Reads until `done` or the connection's end; false where neither comes in 30 s, which only a failure
  /// takes.
  bool read_until(const std::function<bool(const std::string&)>& done) {
    while (end_ == End::open && !done(text_)) {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 30'000) <= 0) return false;
      read_now();
    }
    return true;
  }
  /// Reads until the connection ends.
  bool read_all() {
    return read_until([](const std::string&) { return false; });
  }
  /// Segments with data that the kernel has received.
  [[nodiscard]] unsigned segments() const {
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_data_segs_in;
  }

 private:
  int socket_;
  bool connected_ = false;
  std::string text_;
  End end_ = End::open;
};

/// A POST with a JSON body.
inline std::string post(const std::string& path, const std::string& body, const std::string& fault = {},
                        bool keep_alive = true) {
  return "POST " + path + " HTTP/1.1\r\nHost: mock\r\nContent-Type: application/json\r\n" +
         (keep_alive ? "" : "Connection: close\r\n") +
         (fault.empty() ? "" : "X-Mock-Fault: " + fault + "\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: mock\r\n\r\n"; }

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// The body of a chunked answer; nothing where it is not whole or wrongly framed. Heads before it are
/// skipped.
inline std::optional<std::string> dechunked(const std::string& text) {
  auto at = text.find("Transfer-Encoding: chunked");
  if (at == std::string::npos) return std::nullopt;
  at = text.find("\r\n\r\n", at) + 4;
  std::string body;
  for (;;) {
    const auto line = text.find("\r\n", at);
    if (line == std::string::npos) return std::nullopt;
    std::size_t size = 0;
    if (std::from_chars(text.data() + at, text.data() + line, size, 16).ec != std::errc())
      return std::nullopt;
    if (size == 0) return text.find("\r\n\r\n", at) == std::string::npos ? std::nullopt : std::optional(body);
    if (line + 2 + size + 2 > text.size() || text.substr(line + 2 + size, 2) != "\r\n") return std::nullopt;
    body += text.substr(line + 2, size);
    at = line + 2 + size + 2;
  }
}

/// A chunked answer that has come whole.
inline bool whole(const std::string& text) { return dechunked(text).has_value(); }

/// Runs `edgeeval mock-server` with `arguments`, lets `client` talk to its port, and ends it with SIGTERM.
inline Ran with_server(std::vector<std::string> arguments, const std::function<void(int port)>& client,
                       int signal = SIGTERM) {
  std::vector<std::string> all{std::string(EDGEEVAL_BIN_DIR) + "/edgeeval", "mock-server"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_program(all, [&](const std::string& line) -> std::optional<int> {
    if (!line.starts_with("listening ")) return std::nullopt;
    client(std::stoi(line.substr(line.rfind(':') + 1)));
    return signal;
  });
}

}  // namespace edgeeval::testing
