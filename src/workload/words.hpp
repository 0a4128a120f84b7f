// SPDX-License-Identifier: Apache-2.0
// Common English words that made-up prompts are made of.
#pragma once

#include <span>
#include <string_view>

namespace edgeeval {

/// Several hundred different words in lower case, most of them one token in usual vocabularies.
[[nodiscard]] std::span<const std::string_view> common_words();

}  // namespace edgeeval
