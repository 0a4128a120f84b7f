// SPDX-License-Identifier: Apache-2.0
// JSON that people look at too: indented, and with every character that would steer a screen escaped
#pragma once

#include <string>
#include <string_view>

#include "core/json.hpp"

namespace edgeeval {

/// `value` over several lines, indented by two, with a line feed at its end; doubles round-trip. Invalid
/// UTF-8 is replaced. Strings keep every character; those that steer a screen (core/code_point.hpp) are
/// written as \uXXXX.
[[nodiscard]] std::string json_document(const Json& value);

/// JSON text with the characters beyond ASCII that steer a screen, and DEL, as \uXXXX. nlohmann's dump()
/// escapes those below U+0020 and leaves these.
[[nodiscard]] std::string with_escaped_steering(std::string json);

}  // namespace edgeeval
