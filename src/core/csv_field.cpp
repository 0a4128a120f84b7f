// SPDX-License-Identifier: Apache-2.0
#include "core/csv_field.hpp"

#include "core/one_line.hpp"

namespace edgeeval {

std::string csv_field(std::string_view text) {
  auto line = one_line(text);
  if (line.find_first_of(",\"") == std::string::npos) return line;
  std::string result = "\"";
  for (const char c : line) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

}  // namespace edgeeval
