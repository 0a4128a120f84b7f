// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <edgeeval/result.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "core/files.hpp"

namespace edgeeval {

/// Token ids from a list on the command line or, where that is empty, from a file; commas and white space
/// separate.
[[nodiscard]] inline Result<std::vector<int>> token_list(std::string text, const std::string& file) {
  if (text.empty()) {
    auto content = read_file(file);
    if (!content) return tl::unexpected(content.error());
    text = std::move(*content);
  }
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream words(text);
  std::vector<int> tokens;
  for (int token = 0; words >> token;) tokens.push_back(token);
  if (!words.eof() || tokens.empty())
    return fail(ErrorCode::usage, "not a list of token ids", file.empty() ? "--tokens" : file);
  return tokens;
}

}  // namespace edgeeval
