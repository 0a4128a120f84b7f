// SPDX-License-Identifier: Apache-2.0
#include "load/reach.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/un.h>
#include <unistd.h>

#include "load/engine.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

/// A listening socket on an address of the kernel's choice.
class Listening {
 public:
  explicit Listening(int family) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage address{};
    socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    address.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET)
      reinterpret_cast<sockaddr_in*>(&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
      reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr = in6addr_loopback;
    good_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(socket_, 8) == 0;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in*>(&address)->sin_port
                                    : reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() { ::close(socket_); }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int socket_;
  bool good_ = false;
  std::uint16_t port_ = 0;
};

Reached knock(const Target& target) {
  const auto doorstep = Doorstep::of(target);
  EXPECT_TRUE(doorstep.has_value());
  return doorstep ? doorstep->knock() : Reached();
}

TEST(Doorstep, TellsWhoListensFromWhoDoesNot) {
  const Listening server(AF_INET);
  ASSERT_TRUE(server.good());
  const auto reached = knock({false, "127.0.0.1", server.port()});
  EXPECT_TRUE(reached.accepted);
  EXPECT_LE(reached.begun_ns, reached.ended_ns);
  EXPECT_TRUE(knock({false, "localhost", server.port()}).accepted);
  const auto free = free_port();
  ASSERT_TRUE(free.has_value());
  const auto refused = knock({false, "127.0.0.1", static_cast<std::uint16_t>(*free)});
  EXPECT_FALSE(refused.accepted);
  EXPECT_EQ(refused.why, "Connection refused");
}

TEST(Doorstep, SpeaksIpv6) {
  const Listening server(AF_INET6);
  if (!server.good()) GTEST_SKIP() << "no IPv6 here";
  EXPECT_TRUE(knock({false, "::1", server.port()}).accepted);
  EXPECT_FALSE(knock({false, "127.0.0.1", server.port()}).accepted);
}

TEST(Doorstep, SpeaksUnixSockets) {
  const testing::TempFolder folder;
  Target target;
  target.unix_path = (folder.path() / "server").string();
  EXPECT_FALSE(knock(target).accepted);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  target.unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(knock(target).why, "Connection refused");
  ASSERT_EQ(::listen(socket, 8), 0);
  EXPECT_TRUE(knock(target).accepted);
  ::close(socket);
  target.unix_path = std::string(200, 'x');
  EXPECT_FALSE(Doorstep::of(target).has_value());
}

TEST(Doorstep, IsNotConnectedToItself) {
  // A client whose own port is the one that it asks for gets a connection with nobody else in it. The kernel
  // gives clients ports of the other parity than those it picks for servers, so the neighbour of one of those
  // is hit.
  const auto free = free_port();
  ASSERT_TRUE(free.has_value());
  const auto doorstep = Doorstep::of({false, "127.0.0.1", static_cast<std::uint16_t>(*free ^ 1)});
  ASSERT_TRUE(doorstep.has_value());
  int accepted = 0;
  for (int i = 0; i < 60'000; ++i) accepted += doorstep->knock().accepted ? 1 : 0;
  EXPECT_EQ(accepted, 0);
}

TEST(AddressOf, IsForPeople) {
  EXPECT_EQ(address_of({false, "127.0.0.1", 8080}), "127.0.0.1:8080");
  EXPECT_EQ(address_of({false, "::1", 8080}), "[::1]:8080");
  Target target;
  target.unix_path = "/run/server";
  EXPECT_EQ(address_of(target), "/run/server");
}

}  // namespace
}  // namespace edgeeval
