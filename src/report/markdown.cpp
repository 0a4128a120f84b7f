// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <ostream>

#include "core/text.hpp"
#include "decision/decision.hpp"
#include "report/decision_section.hpp"
#include "report/ledger_table.hpp"
#include "report/renderers.hpp"
#include "report/rows.hpp"
#include "report/text_table.hpp"

namespace edgeeval::render {
namespace {

void table(const TextTable& content, std::ostream& out) { out << markdown_text(content); }

/// What to do, with what was assumed and what would turn it.
void decision(const StudyReport& report, std::ostream& out) {
  if (!report.decision) return;
  out << "**Decision.** " << markdown_escaped(report.decision->verdict) << "\n\n"
      << markdown_escaped("Assumed: " + assumption_line(report) + ". " + report.decision->boundary) << "\n\n";
}

void levers(const StudyReport& report, const std::string& task, std::ostream& out) {
  constexpr std::size_t kLevers = 3;
  const auto lines = lever_lines(report, task, kLevers);
  if (lines.empty()) return;
  out << "What moves the decision most, each alone, with the saving within the horizon:\n\n";
  for (const auto& line : lines) out << "- " << markdown_escaped(line) << "\n";
  out << "\n";
}

void findings(const StudyReport& report, std::ostream& out) {
  if (!report.decision) return;
  TextTable content{{"question", "answer", "why"}, {}};
  for (const auto& finding : report.decision->findings)
    content.rows.push_back({finding.question, finding.verdict, finding.answer});
  out << "## Findings\n\n" << markdown_text(content);
}

void life_cycle(const StudyReport& report, std::ostream& out) {
  out << "## Life cycle\n\n";
  for (const auto& task : tasks_of(report)) {
    const auto content = energy_table(report, task);
    if (content.rows.empty()) continue;
    out << markdown_escaped(energy_title(report)) << ", " << markdown_escaped(task) << "\n\n";
    table(content, out);
  }
  table(stage_table(report), out);
}

/// Figures that a reader would miss, in a fold that pull requests keep closed.
void absent_figures(const StudyReport& report, std::ostream& out) {
  out << "<details><summary>Absent figures</summary>\n\n";
  for (const auto& row : report.rows) {
    if (!row.value && row.mode == "paper")
      out << "- " << markdown_escaped(row.variant) << ", " << markdown_escaped(row.metric) << ": "
          << markdown_escaped(row.absent_reason) << "\n";
  }
  out << "\n</details>\n";
}

}  // namespace

void markdown(const StudyReport& report, std::ostream& out) {
  out << "# " << markdown_escaped(report.record.study) << "\n\n**Verdict.** "
      << markdown_escaped(report.verdict) << "\n\n";
  decision(report, out);
  for (const auto& task : tasks_of(report)) {
    out << "## " << markdown_escaped(task) << "\n\n";
    if (const auto content = decision_table(report, task); !content.rows.empty()) table(content, out);
    levers(report, task, out);
    table(variant_table(report, task), out);
  }
  out << markdown_escaped(sign_line()) << "\n\n## Careful\n\n";
  for (const auto& sentence : report.careful) out << "- " << markdown_escaped(sentence) << "\n";
  for (const auto& warning : report.record.warnings)
    out << "- Warning: " << markdown_escaped(warning) << "\n";
  out << "\n";
  findings(report, out);
  life_cycle(report, out);
  absent_figures(report, out);
  out << "\nFormulas and sources: docs/metrics.md. Every figure with its interval, grade and sources: "
         "results.json.\n";
}

}  // namespace edgeeval::render
