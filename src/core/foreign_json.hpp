// SPDX-License-Identifier: Apache-2.0
// JSON that came over the network, which may be anything
#pragma once

#include <string_view>

#include "core/json.hpp"

namespace edgeeval {

/// Parses what a server or a client sent: a discarded value where it is no JSON, or nested deeper than
/// anybody needs. Whoever walks, copies or writes the value recurses, so that depth alone could use up the
/// stack.
[[nodiscard]] Json parse_foreign(std::string_view text);

}  // namespace edgeeval
