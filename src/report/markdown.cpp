// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <ostream>

#include "core/text.hpp"
#include "record/ledger.hpp"
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

TextTable stage_table(const RunRecord& record) {
  TextTable content{{"stage", "outcome", "time", "energy", "what it left"}, {}};
  for (const auto& [id, stage] : record.stages) {
    std::string energy = "–";
    for (const auto& window : stage.windows) {
      if (window.name != stage.kind) continue;
      if (const auto total = total_energy(window))
        energy = sign_of(total->grade) + format_significant(total->value) + " J " + interval_text(*total);
    }
    const auto mix = stage.notes.find("tensor_mix");
    const char* outcome = stage.outcome == StageOutcome::finished
                              ? "finished"
                              : (stage.outcome == StageOutcome::failed ? "failed" : "skipped");
    content.rows.push_back(
        {id, outcome, format_duration(stage.duration_s), energy,
         stage.error ? stage.error->message : (mix == stage.notes.end() ? "" : mix->second)});
  }
  return content;
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
  table(stage_table(report.record), out);
  out << "## Absent figures\n\n";
  for (const auto& row : report.rows) {
    if (!row.value && row.mode == "paper")
      out << "- " << markdown_escaped(row.variant) << ", " << markdown_escaped(row.metric) << ": " << markdown_escaped(row.absent_reason) << "\n";
  }
  out << "\nFormulas and sources: docs/metrics.md. Every figure with its interval, grade and sources: "
         "results.json.\n";
}

}  // namespace edgeeval::render
