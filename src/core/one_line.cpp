// SPDX-License-Identifier: Apache-2.0
#include "core/one_line.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace edgeeval {

std::string one_line(std::string_view text) {
  auto line = printable(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

}  // namespace edgeeval
