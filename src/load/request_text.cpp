// SPDX-License-Identifier: Apache-2.0
#include "load/request_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace edgeeval::client {
namespace {

bool breaks_a_line(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

/// Whether a header's name tells that its value is nobody's business.
bool is_secret(std::string_view name) {
  constexpr std::array<std::string_view, 5> kTelling{"auth", "key", "token", "secret", "cookie"};
  const auto lower = lower_case(name);
  return std::any_of(kTelling.begin(), kTelling.end(),
                     [&](auto part) { return lower.find(part) != std::string::npos; });
}

/// Whether a header says how the request is framed or whom it is for.
bool is_framing(std::string_view name) {
  auto lower = lower_case(name);
  while (lower.ends_with(' ') || lower.ends_with('\t')) lower.pop_back();
  constexpr std::array<std::string_view, 4> kOwn{"host", "connection", "content-length", "transfer-encoding"};
  return std::find(kOwn.begin(), kOwn.end(), lower) != kOwn.end();
}

}  // namespace

Result<RequestText> RequestText::make(const Target& target, std::string_view path, std::string_view accept,
                                      bool keep_alive) {
  if (breaks_a_line(target.api_key))
    return fail(ErrorCode::usage, "the API key holds a control character, a line end perhaps");
  RequestText text;
  text.where_ = fmt::format("{}{} HTTP/1.1\r\nHost: {}\r\n", target.base, path, target.authority());
  text.fields_ = fmt::format("User-Agent: edgeeval\r\nAccept: {}\r\nConnection: {}\r\n", accept,
                             keep_alive ? "keep-alive" : "close");
  if (!target.api_key.empty()) text.fields_ += fmt::format("Authorization: Bearer {}\r\n", target.api_key);
  for (const auto& line : target.headers) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0 || breaks_a_line(line))
      return fail(ErrorCode::usage,
                  fmt::format("a header line must be \"Name: value\"; \"{}\" is not",
                              line.substr(0, std::min(colon, line.size()))),
                  "--header");
    if (is_framing(line.substr(0, colon)))
      return fail(ErrorCode::usage,
                  fmt::format("the header \"{}\" is EdgeEval's own to write", line.substr(0, colon)),
                  "--header", "Leave it out: it says where a request ends and whom it is for.");
    text.fields_ += line + "\r\n";
  }
  return text;
}

void RequestText::write(std::string_view body, std::string& out) const {
  out.assign(body.empty() ? "GET " : "POST ");
  out += where_;
  out += fields_;
  if (!body.empty())
    fmt::format_to(std::back_inserter(out), "Content-Type: application/json\r\nContent-Length: {}\r\n",
                   body.size());
  out += "\r\n";
  out += body;
}

std::vector<std::string> secrets_of(const Target& target) {
  constexpr std::size_t kLong = 6;  // "Bearer" and shorter words are no secrets.
  std::vector<std::string> secrets;
  if (!target.api_key.empty()) secrets.push_back(target.api_key);
  for (const auto& line : target.headers) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || !is_secret(std::string_view(line).substr(0, colon))) continue;
    for (std::size_t at = colon + 1; at < line.size();) {
      const auto end = std::min(line.find_first_of(" \t", at), line.size());
      if (end - at > kLong) secrets.push_back(line.substr(at, end - at));
      at = end + 1;
    }
  }
  return secrets;
}

}  // namespace edgeeval::client
