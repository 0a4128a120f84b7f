// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"
#include "report/bench_report.hpp"
#include "report/bench_tables.hpp"
#include "report/bench_words.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kMostWords = 600;

std::string safe(const std::string& text) { return markdown_escaped(shown(text, kMostWords)); }

std::string table_text(const TextTable& table, bool words_last) {
  if (table.rows.empty()) return {};
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const auto& cell : cells) text += " " + safe(cell) + " |";
    return text + "\n";
  };
  auto text = "\n" + line(table.header) + "|";
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const bool left = i == 0 || (words_last && i + 1 == table.header.size());
    text += left ? " --- |" : " ---: |";
  }
  text += "\n";
  for (const auto& row : table.rows) text += line(row);
  return text;
}

std::string list_text(const LabelledLines& lines) {
  std::string text;
  for (const auto& [label, words] : lines) text += "- **" + safe(label) + "** " + safe(words) + "\n";
  return text;
}

}  // namespace

std::string bench_markdown(const BenchReport& report) {
  std::string text;
  if (report.cold_start) {
    text += "## cold starts\n\n" + list_text(cold_start_lines(*report.cold_start));
    text += table_text(cold_start_table(report), false) + "\n";
  }
  if (!bench_has_load(report)) return text + list_text(bench_ends(report));
  text += "## " + safe(report.header.scenario) + " · " + bench_verdict(report.validity) + "\n\n";
  for (const auto& reason : bench_reasons(report.validity)) text += "- " + safe(reason) + "\n";
  text += "\n" + list_text(bench_heading(report));
  text += table_text(sweep_table(report), true);
  for (const auto& note : sweep_notes(report)) text += "\n" + safe(note) + "\n";
  text += table_text(latency_table(report.summary), false);
  const auto gaps = latency_gaps(report.summary);
  if (!gaps.empty()) text += "\n";
  for (const auto& gap : gaps) text += "- " + safe(gap) + "\n";
  text += table_text(delivery_table(report.summary), false);
  text += table_text(failure_table(report.summary), true);
  text += table_text(timing_table(report), false);
  text += table_text(server_distribution_table(report), false);
  return text + "\n" + list_text(bench_facts(report));
}

}  // namespace edgeeval
