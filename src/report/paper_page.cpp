// SPDX-License-Identifier: Apache-2.0
#include "report/paper_page.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <sstream>

#include "report/html_page.hpp"

namespace edgeeval {
namespace {

using paper::PaperReport;

std::string claim_section(const paper::Claim& claim) {
  std::string rows;
  for (const auto& row : claim.evidence) rows += "<li>" + escaped(row) + "</li>";
  return fmt::format(
      "<section><h3>{}</h3><p><strong>{}</strong></p><p>{}: {}</p><details><summary>{} rows behind it</summary>"
      "<ul>{}</ul></details></section>\n",
      escaped(claim.statement), escaped(claim.verdict), escaped(claim.statistic), escaped(claim.value),
      claim.evidence.size(), rows);
}

std::string number(const std::optional<double>& value, const char* absent, int digits) {
  return value ? fmt::format("{:.{}g}", *value, digits) : std::string(absent);
}

/// Flags of the published scripts, by variant.
std::map<std::string, std::string> flags_of(const PaperReport& report) {
  std::map<std::string, std::string> flags;
  for (const auto& row : report.rows) {
    if (row.flag.empty()) continue;
    auto& text = flags[row.variant];
    text += (text.empty() ? "" : ", ") + row.flag;
  }
  return flags;
}

TextTable metric_table_of(const PaperReport& report) {
  TextTable table{{"model", "method", "precision", "task", "N_break", "IPW 1/J", "tok/s/GB", "C_tax", "Q_ret %",
                   "flags"},
                  {}};
  auto flags = flags_of(report);
  for (const auto& variant : report.variants) {
    const auto& key = variant.serving->key;
    table.rows.push_back({key.family + "-" + key.size, key.method, key.precision, key.task,
                          number(variant.n_break, "never", 4), number(variant.ipw, "", 4),
                          number(variant.rho_sys, "", 5), number(variant.c_tax, "", 4),
                          number(variant.q_ret, "–", 4), flags[paper::variant_id(key)]});
  }
  return table;
}

}  // namespace

std::string paper_page(const PaperReport& report) {
  std::string page = page_head(report.context.title);
  page += fmt::format("<p>{}</p><p>{} Electricity {} USD/kWh, API {} USD a request.</p>\n<h2>Claims</h2>\n",
                      escaped(report.context.source), escaped(paper::boundary_text()),
                      report.constants.electricity_usd_per_kwh, report.constants.api_usd_per_request);
  if (report.claims.empty()) page += "<p>The tables hold none of the rows that the paper's claims are about.</p>\n";
  for (const auto& claim : report.claims) page += claim_section(claim);
  std::ostringstream table;
  html_table(metric_table_of(report), table);
  return page + "<h2>Metrics</h2>\n" + table.str() + "</main></body></html>\n";
}

}  // namespace edgeeval
