// SPDX-License-Identifier: Apache-2.0
#include "load/socket.hpp"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>

#include "load/clock_map.hpp"

namespace edgeeval::client {
namespace {

constexpr int kReceiveStamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
constexpr int kTransmitStamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
// Counts bytes from those not sent yet, also while the connection is being made (Linux 6.2); older headers
// lack it.
constexpr int kNumberedByBytes = 1 << 16;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// The software stamp among a message's control data.
std::optional<std::int64_t> software_stamp(msghdr& message) {
  for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING) continue;
    scm_timestamping stamps{};
    std::memcpy(&stamps, CMSG_DATA(c), sizeof stamps);
    const timespec software{stamps.ts[0].tv_sec, stamps.ts[0].tv_nsec};
    if (software.tv_sec != 0) return nanoseconds(software);
  }
  return std::nullopt;
}

/// Which byte a transmit stamp is of, among a message's control data.
std::optional<std::uint32_t> stamped_byte(msghdr& message) {
  for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    const bool ip = c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR;
    const bool ip6 = c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR;
    if (!ip && !ip6) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(c), sizeof error);
    if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) return error.ee_data;
  }
  return std::nullopt;
}

Address unix_address(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), std::min(path.size(), sizeof name.sun_path - 1));
  Address address;
  std::memcpy(&address.storage, &name, sizeof name);
  address.length = sizeof name;
  return address;
}

}  // namespace

Result<std::vector<Address>> resolve(const Target& target) {
  if (!target.unix_path.empty()) return std::vector{unix_address(target.unix_path)};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int problem = ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (problem != 0)
    return fail(ErrorCode::io, "the host \"" + target.host + "\" has no address: " + ::gai_strerror(problem),
                target.url());
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::vector<Address> addresses;
  for (const auto* a = found; a != nullptr; a = a->ai_next) {
    Address address;
    std::memcpy(&address.storage, a->ai_addr, a->ai_addrlen);
    address.length = a->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this == &other) return *this;
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  numbered_ = other.numbered_;
  sent_ = other.sent_;
  return *this;
}

void Socket::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

int Socket::connect(const Address& address) {
  close();
  sent_ = 0;
  descriptor_ = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return errno;
  const int on = 1;
  if (address.family() != AF_UNIX) ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int done =
      ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address.storage), address.length);
  const int problem = done == 0 ? 0 : errno;
  if (problem != 0 && problem != EINPROGRESS) return problem;
  if (address.family() != AF_UNIX) ask_for_stamps();
  return 0;
}

void Socket::ask_for_stamps() {
  // Numbered stamps may only be asked for once connecting has begun.
  numbered_ = true;
  int flags = kReceiveStamps | kTransmitStamps | SOF_TIMESTAMPING_OPT_ID | kNumberedByBytes;
  if (::setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) == 0) return;
  numbered_ = false;
  flags = kReceiveStamps | kTransmitStamps;
  if (::setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) == 0) return;
  flags = kReceiveStamps;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

int Socket::connect_error() const {
  int number = 0;
  socklen_t size = sizeof number;
  ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &number, &size);
  return number;
}

Reading Socket::receive(char* into, std::size_t size) {
  iovec part{into, size};
  alignas(cmsghdr) std::array<char, 128> control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  Reading reading;
  const auto got = ::recvmsg(descriptor_, &message, MSG_DONTWAIT);
  const int problem = errno;
  reading.user_ns = monotonic_ns();
  if (got > 0) {
    reading.bytes = static_cast<std::size_t>(got);
    reading.kernel_ns = software_stamp(message);
  } else if (got == 0) {
    reading.ended = true;
  } else {
    reading.error = problem == EINTR ? EAGAIN : problem;
  }
  return reading;
}

std::int64_t Socket::send(std::string_view bytes, int& error) {
  const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  error = sent < 0 ? errno : 0;
  if (sent > 0) sent_ += static_cast<std::uint32_t>(sent);
  if (sent < 0 && (error == EAGAIN || error == EINTR)) {
    error = 0;
    return 0;
  }
  return sent;
}

std::optional<std::int64_t> Socket::transmit_stamp(bool& found) {
  alignas(cmsghdr) std::array<char, 256> control;
  msghdr message{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  found = ::recvmsg(descriptor_, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0;
  if (!found) return std::nullopt;
  if (numbered_ && stamped_byte(message) != sent_ - 1) return std::nullopt;
  return software_stamp(message);
}

Quiet Socket::quiet() const {
  char byte = 0;
  const auto got = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return Quiet::has_bytes;
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? Quiet::alive : Quiet::over;
}

StampingOn::StampingOn() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const int flags = kReceiveStamps;
  if (descriptor_ >= 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

StampingOn::~StampingOn() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace edgeeval::client
