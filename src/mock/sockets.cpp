// SPDX-License-Identifier: Apache-2.0
#include "mock/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "core/files.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::size_t kReadBytes = 1U << 16U;

std::int64_t nanos_of(clockid_t clock) noexcept {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * kNanosPerSecond + time.tv_nsec;
}

void set_flag(int socket, int level, int name) noexcept {
  const int on = 1;
  ::setsockopt(socket, level, name, &on, sizeof on);
}

/// The kernel's own stamp of a message, on the steady clock; `now` where it has none or none that can be.
std::int64_t arrival_of(msghdr& message, std::int64_t now) noexcept {
  for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    const auto age = nanos_of(CLOCK_REALTIME) - (stamp.tv_sec * kNanosPerSecond + stamp.tv_nsec);
    // The wall clock may step; a stamp from the future or of long ago says that it did.
    if (age >= 0 && age < 10 * kNanosPerSecond) return now - age;
  }
  return now;
}

}  // namespace

void Descriptor::close() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Result<Descriptor> bind_socket(const std::string& host, std::uint16_t port) {
  const auto where = host + ":" + std::to_string(port);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    return fail(ErrorCode::usage, "\"" + host + "\" is no IPv4 address", where, "for example 127.0.0.1");
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return tl::unexpected(errno_error(errno, "cannot make a socket", where));
  set_flag(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  // Accepted sockets inherit it; the kernel then stamps even what comes before the accept.
  set_flag(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS);
  // Inherited as well: the cheapest congestion control, always there. Others pace what is sent.
  constexpr std::string_view kReno = "reno";
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_CONGESTION, kReno.data(), kReno.size());
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == EADDRINUSE)
      return fail(ErrorCode::port_taken, "port " + std::to_string(port) + " is in use by another process",
                  where, "Choose another port, or 0 for a free one.");
    return tl::unexpected(errno_error(errno, "cannot bind", where));
  }
  return socket;
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Result<void> listen_on(const Descriptor& socket) {
  if (::listen(socket.get(), SOMAXCONN) == 0) return {};
  if (errno == EADDRINUSE)
    return fail(ErrorCode::port_taken, "another process listens on port " + std::to_string(port_of(socket)));
  return tl::unexpected(errno_error(errno, "cannot listen", "port " + std::to_string(port_of(socket))));
}

Descriptor accept_from(const Descriptor& socket) {
  Descriptor accepted(::accept4(socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.get() >= 0) set_flag(accepted.get(), IPPROTO_TCP, TCP_NODELAY);
  return accepted;
}

Received receive(int socket, std::string& out) {
  std::array<char, kReadBytes> buffer;  // NOLINT: filled by the kernel
  alignas(cmsghdr) std::array<char, 128> control{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  Received received;
  do {
    received.bytes = ::recvmsg(socket, &message, 0);
  } while (received.bytes < 0 && errno == EINTR);
  received.failed = received.bytes < 0 && errno != EAGAIN && errno != EWOULDBLOCK;
  if (received.bytes > 0) {
    received.arrived_ns = arrival_of(message, monotonic_ns());
    out.append(buffer.data(), static_cast<std::size_t>(received.bytes));
  }
  return received;
}

std::int64_t send_some(int socket, std::string_view bytes) noexcept {
  for (;;) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return -1;
  }
}

void reset_on_close(int socket) noexcept {
  const linger now{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void raise_file_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace edgeeval::mock
