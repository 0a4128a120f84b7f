// SPDX-License-Identifier: Apache-2.0
// How deep the brackets of a text nest, before anything that recurses is given it
#pragma once

#include <cstddef>
#include <string_view>

namespace edgeeval {

/// How deep "[" and "{" nest in `text`, JSON or not; strings are passed over.
[[nodiscard]] std::size_t nesting(std::string_view text);

}  // namespace edgeeval
