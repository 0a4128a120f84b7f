// SPDX-License-Identifier: Apache-2.0
#include "core/code_point.hpp"

namespace edgeeval {

std::optional<CodePoint> first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80U) return CodePoint{lead, 1};
  const std::size_t length = lead >= 0xF0U ? 4 : (lead >= 0xE0U ? 3 : 2);
  if (lead < 0xC2U || lead > 0xF4U || text.size() < length) return std::nullopt;
  std::uint32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800U) || (length == 4 && value < 0x10000U);
  const bool surrogate = value >= 0xD800U && value <= 0xDFFFU;
  if (overlong || surrogate || value > 0x10FFFFU) return std::nullopt;
  return CodePoint{value, length};
}

bool steers(std::uint32_t code_point) {
  const auto among = [&](std::uint32_t first, std::uint32_t last) {
    return code_point >= first && code_point <= last;
  };
  return code_point < 0x20U || among(0x7FU, 0x9FU) || code_point == 0x61CU || among(0x200EU, 0x200FU) ||
         among(0x2028U, 0x202EU) || among(0x2066U, 0x2069U) || code_point == 0xFEFFU;
}

}  // namespace edgeeval
