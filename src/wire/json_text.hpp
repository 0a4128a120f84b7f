// SPDX-License-Identifier: Apache-2.0
// Text as JSON strings: escaping that is fast where nothing has to be escaped, and UTF-8 made whole.
#pragma once

#include <string>
#include <string_view>

namespace edgeeval {

/// Appends `text` as the inside of a JSON string, without quotes. Bytes that are not UTF-8 (RFC 3629;
/// surrogates and over-long forms are none) become U+FFFD, one a maximal wrong part (Unicode, section 3.9).
void append_escaped(std::string& out, std::string_view text);

/// The length of the UTF-8 sequence at the beginning of `text` (not empty), or 0 where there is none; `wrong`
/// gets the length of the wrong part then.
[[nodiscard]] std::size_t utf8_length(std::string_view text, std::size_t& wrong);

}  // namespace edgeeval
