// SPDX-License-Identifier: Apache-2.0
#include "mock/capture.hpp"

#include <algorithm>
#include <charconv>

#include "core/files.hpp"

namespace edgeeval::mock {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// Cuts `body` into chunks with their framing. False where it is not wholly chunks.
bool cut_chunks(std::string_view body, std::vector<std::string>& parts) {
  while (!body.empty()) {
    const auto line = body.find("\r\n");
    if (line == std::string_view::npos) return false;
    std::size_t size = 0;
    const auto [end, problem] = std::from_chars(body.data(), body.data() + line, size, 16);
    if (problem != std::errc() || (end != body.data() + line && *end != ';')) return false;
    if (size == 0) {
      // The end and its trailer go with what came before.
      if (parts.empty()) parts.emplace_back();
      parts.back() += body;
      return true;
    }
    const auto whole = line + 2 + size + 2;
    if (size > body.size() || whole > body.size()) return false;
    parts.emplace_back(body.substr(0, whole));
    body.remove_prefix(whole);
  }
  return false;
}

}  // namespace

Result<Capture> parse_capture(std::string_view bytes, const std::string& file) {
  const auto end = bytes.find("\r\n\r\n");
  if (!bytes.starts_with("HTTP/1.") || end == std::string_view::npos)
    return fail(ErrorCode::invalid_study, "no HTTP answer", file + ":1",
                "A capture begins with \"HTTP/1.1 \" and has CRLF line ends in its head.");
  Capture capture;
  capture.head = bytes.substr(0, end + 4);
  const auto body = bytes.substr(end + 4);
  const auto head = lower(capture.head);
  const bool chunked = head.find("\r\ntransfer-encoding: chunked\r\n") != std::string::npos;
  const bool closes = head.find("\r\nconnection: close\r\n") != std::string::npos;
  bool whole = chunked && cut_chunks(body, capture.parts);
  if (!whole) {
    capture.parts.assign(body.empty() ? 0 : 1, std::string(body));
    whole = head.find("\r\ncontent-length: " + std::to_string(body.size()) + "\r\n") != std::string::npos;
  }
  capture.ends_by_itself = whole && !closes;
  return capture;
}

Result<Capture> read_capture(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse_capture(*bytes, path.string());
}

}  // namespace edgeeval::mock
