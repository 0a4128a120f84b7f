// SPDX-License-Identifier: Apache-2.0
#include "core/foreign_json.hpp"

#include "core/nesting.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kMostLevels = 256;

}  // namespace

Json parse_foreign(std::string_view text) {
  if (nesting(text) > kMostLevels) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace edgeeval
