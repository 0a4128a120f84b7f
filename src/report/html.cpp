// SPDX-License-Identifier: Apache-2.0
// One page, no network: it opens from disk, reads well without its script, and prints. All text from the
// record is escaped: a model's output is hostile input.
#include <ostream>
#include <string_view>
#include <utility>

#include "report/html_decision.hpp"
#include "report/html_document.hpp"
#include "report/html_page.hpp"
#include "report/html_sections.hpp"
#include "report/page_data.hpp"
#include "report/renderers.hpp"

namespace edgeeval {
namespace {

constexpr std::pair<const char*, const char*> kContents[] = {
    {"decision", "Decision"},      {"careful", "Before quoting"},
    {"variants", "Variants"},      {"whatif", "What if"},
    {"fidelity", "Quality kept"},  {"life", "Life cycle"},
    {"ways", "Two ways to count"}, {"failures", "Failures"},
    {"details", "Details"},        {"grounds", "Grounds and method"}};

void contents(bool decided, std::ostream& out) {
  out << "<nav aria-label=\"Sections\" class=\"contents\"><ul>";
  for (const auto& [id, title] : kContents) {
    if (decided || std::string_view(id) != "whatif")
      out << "<li><a href=\"#" << id << "\">" << title << "</a></li>";
  }
  out << "</ul></nav>\n";
}

}  // namespace

void html::document(const StudyReport& report, const WebAssets& assets, std::ostream& out) {
  const bool has_script = !assets.script.empty();
  out << page_head(report.record.study, assets);
  contents(report.decision != nullptr, out);
  decision_section(report, out);
  careful_section(report, out);
  variants_section(report, out);
  what_if_section(report, has_script, out);
  fidelity_section(report, out);
  life_cycle_section(report, out);
  two_ways_section(report, out);
  findings_section(report, out);
  failures_section(report, out);
  details_section(report, out);
  grounds_section(report, out);
  out << "</main>\n";
  // Last, so that the page is read and painted before anything is computed.
  if (has_script)
    out << "<script type=\"application/json\" id=\"data\">" << page_data(report) << "</script>\n<script>"
        << assets.script << "</script>\n";
  out << "</body></html>\n";
}

void render::html(const StudyReport& report, std::ostream& out) { html::document(report, web_assets(), out); }

}  // namespace edgeeval
