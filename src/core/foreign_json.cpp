// SPDX-License-Identifier: Apache-2.0
#include "core/foreign_json.hpp"

namespace edgeeval {
namespace {

constexpr int kMostLevels = 256;

/// Whether brackets outside strings are nested deeper than `levels`, in JSON or what may be none.
bool nested_deeper(std::string_view text, int levels) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (in_string) {
      if (c == '\\') ++i;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > levels) return true;
  }
  return false;
}

}  // namespace

Json parse_foreign(std::string_view text) {
  if (nested_deeper(text, kMostLevels)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace edgeeval
