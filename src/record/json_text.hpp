// SPDX-License-Identifier: Apache-2.0
// JSON written straight into a text, for lines that are made while a load goes on.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"

namespace edgeeval {

/// Appends `text` as a JSON string; what is not UTF-8 becomes U+FFFD.
inline void append_json_string(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || byte > 0x7eU || c == '"' || c == '\\') {
      out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
      return;
    }
  }
  out.append("\"").append(text).append("\"");
}

/// One JSON object, member by member. What is absent or has no finite value is left out.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  void member(std::string_view key, std::string_view text) {
    name(key);
    append_json_string(out_, text);
  }
  void member(std::string_view key, bool value) {
    name(key);
    out_ += value ? "true" : "false";
  }
  template <std::integral T>
  void member(std::string_view key, T value) {
    name(key);
    out_ += fmt::format_int(value).c_str();
  }
  void member(std::string_view key, double value) {
    if (!std::isfinite(value)) return;
    name(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  template <class T>
  void member(std::string_view key, const std::optional<T>& value) {
    if (value) member(key, *value);
  }
  /// Begins a member whose value the caller appends.
  void name(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    out_.append("\"").append(key).append("\":");
  }
  /// Appends an object as the value of the member begun with name(); `fill` takes it.
  template <class Fill>
  void object(Fill fill) {
    JsonObject inner(out_);
    fill(inner);
    inner.close();
  }
  void close() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace edgeeval
