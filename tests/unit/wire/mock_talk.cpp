// SPDX-License-Identifier: Apache-2.0
#include "unit/wire/mock_talk.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>

namespace edgeeval {
namespace {

mock::MockServer started(mock::Script script) {
  auto server = mock::MockServer::start(std::move(script));
  if (!server) throw std::runtime_error(server.error().message);
  return std::move(*server);
}

/// Closes a descriptor at its end.
struct Descriptor {
  int fd;
  ~Descriptor() { close(fd); }
};

std::string dechunked(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const auto line = body.find("\r\n");
    std::size_t size = 0;
    if (line == std::string_view::npos) break;
    std::from_chars(body.data(), body.data() + line, size, 16);
    if (size == 0 || line + 2 + size > body.size()) break;
    out += body.substr(line + 2, size);
    body.remove_prefix(std::min(line + 4 + size, body.size()));
  }
  return out;
}

SmallAnswer parsed(const std::string& bytes) {
  SmallAnswer answer;
  const auto end = bytes.find("\r\n\r\n");
  std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
  auto at = bytes.find("\r\n") + 2;
  while (at < end) {
    const auto next = bytes.find("\r\n", at);
    const auto line = bytes.substr(at, next - at);
    const auto colon = line.find(": ");
    auto name = line.substr(0, colon);
    for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (colon != std::string::npos) answer.headers[name] = line.substr(colon + 2);
    at = next + 2;
  }
  answer.body = bytes.substr(end + 4);
  if (answer.headers.count("transfer-encoding") > 0) answer.body = dechunked(answer.body);
  return answer;
}

}  // namespace

MockOnThread::MockOnThread(mock::Script script)
    : server_(started(std::move(script))), thread_([this] { static_cast<void>(server_.run(stop_)); }) {}

MockOnThread::~MockOnThread() {
  stop_.request();
  thread_.join();
}

Result<SmallAnswer> ask_port(std::uint16_t port, const std::string& path, const std::string& body,
                             const std::string& fault) {
  const Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail(ErrorCode::io, "connection refused");
  std::string request =
      (body.empty() ? "GET " : "POST ") + path + " HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n";
  if (!fault.empty()) request += "X-Mock-Fault: " + fault + "\r\n";
  if (!body.empty())
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n" + body;
  if (send(socket.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    return fail(ErrorCode::io, "not sent");
  std::string bytes;
  char portion[16384];
  for (;;) {
    const auto got = recv(socket.fd, portion, sizeof portion, 0);
    if (got <= 0) break;
    bytes.append(portion, static_cast<std::size_t>(got));
  }
  if (!bytes.starts_with("HTTP/1.1 ") || bytes.find("\r\n\r\n") == std::string::npos)
    return fail(ErrorCode::io, "no answer");
  return parsed(bytes);
}

SmallCall call_to(std::uint16_t port, int* count) {
  return [port, count](const std::string& path, const std::string& body) {
    if (count != nullptr) ++*count;
    return ask_port(port, path, body);
  };
}

}  // namespace edgeeval
