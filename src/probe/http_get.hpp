// SPDX-License-Identifier: Apache-2.0
// One small HTTP GET with a time limit, for meters in the network
#pragma once

#include <chrono>
#include <edgeeval/result.hpp>
#include <functional>
#include <string>
#include <vector>

namespace edgeeval {

/// Where a meter is.
struct HttpAddress {
  std::string host;  ///< A name or an address; of IPv6 without brackets.
  int port = 80;
  std::vector<std::string> numeric{};  ///< The addresses that `host` stands for, once they are known.
};

/// Finds the numeric addresses of a name; may take as long as it likes.
using HostLookup = std::function<Result<std::vector<std::string>>(const std::string& host)>;

/// Asks the system's resolver. Error: io.
[[nodiscard]] Result<std::vector<std::string>> look_up_host(const std::string& host);

/// `address` with its numeric addresses; a numeric host needs no lookup. The lookup runs in a thread of its
/// own, as the system's cannot be stopped: past `limit` it is left behind. Errors: io (no such host),
/// timed_out.
[[nodiscard]] Result<HttpAddress> resolved(HttpAddress address, std::chrono::milliseconds limit,
                                           HostLookup lookup = look_up_host);

/// The body of the answer to `GET target`. Errors: io (no such host, no answer, a status other than 200,
/// named with a hint), timed_out past `limit`, in which a name that is not resolved() yet is looked up too.
/// Bodies above 64 KiB are refused.
[[nodiscard]] Result<std::string> http_get(const HttpAddress& address, const std::string& target,
                                           std::chrono::milliseconds limit);

}  // namespace edgeeval
