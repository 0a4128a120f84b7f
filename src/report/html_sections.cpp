// SPDX-License-Identifier: Apache-2.0
#include "report/html_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "report/html_bars.hpp"
#include "report/html_page.hpp"
#include "report/ledger_table.hpp"
#include "report/rows.hpp"
#include "report/text_table.hpp"

namespace edgeeval::html {
namespace {

/// The columns of the table of variants: mode, metric, title.
struct Column {
  const char* mode;
  const char* metric;
  const char* title;
};
constexpr Column kColumns[] = {
    {"observed", "j_per_request", "J/request"}, {"observed", "ttft_p95", "TTFT p95 s"},
    {"observed", "cold_start", "cold start s"}, {"paper", "rho_sys", "tok/s per GB"},
    {"honest", "ipj", "score per J"},           {"honest", "q_ret_paired", "quality kept %"}};

const MetricDefinition* definition_of(const char* mode, const char* metric) {
  const auto& table = metric_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const MetricDefinition& row) {
    return row.mode == mode && row.id == metric;
  });
  return found == table.end() ? nullptr : &*found;
}

/// What hovering over a figure shows: interval, unit, grade, sources.
std::string hover_text(const MetricRow& row) {
  if (!row.value) return "absent: " + row.absent_reason;
  const auto interval = interval_text(*row.value);
  return fmt::format("{} {}{}; {}; {}", format_round_trip(row.value->value), row.value->unit,
                     interval.empty() ? "" : " " + interval, to_string(row.value->grade),
                     join(row.value->sources, "; "));
}

HtmlCell cell_of(const MetricRow* row) {
  if (row == nullptr) return {"–"};
  HtmlCell cell{figure(row), {}, hover_text(*row)};
  if (row->value) cell.value = row->value->value;
  return cell;
}

const MetricRow* score_of(const StudyReport& report, const std::string& variant) {
  const auto* f1 = find_row(report, variant, "observed", "token_f1");
  return f1 != nullptr && f1->value ? f1 : find_row(report, variant, "observed", "published_score");
}

HtmlTable table_of(const StudyReport& report, const std::string& task) {
  HtmlTable table{{}, {"variant", "score [95 %]"}, {"", "token F1, or a published score from 0 to 1"}, {}};
  for (const auto& column : kColumns) {
    const auto* definition = definition_of(column.mode, column.metric);
    table.header.emplace_back(column.title);
    table.titles.push_back(definition == nullptr ? "" : definition->title + ": " + definition->formula);
  }
  for (const auto& variant : report.record.variants) {
    if (variant.task != task) continue;
    const auto* score = score_of(report, variant.id);
    auto score_cell = cell_of(score);
    score_cell.text = figure_with_interval(score);
    table.rows.push_back({{full_name(report, variant)}, std::move(score_cell)});
    for (const auto& column : kColumns)
      table.rows.back().push_back(cell_of(find_row(report, variant.id, column.mode, column.metric)));
  }
  for (auto column = table.header.size(); column-- > 2;) {
    if (std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row[column].value; }))
      continue;
    const auto offset = static_cast<std::ptrdiff_t>(column);
    table.header.erase(table.header.begin() + offset);
    table.titles.erase(table.titles.begin() + offset);
    for (auto& row : table.rows) row.erase(row.begin() + offset);
  }
  return table;
}

void failed_stages(const RunRecord& record, std::ostream& out) {
  for (const auto& [id, stage] : record.stages) {
    if (stage.outcome != StageOutcome::failed) continue;
    out << "<h3>" << escaped(id) << " failed</h3><p>" << escaped(stage.error ? stage.error->message : "")
        << "</p>";
    if (stage.log_tail.empty()) continue;
    out << "<pre tabindex=\"0\">";
    for (const auto& line : stage.log_tail) out << escaped(line) << "\n";
    out << "</pre>\n";
  }
}

/// What kept single requests of a variant from counting: failures, cut-off answers, answers without counts.
HtmlTable request_failures(const StudyReport& report) {
  HtmlTable table{
      {},
      {"variant", "requests", "failed", "cut off at the limit", "without token counts", "retries"},
      {},
      {}};
  for (const auto& variant : report.record.variants) {
    const auto found = report.record.requests.find(variant.id);
    if (found == report.record.requests.end() || found->second.empty()) continue;
    const auto count = [&](auto holds) {
      const auto n = std::count_if(found->second.begin(), found->second.end(), holds);
      return HtmlCell{std::to_string(n), static_cast<double>(n)};
    };
    int retries = 0;
    for (const auto& request : found->second) retries += request.retries;
    table.rows.push_back({{full_name(report, variant) + " · " + variant.task},
                          count([](const RequestTimeline&) { return true; }),
                          count([](const RequestTimeline& r) { return !r.ok; }),
                          count([](const RequestTimeline& r) { return r.ok && r.finish_reason == "length"; }),
                          count([](const RequestTimeline& r) { return r.ok && !r.completion_tokens; }),
                          {std::to_string(retries), static_cast<double>(retries)}});
  }
  return table;
}

