// SPDX-License-Identifier: Apache-2.0
// Text of others within one line of a log or a comment, which it cannot end
#pragma once

#include <string>
#include <string_view>

namespace edgeeval {

/// `text` as printable() gives it, with tabs and line feeds replaced by spaces: a name that holds a line feed
/// would otherwise write lines of its own, which a CI's log may take for commands and a YAML file for keys.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace edgeeval
