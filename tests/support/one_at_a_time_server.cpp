// SPDX-License-Identifier: Apache-2.0
#include "support/one_at_a_time_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace edgeeval::testing {
namespace {

constexpr int kLook_ms = 50;  // Between two looks at whether it is to end.

std::string with_length(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Status\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string stream_of(const std::vector<std::string>& events) {
  std::string body;
  for (const auto& event : events) body += "data: " + event + "\n\n";
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// The size of the first whole request in `text`; 0 where there is none yet.
std::size_t whole_request(std::string_view text) {
  const auto head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  std::size_t length = 0;
  if (const auto at = text.find(kLength); at < head)
    std::from_chars(text.data() + at + kLength.size(), text.data() + head, length);
  const auto size = head + 4 + length;
  return text.size() >= size ? size : 0;
}

void send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

OneAtATimeServer::OneAtATimeServer(std::chrono::milliseconds service)
    : service_(service), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

OneAtATimeServer::~OneAtATimeServer() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
  for (const auto& [descriptor, text] : open_) ::close(descriptor);
  ::close(listener_);
}

void OneAtATimeServer::listen() {
  ::listen(listener_, 1024);
  thread_ = std::thread([this] { serve(); });
}

void OneAtATimeServer::serve() {
  while (!stopping_.load()) {
    std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
    for (const auto& [descriptor, text] : open_) waiting.push_back({descriptor, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), kLook_ms) <= 0) continue;
    for (const auto& one : waiting) {
      if (one.revents == 0 || stopping_.load()) continue;
      if (one.fd == listener_) {
        accept_one();
        continue;
      }
      auto& text = open_[one.fd];
      if (!read_from(one.fd, text)) {
        ::close(one.fd);
        open_.erase(one.fd);
        continue;
      }
      for (auto size = whole_request(text); size > 0; size = whole_request(text)) {
        send_all(one.fd, answer(text.substr(0, size)));
        text.erase(0, size);
      }
    }
  }
}

void OneAtATimeServer::accept_one() {
  const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (descriptor >= 0) open_[descriptor];
}

bool OneAtATimeServer::read_from(int descriptor, std::string& text) const {
  std::array<char, 65536> buffer{};
  const auto got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

std::string OneAtATimeServer::answer(const std::string& request) const {
  if (request.starts_with("GET /v1/models "))
    return with_length(200, R"({"object":"list","data":[{"id":"slow","object":"model","owned_by":"test"}]})");
  if (!request.starts_with("POST /v1/chat/completions ")) return with_length(404, "{}");
  std::this_thread::sleep_for(service_);
  return stream_of({R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})",
                    R"({"choices":[{"index":0,"delta":{"content":"word"}}]})",
                    R"({"choices":[{"index":0,"delta":{},"finish_reason":"length"}]})",
                    R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}})",
                    "[DONE]"});
}

}  // namespace edgeeval::testing
