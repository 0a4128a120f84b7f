// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.hpp"

#include <algorithm>
#include <ostream>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light; --ink: #1b1f24; --paper: #ffffff; --soft: #f3f5f8; --line: #d3d9e1; --accent: #0b5cc4; --faint: #56606d;
  --good: #1a7f37; --bad: #b3261e; --warn: #8a5a00; }
:root[data-theme="dark"] { color-scheme: dark; --ink: #e6e9ee; --paper: #14171c; --soft: #1d2229; --line: #3a424d; --accent: #7ab0ff; --faint: #a3adba;
  --good: #5fd17f; --bad: #ff8a80; --warn: #e3b341; }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { color-scheme: dark; --ink: #e6e9ee; --paper: #14171c; --soft: #1d2229;
  --line: #3a424d; --accent: #7ab0ff; --faint: #a3adba; --good: #5fd17f; --bad: #ff8a80; --warn: #e3b341; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 3.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.5rem; margin: .5rem 0 1rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
h4 { font-size: .95rem; margin: 1rem 0 .3rem; } p { max-width: 60rem; } ul { padding-left: 1.2rem; } li { max-width: 60rem; }
a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.verdict > p:not(.note) { font-size: 1.05rem; }
.decision { background: var(--soft); border-left: .35rem solid var(--faint); border-radius: .3rem; padding: .7rem 1.1rem; margin: .8rem 0; }
.decision.local { border-color: var(--good); } .decision.never { border-color: var(--bad); } .decision.api { border-color: var(--accent); }
.decision.undecided { border-color: var(--warn); } .decision p { margin: .2rem 0; }
.decision .word { font-size: 1.35rem; font-weight: 650; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .6rem 1.2rem; margin: .7rem 0 .2rem; }
.facts dt { color: var(--faint); font-size: .82rem; } .facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.facts .wide { grid-column: span 2; }
@media (max-width: 34rem) { .facts { grid-template-columns: 1fr 1fr; } }
.signs, figcaption, .note { color: var(--faint); font-size: .85rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; margin: .5rem 0; }
caption { text-align: left; color: var(--faint); padding: .2rem 0; }
th, td { padding: .32rem .65rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; overflow-wrap: normal; }
tbody th { font-weight: 600; } th:first-child, .words { text-align: left; } td { max-width: 34rem; } td.words { overflow-wrap: anywhere; min-width: 9rem; }
thead th { border-bottom: 2px solid var(--line); vertical-align: bottom; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem; } figure { margin: 0; min-width: 0; }
svg { max-width: 100%; } svg.bars { width: 100%; height: auto; } svg.bars text { font-size: 12px; fill: var(--ink); }
.bar { fill: var(--accent); opacity: .55; } .whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
details { border: 1px solid var(--line); border-radius: .3rem; margin: .4rem 0; padding: .3rem .8rem; } summary { cursor: pointer; font-weight: 600; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; font-size: .8rem; }
@media print { main { max-width: none; padding: 0; } .scroll { overflow: visible; } table { font-size: .7rem; } th, td { padding: .15rem .3rem; }
  details, article, figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } .bar { opacity: 1; fill: #999; } }
)";

std::string policy_of(const WebAssets& assets) {
  std::string policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'";
  // By its hash: whatever else a page might be made to hold, only our own script runs.
  if (!assets.script.empty()) policy += "; script-src '" + std::string(assets.script_hash) + "'";
  return policy;
}

/// Which columns hold words: they stand left. A long text with a number behind it is a figure with its
/// interval.
std::vector<bool> word_columns(const HtmlTable& content) {
  constexpr std::size_t kLongestFigure = 28;
  std::vector<bool> words(content.header.size(), false);
  for (const auto& row : content.rows) {
    for (std::size_t i = 0; i < std::min(row.size(), words.size()); ++i)
      if (!row[i].value && row[i].text.size() > kLongestFigure) words[i] = true;
  }
  return words;
}

void header_cells(const HtmlTable& content, const std::vector<bool>& words, std::ostream& out) {
  out << "<thead><tr>";
  for (std::size_t i = 0; i < content.header.size(); ++i) {
    out << "<th scope=\"col\"";
    if (words[i]) out << " class=\"words\"";
    if (i < content.titles.size() && !content.titles[i].empty())
      out << " title=\"" << escaped(content.titles[i]) << "\"";
    out << ">" << escaped(content.header[i]);
  }
  out << "<tbody>\n";
}

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

std::string page_head(std::string_view title, const WebAssets& assets) {
  const auto safe = escaped(title);
  std::string head =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      policy_of(assets) + "\"><title>EdgeEval: " + safe + "</title><style>" + std::string(kStyle);
  head += assets.style;
  return head + "</style></head>\n<body><main><h1>EdgeEval: " + safe + "</h1>\n";
}

void html_table(const TextTable& content, std::ostream& out) {
  HtmlTable table{{}, content.header, {}, {}};
  for (const auto& row : content.rows) {
    auto& cells = table.rows.emplace_back();
    for (const auto& text : row) cells.push_back({text});
  }
  html_table(table, out);
}

// HTML lets the ends of cells, rows and sections of a table be left out; in a large study they are a tenth of
// the page.
void html_table(const HtmlTable& content, std::ostream& out) {
  out << "<div class=\"scroll\" tabindex=\"0\"><table>";
  if (!content.caption.empty()) out << "<caption>" << escaped(content.caption) << "</caption>";
  const auto words = word_columns(content);
  header_cells(content, words, out);
  for (const auto& row : content.rows) {
    out << "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto& cell = row[i];
      out << (i == 0 ? "<th scope=\"row\"" : "<td");
      if (i > 0 && i < words.size() && words[i]) out << " class=\"words\"";
      if (cell.value) out << " data-v=\"" << format_round_trip(*cell.value) << "\"";
      if (!cell.title.empty()) out << " title=\"" << escaped(cell.title) << "\"";
      out << ">" << escaped(cell.text);
    }
    out << "\n";
  }
  out << "</table></div>\n";
}

}  // namespace edgeeval
