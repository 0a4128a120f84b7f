// SPDX-License-Identifier: Apache-2.0
// Whether anybody accepts connections at an address: asked again and again while a server starts.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "load/target.hpp"

namespace edgeeval {

/// What a try to connect came to.
struct Reached {
  bool accepted = false;
  std::int64_t begun_ns = 0;  ///< CLOCK_MONOTONIC just before the try.
  std::int64_t ended_ns = 0;  ///< Just after the answer.
  std::string why;            ///< Why not accepted, in words.
};

/// "127.0.0.1:8080", "[::1]:8080", or a Unix socket's path.
[[nodiscard]] std::string address_of(const Target& target);

/// The addresses of one target, resolved once.
class Doorstep {
 public:
  /// Errors: io (the host has no address, or the socket's path is too long).
  [[nodiscard]] static Result<Doorstep> of(const Target& target);
  /// Tries each address until one accepts, and closes the connection again. Waits at most `timeout_ms` for
  /// each.
  [[nodiscard]] Reached knock(int timeout_ms = 100) const;

 private:
  struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
  };
  static Reached knock_at(const Address& address, int timeout_ms);
  std::vector<Address> addresses_;
};

}  // namespace edgeeval
