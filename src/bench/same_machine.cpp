// SPDX-License-Identifier: Apache-2.0
#include "bench/same_machine.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace edgeeval {
namespace {

/// Only an address of one's own can be bound to.
bool is_own(const addrinfo& address) {
  const int descriptor = ::socket(address.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool own = ::bind(descriptor, address.ai_addr, address.ai_addrlen) == 0;
  ::close(descriptor);
  return own;
}

/// Whether an energy source holds what the CPU draws, as far as its domain tells.
bool holds_cpu(const EnergyEntry& entry) {
  const auto& domain = entry.domain;
  return domain.rfind("gpu", 0) != 0 && domain != "dram" && domain != "cpu-uncore";
}

}  // namespace

std::optional<bool> is_on_this_machine(const Target& target) {
  if (!target.unix_path.empty()) return true;
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  // Port 0: the kernel picks a free one.
  if (::getaddrinfo(target.host.c_str(), "0", &hints, &found) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next)
    if (is_own(*address)) return true;
  return false;
}

std::string why_not_subtracted(const MachineRecord& machine) {
  if (!machine.server_here) return "it is not known whether the server was on the client's machine";
  if (!*machine.server_here) return "the server was on another machine than the client";
  if (!machine.energy) return "no energy was read beside the load";
  const auto& entries = machine.energy->window.energy;
  if (std::none_of(entries.begin(), entries.end(), holds_cpu)) return "what was read does not hold the CPU";
  return {};
}

}  // namespace edgeeval
