// SPDX-License-Identifier: Apache-2.0
// The frame of an HTML page of ours: head, style, escaping.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/text_table.hpp"
#include "report/web_assets.hpp"

namespace edgeeval {

/// `text` with what HTML acts on, in text or in a quoted attribute, replaced; control characters too.
[[nodiscard]] std::string escaped(std::string_view text);

/// Everything up to and including the page's first heading; `title` is escaped here. The page may run the
/// script of `assets` and no other, and may load nothing.
[[nodiscard]] std::string page_head(std::string_view title, const WebAssets& assets = {});

/// A table whose first column names its rows; cells are escaped here.
void html_table(const TextTable& content, std::ostream& out);

/// One cell: what it shows, and where there is one the number behind it, for sorting and copying.
struct HtmlCell {
  std::string text;
  std::optional<double> value{};
  std::string title{};  ///< What hovering shows; may be empty.
};

/// A table of figures. `titles` say what hovering over a header shows; may be shorter than `header`.
struct HtmlTable {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::string> titles;
  std::vector<std::vector<HtmlCell>> rows;
};
void html_table(const HtmlTable& content, std::ostream& out);

}  // namespace edgeeval
