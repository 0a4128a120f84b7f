// SPDX-License-Identifier: Apache-2.0
#include "core/json_document.hpp"

#include <fmt/format.h>

#include "core/code_point.hpp"

namespace edgeeval {

std::string json_document(const Json& value) {
  return with_escaped_steering(value.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

std::string with_escaped_steering(std::string json) {
  // The bytes that begin one of them: most texts hold none.
  constexpr std::string_view kLeads = "\x7F\xC2\xD8\xE2\xEF";
  auto at = json.find_first_of(kLeads);
  if (at == std::string::npos) return json;
  std::string result;
  result.reserve(json.size() + 16);
  std::size_t kept = 0;
  for (; at != std::string::npos; at = json.find_first_of(kLeads, at + 1)) {
    const auto point = first_code_point(std::string_view(json).substr(at));
    if (!point || !steers(point->value)) continue;
    result.append(json, kept, at - kept);
    result += fmt::format("\\u{:04x}", point->value);
    kept = at + point->bytes;
  }
  return result.append(json, kept);
}

}  // namespace edgeeval
