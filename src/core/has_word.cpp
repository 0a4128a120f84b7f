// SPDX-License-Identifier: Apache-2.0
#include "core/has_word.hpp"

#include <cctype>

namespace edgeeval {

bool has_word(std::string_view text, std::string_view word) {
  const auto plain = [&](std::size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
  };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if ((at == 0 || !plain(at - 1)) && !plain(at + word.size())) return true;
  }
  return false;
}

}  // namespace edgeeval
