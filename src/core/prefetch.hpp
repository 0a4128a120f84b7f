// SPDX-License-Identifier: Apache-2.0
// Asking for memory before it is needed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace edgeeval {

/// Asks for the cache lines of `bytes` bytes from `from` on. Nothing else happens; any address will do.
inline void prefetch(const void* from, std::size_t bytes) noexcept {
  constexpr std::uintptr_t kLine = 64;
  const auto first = reinterpret_cast<std::uintptr_t>(from) / kLine * kLine;
  const auto end = reinterpret_cast<std::uintptr_t>(from) + bytes;
  for (auto line = first; line < end; line += kLine) __builtin_prefetch(reinterpret_cast<const void*>(line));
}

}  // namespace edgeeval
