// SPDX-License-Identifier: Apache-2.0
// One small HTTP GET with a time limit, for meters in the network
#pragma once

#include <chrono>
#include <edgeeval/result.hpp>
#include <string>

namespace edgeeval {

/// Where a meter is.
struct HttpAddress {
  std::string host;  ///< A name or an address.
  int port = 80;
};

/// The body of the answer to `GET target`. Errors: io (no such host, no answer, a status other than 200,
/// named with a hint), timed_out past `limit`. Bodies above 64 KiB are refused.
[[nodiscard]] Result<std::string> http_get(const HttpAddress& address, const std::string& target,
                                           std::chrono::milliseconds limit);

}  // namespace edgeeval