/// Which sources gave no energy, and what the others say of their figures, with the stages that it concerns.
std::map<std::string, std::vector<std::string>> energy_notes(const StudyReport& report) {
  std::map<std::string, std::vector<std::string>> notes;
  for (const auto& row : report.ledger) {
    for (const auto& missing : row.missing)
      notes["not known: " + missing].push_back(row.stage + " " + row.phase);
    for (const auto& flag : row.flags) notes[flag].push_back(row.stage + " " + row.phase);
  }
  return notes;
}

}  // namespace

void careful_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"careful\"><h2>Before quoting a figure</h2><ul>";
  for (const auto& sentence : report.careful) out << "<li>" << escaped(sentence) << "</li>\n";
  for (const auto& warning : report.record.warnings) out << "<li>Warning: " << escaped(warning) << "</li>\n";
  out << "</ul><p class=\"signs\">~ modelled · * assumed · † published by others · – absent; no sign: "
         "measured, or computed "
         "from measured figures. Hover over a figure for its interval, grade and source.</p></section>\n";
}

void variants_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"variants\"><h2>Variants</h2>\n";
  for (const auto& task : tasks_of(report)) {
    out << "<h3>Task " << escaped(task) << "</h3>\n";
    out << "<div class=\"charts\" data-pareto=\"" << escaped(task) << "\"></div>\n";
    html_table(table_of(report, task), out);
    out << "<noscript><div class=\"charts\">";
    bars(report, task, "observed", "token_f1", "Quality: token F1 (95 % bootstrap)", out);
    bars(report, task, "observed", "j_per_request", "Energy of a request (J)", out);
    out << "</div></noscript>\n";
  }
  out << "</section>\n";
}

void fidelity_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"fidelity\"><h2>Quality kept after quantization</h2>\n";
  HtmlTable table{
      "100 · score ÷ score of the FP16 variant of the same adaptation; 95 % by paired bootstrap over items",
      {"variant", "task", "quality kept %", "interval"},
      {},
      {}};
  for (const auto& variant : report.record.variants) {
    const auto* row = find_row(report, variant.id, "honest", "q_ret_paired");
    if (row == nullptr || !row->value) continue;
    const auto interval = interval_text(*row->value);
    table.rows.push_back({{full_name(report, variant)},
                          {variant.task},
                          cell_of(row),
                          {interval.empty() ? "none: no scores of single items" : interval}});
  }
  if (table.rows.empty()) {
    out << "<p>No variant has a scored FP16 variant of the same adaptation to compare with.</p></section>\n";
    return;
  }
  out << "<div data-forest></div>\n<details><summary>All tasks as a table</summary>\n";
  html_table(table, out);
  out << "</details></section>\n";
}

void life_cycle_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"life\"><h2>Life cycle</h2>\n<div data-waterfall></div>\n";
  for (const auto& task : tasks_of(report)) {
    const auto content = energy_table(report, task);
    if (content.rows.empty()) continue;
    out << "<p>" << escaped(energy_title(report)) << ", task " << escaped(task) << "</p>\n";
    html_table(content, out);
  }
  out << "<details><summary>Stage by stage, with intervals</summary>\n";
  html_table(stage_table(report), out);
  out << "</details></section>\n";
}

void failures_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"failures\"><h2>Failures and validity</h2>\n";
  failed_stages(report.record, out);
  const auto requests = request_failures(report);
  if (requests.rows.empty()) {
    out << "<p>The record holds no single requests: nothing tells which failed or were cut off.</p>\n";
  } else {
    html_table(requests, out);
  }
  const auto notes = energy_notes(report);
  if (!notes.empty()) out << "<h3>What the energy sources say</h3><ul>";
  for (const auto& [note, stages] : notes)
    out << "<li>" << escaped(note) << " (" << stages.size()
        << (stages.size() == 1 ? " window: " : " windows, first: ") << escaped(stages.front()) << ")</li>\n";
  if (!notes.empty()) out << "</ul>";
  out << "</section>\n";
}

}  // namespace edgeeval::html
