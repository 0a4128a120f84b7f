// SPDX-License-Identifier: Apache-2.0
#include "load/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace edgeeval {
namespace {

constexpr std::size_t kLongestUnixPath = 107;  // sockaddr_un holds 108 bytes, the last one a NUL (unix(7)).

tl::unexpected<Error> bad_url(std::string_view url, const std::string& why) {
  return fail(ErrorCode::usage, fmt::format("the URL \"{}\" {}", url, why), "--url");
}

/// The URL as it may be shown: what stands before an "@" may be a secret.
std::string shown(std::string_view url) {
  const auto at = url.rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  const auto scheme = url.find("://");
  return std::string(scheme < at ? url.substr(0, scheme + 3) : "") + "***" + std::string(url.substr(at));
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto* const end = text.data() + i + 3;
    const auto [stop, problem] = std::from_chars(text.data() + i + 1, end, value, 16);
    if (problem != std::errc() || stop != end || value == 0) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

std::string percent_encoded(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string without_last_slashes(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

Result<Target> unix_target(std::string_view url, std::string path, std::string_view base) {
  if (path.empty() || path.front() != '/') return bad_url(url, "needs the absolute path of a Unix socket");
  if (path.size() > kLongestUnixPath)
    return bad_url(url, fmt::format("has a socket path of {} bytes; {} is the most the kernel takes",
                                    path.size(), kLongestUnixPath));
  Target target;
  target.unix_path = std::move(path);
  target.base = without_last_slashes(base);
  return target;
}

Result<Target> with_port(Target target, std::string_view port, std::string_view url) {
  if (port.empty()) return target;
  unsigned value = 0;
  const auto* const end = port.data() + port.size();
  const auto [stop, problem] = std::from_chars(port.data(), end, value);
  if (problem != std::errc() || stop != end || value == 0 || value > 65535)
    return bad_url(url, fmt::format("has the port \"{}\"; a port is a number from 1 to 65535", port));
  target.port = static_cast<std::uint16_t>(value);
  return target;
}

/// Host and port out of "host", "host:port", "[::1]" or "[::1]:port".
Result<Target> with_authority(Target target, std::string_view authority, std::string_view url) {
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return bad_url(url, "has an IPv6 address without its \"]\"");
    target.host = std::string(authority.substr(1, close - 1));
    auto rest = authority.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return bad_url(url, "has something odd after the \"]\"");
    if (!rest.empty()) rest.remove_prefix(1);
    authority = rest;
  } else {
    const auto colon = authority.find(':');
    if (colon != authority.rfind(':')) return bad_url(url, "needs \"[\" and \"]\" around an IPv6 address");
    target.host = std::string(authority.substr(0, colon));
    authority = colon == std::string_view::npos ? "" : authority.substr(colon + 1);
  }
  if (target.host.empty()) return bad_url(url, "names no host");
  return with_port(std::move(target), authority, url);
}

bool odd_character(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '"' || c == '\\';
}

}  // namespace

Result<Target> parse_url(std::string_view url) {
  const auto seen = shown(url);
  if (url.empty()) return fail(ErrorCode::usage, "the URL is empty", "--url");
  if (std::any_of(url.begin(), url.end(), odd_character))
    return bad_url(seen, "holds a blank, a quote or a control character; write it as %XX");
  if (url.find_first_of("?#") != std::string_view::npos)
    return bad_url(seen, "has a query or a fragment; routes are added by EdgeEval itself");
  constexpr std::string_view kUnix = "unix:";
  if (url.starts_with(kUnix)) {
    auto path = url.substr(kUnix.size());
    if (path.starts_with("//")) path.remove_prefix(2);
    return unix_target(seen, std::string(path), "");
  }
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    return bad_url(seen, "has no scheme; write http://, https://, http+unix:// or unix:");
  const auto scheme = url.substr(0, scheme_end);
  const auto rest = url.substr(scheme_end + 3);
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos)
    return bad_url(seen, "has a user name; give a key by the environment instead");
  if (scheme == "http+unix") {
    auto path = percent_decoded(authority);
    if (!path) return bad_url(seen, "has a \"%\" that is not followed by two hexadecimal digits");
    return unix_target(seen, std::move(*path), rest.substr(slash));
  }
  if (scheme != "http" && scheme != "https")
    return bad_url(seen,
                   fmt::format("has the scheme \"{}\"; http, https, http+unix and unix are known", scheme));
  Target target;
  target.tls = scheme == "https";
  target.port = target.tls ? 443 : 80;
  target.base = without_last_slashes(rest.substr(slash));
  return with_authority(std::move(target), authority, seen);
}

std::string Target::authority() const {
  if (!unix_path.empty()) return "localhost";
  const auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string Target::url() const {
  if (!unix_path.empty()) return "http+unix://" + percent_encoded(unix_path) + base;
  return (tls ? "https://" : "http://") + authority() + base;
}

}  // namespace edgeeval
