// SPDX-License-Identifier: Apache-2.0
// The frame of an HTML page of ours: head, style, escaping.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "report/text_table.hpp"

namespace edgeeval {

/// `text` with what HTML acts on, in text or in a quoted attribute, replaced; control characters too.
[[nodiscard]] std::string escaped(std::string_view text);

/// Everything up to and including the page's first heading; `title` is escaped here.
[[nodiscard]] std::string page_head(std::string_view title);

/// A table whose first column names its rows; cells are escaped here.
void html_table(const TextTable& content, std::ostream& out);

}  // namespace edgeeval
