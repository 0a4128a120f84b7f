// SPDX-License-Identifier: Apache-2.0
// Words of a server made fit for a record: short, printable, and without secrets.
#pragma once

#include <string>
#include <string_view>

namespace edgeeval {

/// The most bytes of a server's words that are kept.
inline constexpr std::size_t kMostWords = 300;

/// Writes `text` over `out`: at most kMostWords bytes of UTF-8, control characters and runs of white space as
/// one blank, and what looks like a credential ("Bearer …", "Authorization: …", "sk-…", "hf_…", "nvapi-…") as
/// "***".
void write_words(std::string& out, std::string_view text);

}  // namespace edgeeval
