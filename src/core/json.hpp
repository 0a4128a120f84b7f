// SPDX-License-Identifier: Apache-2.0
// JSON at the edges: parsing that returns Results and typed access that names the missing key.
#pragma once

#include <edgeeval/result.hpp>
#include <edgeeval/sourced.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace edgeeval {

/// JSON values that keep keys in insertion order, so that files read as they were meant.
using Json = nlohmann::ordered_json;

/// Parses one JSON text; `where` names the source in the error.
[[nodiscard]] Result<Json> parse_json(std::string_view text, const std::string& where);

/// Reads and parses a whole JSON file.
[[nodiscard]] Result<Json> read_json_file(const std::string& path);

/// The text of `value`, on one line, with invalid UTF-8 replaced; doubles round-trip.
[[nodiscard]] std::string to_line(const Json& value);

/// The member `key` of `object` as T, or an ErrorCode::parse-like io error naming the key and `where`.
template <class T>
[[nodiscard]] Result<T> required(const Json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end())
    return fail(ErrorCode::record_unreadable, std::string("missing key \"") + key + "\"", where);
  try {
    return found->template get<T>();
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorCode::record_unreadable,
                std::string("wrong type at key \"") + key + "\": " + found->dump(), where);
  }
}

/// The member `key` of `object` as T, or `fallback` where it is absent, null or of another type.
template <class T>
[[nodiscard]] T value_or(const Json& object, const char* key, T fallback) {
  if (!object.is_object()) return fallback;
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return fallback;
  try {
    return found->template get<T>();
  } catch (const nlohmann::json::exception&) {
    return fallback;
  }
}

}  // namespace edgeeval
