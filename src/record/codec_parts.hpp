// SPDX-License-Identifier: Apache-2.0
// What the codec's files share: optional keys, decoders whose exceptions become errors
#pragma once

#include <edgeeval/record.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "core/json.hpp"

namespace edgeeval::codec {

/// Writes `value` under `key` where it is there.
template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

/// The value under `key`; nothing where it is absent or null.
template <class T>
std::optional<T> optional_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return std::nullopt;
  return found->template get<T>();
}

/// A word that this version does not know where it must know it; never leaves the codec.
struct UnknownWord : std::runtime_error {
  UnknownWord(const char* key, const std::string& word)
      : std::runtime_error(std::string("unknown ") + key + " \"" + word + "\"") {}
};

/// A number that cannot be what its key says; never leaves the codec.
struct Impossible : std::runtime_error {
  Impossible(const char* key, double value)
      : std::runtime_error(std::string(key) + " is " + std::to_string(value) + ", and less than 0 cannot be") {}
};

/// The length under `key` (s), which is 0 at least.
inline double duration_at(const Json& json, const char* key) {
  const auto seconds = json.at(key).get<double>();
  if (seconds < 0.0) throw Impossible(key, seconds);
  return seconds;
}

/// Runs a decoder; nlohmann's exceptions become the one error a reader can act on.
template <class T, class Decode>
Result<T> decoded(const std::string& where, Decode decode) {
  try {
    return decode();
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed entry: ") + problem.what(), where);
  } catch (const UnknownWord& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed entry: ") + problem.what(), where);
  } catch (const Impossible& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed entry: ") + problem.what(), where);
  }
}

/// Decoders of parts; throw what `decoded` catches.
[[nodiscard]] Fact fact_at(const Json& json);
[[nodiscard]] WindowRecord window_at(const Json& json);

}  // namespace edgeeval::codec
