// SPDX-License-Identifier: Apache-2.0
// Whom a load asks: a URL taken apart, and how to reach it.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// A server's address: http, https, or unix (http+unix://%2Fpath%2Fto%2Fsocket/base, or
/// unix:/path/to/socket).
struct Target {
  bool tls = false;
  std::string host;  ///< Name or address; IPv6 without brackets. Empty for a Unix socket.
  std::uint16_t port = 80;
  std::string unix_path{};  ///< Of a Unix socket; empty where it is TCP.
  std::string base{};       ///< Path before every route, without a slash at its end.
  std::string ca_file{};    ///< PEM of the authorities to trust; empty = the system's.
  bool insecure = false;    ///< Certificates are not checked; shown as a warning wherever figures are.
  std::string api_key{};    ///< Sent as a bearer token; appears nowhere else.
  std::vector<std::string> headers{};  ///< More header lines, "Name: value".
  /// As a URL, without key, user name or query.
  [[nodiscard]] std::string url() const;
  /// For the Host header.
  [[nodiscard]] std::string authority() const;
};

/// Takes a URL apart. Errors: usage, with what is wrong; a user name, password, query or fragment is refused.
[[nodiscard]] Result<Target> parse_url(std::string_view url);

}  // namespace edgeeval
