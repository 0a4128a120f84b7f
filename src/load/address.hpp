// SPDX-License-Identifier: Apache-2.0
// The socket addresses of a target, resolved once before a load.
#pragma once

#include <sys/socket.h>

#include <edgeeval/result.hpp>
#include <vector>

#include "load/target.hpp"

namespace edgeeval::client {

/// One address to connect to.
struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  [[nodiscard]] int family() const { return bytes.ss_family; }
};

/// All addresses of the target in the resolver's order; one for a Unix socket. Errors: unavailable (no such name), io
/// (the path of a Unix socket is too long).
[[nodiscard]] Result<std::vector<Address>> resolve(const Target& target);

}  // namespace edgeeval::client
