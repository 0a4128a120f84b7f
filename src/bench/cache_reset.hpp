// SPDX-License-Identifier: Apache-2.0
// The server's prompt cache emptied before a load, where it offers that.
#pragma once

#include <string>

#include "bench/settings.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// What became of it.
struct CacheReset {
  bool done = false;
  std::string told;  ///< For the record: "yes", or why not.
};

/// Empties the cache by the dialect's route.
[[nodiscard]] CacheReset reset_cache(const SmallCall& call, const Dialect& dialect);

}  // namespace edgeeval
