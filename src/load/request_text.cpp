// SPDX-License-Identifier: Apache-2.0
#include "load/request_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edgeeval::client {
namespace {

bool breaks_a_line(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
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

}  // namespace edgeeval::client
