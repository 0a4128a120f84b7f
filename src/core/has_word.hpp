// SPDX-License-Identifier: Apache-2.0
// Whole words in a text, as in the names that makers give their processors
#pragma once

#include <string_view>

namespace edgeeval {

/// Whether `text` holds `word` with no letter or digit on either side: "Gold 6148" is not in "Gold 6148F".
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);

}  // namespace edgeeval
