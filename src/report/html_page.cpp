// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.hpp"

#include <ostream>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #f2f4f7; --line: #d5dae1; --accent: #1f6feb; --faint: #5a6472; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #14171c; --soft: #1d2229; --line: #343b45; --accent: #6ea8fe; --faint: #9aa5b4; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; }
.verdict { background: var(--soft); border-left: .3rem solid var(--accent); padding: .2rem 1.2rem; border-radius: .3rem; }
.verdict p { font-size: 1.1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child { text-align: left; } td { max-width: 34rem; overflow-wrap: anywhere; }
thead th { border-bottom: 2px solid var(--line); }
.signs, figcaption { color: var(--faint); font-size: .85rem; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; flex: 1 1 30rem; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
.bar { fill: var(--accent); opacity: .55; } .whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
details { border: 1px solid var(--line); border-radius: .3rem; margin: .4rem 0; padding: .3rem .8rem; } summary { cursor: pointer; font-weight: 600; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; font-size: .8rem; }
@media print { details { break-inside: avoid; } main { max-width: none; padding: 0; } .bar { opacity: 1; fill: #999; } }
)";

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string page_head(std::string_view title) {
  const auto safe = escaped(title);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width, initial-scale=1\">"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\">"
         "<title>EdgeEval: " +
         safe + "</title><style>" + std::string(kStyle) +
         "</style></head>\n<body><main><h1>EdgeEval: " + safe + "</h1>\n";
}

void html_table(const TextTable& content, std::ostream& out) {
  out << "<div class=\"scroll\"><table><thead><tr>";
  for (const auto& text : content.header) out << "<th scope=\"col\">" << escaped(text) << "</th>";
  out << "</tr></thead><tbody>\n";
  for (const auto& row : content.rows) {
    out << "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << (i == 0 ? "<th scope=\"row\">" : "<td>") << escaped(row[i]) << (i == 0 ? "</th>" : "</td>");
    }
    out << "</tr>\n";
  }
  out << "</tbody></table></div>\n";
}

}  // namespace edgeeval
