// SPDX-License-Identifier: Apache-2.0
#include "core/json.hpp"

#include "core/files.hpp"
#include "core/json_document.hpp"

namespace edgeeval {

Result<Json> parse_json(std::string_view text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorCode::io, std::string("not valid JSON: ") + problem.what(), where);
  }
}

Result<Json> read_json_file(const std::string& path) {
  return read_file(path).and_then([&](const std::string& text) { return parse_json(text, path); });
}

std::string to_line(const Json& value) {
  return with_escaped_steering(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace edgeeval
