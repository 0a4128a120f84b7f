// SPDX-License-Identifier: Apache-2.0
// Text for people: figures with fitting digits, durations, sizes, near-miss suggestions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// "850 B", "1.2 MB": decimal units.
[[nodiscard]] std::string format_bytes(double bytes);
/// "0.9 s", "58 s", "2 min 05 s", "1 h 12 min".
[[nodiscard]] std::string format_duration(double seconds);
/// `value` with `digits` significant digits and no exponent between 1e-4 and 1e7.
[[nodiscard]] std::string format_significant(double value, int digits = 3);
/// The shortest text that reads back as exactly `value`.
[[nodiscard]] std::string format_round_trip(double value);
/// The candidate closest to `word` by edit distance, if it is close enough to be a slip; else empty.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);
/// `items` joined by `separator`.
[[nodiscard]] std::string join(const std::vector<std::string>& items, std::string_view separator);
/// The number of terminal columns a UTF-8 text takes, counting each code point as one.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// The last `count` lines of `text`.
[[nodiscard]] std::vector<std::string> last_lines(std::string_view text, std::size_t count);
/// `text` with control characters other than tab and line feed replaced, safe for a terminal.
[[nodiscard]] std::string printable(std::string_view text);
/// Text of others as one Markdown table cell or sentence: printable, on one line, and with everything that
/// Markdown or HTML would act on made harmless.
[[nodiscard]] std::string markdown_escaped(std::string_view text);

}  // namespace edgeeval
