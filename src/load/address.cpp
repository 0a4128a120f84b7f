// SPDX-License-Identifier: Apache-2.0
#include "load/address.hpp"

#include <netdb.h>
#include <sys/un.h>

#include <cstring>
#include <memory>
#include <string>

namespace edgeeval::client {
namespace {

Result<std::vector<Address>> unix_address(const std::string& path) {
  sockaddr_un name{};
  if (path.size() >= sizeof name.sun_path)
    return fail(ErrorCode::io, "the path of the Unix socket is too long", path);
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  Address address;
  std::memcpy(&address.bytes, &name, sizeof name);
  address.size = sizeof name;
  return std::vector<Address>{address};
}

}  // namespace

Result<std::vector<Address>> resolve(const Target& target) {
  if (!target.unix_path.empty()) return unix_address(target.unix_path);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int problem = ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (problem != 0) {
    return fail(ErrorCode::unavailable,
                "the host \"" + target.host + "\" has no address: " + ::gai_strerror(problem), target.url());
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    Address address;
    std::memcpy(&address.bytes, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

}  // namespace edgeeval::client
