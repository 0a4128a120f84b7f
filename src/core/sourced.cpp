// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <edgeeval/sourced.hpp>

namespace edgeeval {
namespace {
constexpr std::array<std::string_view, 5> kNames{"measured", "computed", "modelled", "published", "assumed"};
}

std::string_view to_string(Grade grade) noexcept { return kNames[static_cast<std::size_t>(grade)]; }

std::optional<Grade> grade_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Grade>(i);
  }
  return std::nullopt;
}

}  // namespace edgeeval
