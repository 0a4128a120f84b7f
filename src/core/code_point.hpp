// SPDX-License-Identifier: Apache-2.0
// UTF-8 a code point at a time, and which of them steer a reader's screen instead of being seen
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace edgeeval {

/// What is shown in place of bytes and characters that must not be: U+FFFD, the replacement character.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// One code point and the bytes it takes.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
};

/// The code point at the head of `text`, which is not empty; nothing where it is no well-formed UTF-8
/// (Unicode 15, table 3-7).
[[nodiscard]] std::optional<CodePoint> first_code_point(std::string_view text);

/// Whether a character steers a screen: the controls C0, DEL and C1, the separators of lines and paragraphs,
/// the byte order mark, and what turns the direction of writing (UAX 9, "Explicit Directional Formatting
/// Characters" and "Implicit Directional Marks"). Tab and line feed are among them.
[[nodiscard]] bool steers(std::uint32_t code_point);

}  // namespace edgeeval
