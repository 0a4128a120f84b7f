// SPDX-License-Identifier: Apache-2.0
#include "load/reach.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "core/monotonic.hpp"

namespace edgeeval {
namespace {

class Socket {
 public:
  explicit Socket(int family)
      : descriptor_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Where our own end got the very port that was asked for, both ends are one: TCP then "connects" to itself.
bool connected_to_itself(int descriptor) {
  sockaddr_storage ours{};
  sockaddr_storage theirs{};
  socklen_t our_size = sizeof ours;
  socklen_t their_size = sizeof theirs;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&ours), &our_size) != 0) return false;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&theirs), &their_size) != 0) return false;
  return ours.ss_family != AF_UNIX && our_size == their_size && std::memcmp(&ours, &theirs, our_size) == 0;
}

}  // namespace

std::string address_of(const Target& target) {
  if (!target.unix_path.empty()) return target.unix_path;
  const bool brackets = target.host.find(':') != std::string::npos;
  return brackets ? fmt::format("[{}]:{}", target.host, target.port)
                  : fmt::format("{}:{}", target.host, target.port);
}

Result<Doorstep> Doorstep::of(const Target& target) {
  Doorstep doorstep;
  if (!target.unix_path.empty()) {
    Address address;
    auto* name = reinterpret_cast<sockaddr_un*>(&address.bytes);
    name->sun_family = AF_UNIX;
    if (target.unix_path.size() >= sizeof name->sun_path) {
      return fail(ErrorCode::io,
                  fmt::format("a socket's path has at most {} bytes", sizeof name->sun_path - 1),
                  target.unix_path);
    }
    std::memcpy(name->sun_path, target.unix_path.c_str(), target.unix_path.size() + 1);
    address.size = sizeof(sockaddr_un);
    doorstep.addresses_.push_back(address);
    return doorstep;
  }
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int answer = ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &wanted, &list);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  if (answer != 0)
    return fail(ErrorCode::io, std::string("the host has no address: ") + ::gai_strerror(answer),
                target.host);
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    Address address;
    if (entry->ai_addrlen > sizeof address.bytes) continue;
    std::memcpy(&address.bytes, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    doorstep.addresses_.push_back(address);
  }
  return doorstep;
}

Reached Doorstep::knock_at(const Address& address, int timeout_ms) {
  Reached reached;
  const Socket socket(address.bytes.ss_family);
  reached.begun_ns = monotonic_ns();
  int error = 0;
  if (::connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0) {
    error = errno;
    // A Unix socket whose queue is full says EAGAIN: somebody listens, and does not accept yet.
    pollfd waiting{socket.descriptor(), POLLOUT, 0};
    if (error == EINPROGRESS) {
      error = ETIMEDOUT;
      socklen_t size = sizeof error;
      if (::poll(&waiting, 1, timeout_ms) > 0)
        ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
  }
  reached.ended_ns = monotonic_ns();
  if (error == 0 && connected_to_itself(socket.descriptor())) error = ECONNREFUSED;
  reached.accepted = error == 0;
  if (error != 0) reached.why = std::strerror(error);
  return reached;
}

Reached Doorstep::knock(int timeout_ms) const {
  Reached reached;
  for (const auto& address : addresses_) {
    const auto begun_ns = reached.begun_ns;
    reached = knock_at(address, timeout_ms);
    if (begun_ns != 0) reached.begun_ns = begun_ns;
    if (reached.accepted) break;
  }
  return reached;
}

}  // namespace edgeeval
