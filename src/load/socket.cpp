// SPDX-License-Identifier: Apache-2.0
#include "load/socket.hpp"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "load/clock_map.hpp"

namespace edgeeval::client {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::uint32_t kReceiveStamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
constexpr std::uint32_t kTransmitStamps =
    SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

void set_stamps(int socket, std::uint32_t flags) {
  ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

/// The software stamp among a message's control data.
std::optional<std::int64_t> stamp_in(msghdr& message) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPING) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
    if (stamp.tv_sec != 0) return std::int64_t{stamp.tv_sec} * kNanosPerSecond + stamp.tv_nsec;
  }
  return std::nullopt;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() { close(); }

void Descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Begun begin_connect(const Address& address) {
  Begun begun{Descriptor(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), 0};
  if (!begun.socket.open()) {
    begun.problem = errno;
    return begun;
  }
  if (address.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(begun.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    set_stamps(begun.socket.get(), kReceiveStamps);
  }
  const auto* name = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (::connect(begun.socket.get(), name, address.size) != 0 && errno != EINPROGRESS) begun.problem = errno;
  return begun;
}

int connect_problem(int socket) {
  int problem = 0;
  socklen_t size = sizeof problem;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &problem, &size);
  return problem;
}

void ask_for_tx_stamps(int socket) { set_stamps(socket, kReceiveStamps | kTransmitStamps); }

ReadResult read_stamped(int socket, std::span<char> into) {
  iovec part{into.data(), into.size()};
  alignas(cmsghdr) std::array<char, 128> control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ReadResult result;
  result.bytes = ::recvmsg(socket, &message, 0);
  result.problem = result.bytes < 0 ? errno : 0;
  result.user_ns = monotonic_ns();
  if (result.bytes > 0) result.real_ns = stamp_in(message);
  return result;
}

std::optional<std::int64_t> take_tx_stamp(int socket) {
  std::optional<std::int64_t> newest;
  while (true) {
    alignas(cmsghdr) std::array<char, 256> control;
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return newest;
    if (const auto stamp = stamp_in(message)) newest = stamp;
  }
}

}  // namespace edgeeval::client
