// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <ostream>

#include "core/text.hpp"
#include "report/ledger_table.hpp"
#include "report/renderers.hpp"
#include "report/rows.hpp"
#include "report/text_table.hpp"

namespace edgeeval::render {
namespace {

void table(const TextTable& content, std::ostream& out) {
  const auto line = [&](const std::vector<std::string>& cells) {
    out << '|';
    for (const auto& text : cells) out << ' ' << markdown_escaped(text) << " |";
    out << '\n';
  };
  line(content.header);
  out << '|';
  for (std::size_t i = 0; i < content.header.size(); ++i) out << (i == 0 ? " --- |" : " ---: |");
  out << '\n';
  for (const auto& row : content.rows) line(row);
  out << '\n';
}

}  // namespace

void markdown(const StudyReport& report, std::ostream& out) {
  out << "# " << markdown_escaped(report.record.study) << "\n\n**Verdict.** " << markdown_escaped(report.verdict) << "\n\n";
  for (const auto& task : tasks_of(report)) {
    out << "## " << markdown_escaped(task) << "\n\n";
    table(variant_table(report, task), out);
  }
  out << markdown_escaped(sign_line()) << "\n\n## Careful\n\n";
  for (const auto& sentence : report.careful) out << "- " << markdown_escaped(sentence) << "\n";
  for (const auto& warning : report.record.warnings) out << "- Warning: " << markdown_escaped(warning) << "\n";
  out << "\n## Life cycle\n\n";
  for (const auto& task : tasks_of(report)) {
    const auto content = energy_table(report, task);
    if (content.rows.empty()) continue;
    out << markdown_escaped(energy_title(report)) << ", " << markdown_escaped(task) << "\n\n";
    table(content, out);
  }
  table(stage_table(report), out);
  out << "## Absent figures\n\n";
  for (const auto& row : report.rows) {
    if (!row.value && row.mode == "paper")
      out << "- " << markdown_escaped(row.variant) << ", " << markdown_escaped(row.metric) << ": " << markdown_escaped(row.absent_reason) << "\n";
  }
  out << "\nFormulas and sources: docs/metrics.md. Every figure with its interval, grade and sources: "
         "results.json.\n";
}

}  // namespace edgeeval::render
