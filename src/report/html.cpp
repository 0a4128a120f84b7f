// SPDX-License-Identifier: Apache-2.0
// One page, no network, no scripts: it opens from disk and prints. All text from the record is escaped: a
// model's output is hostile input.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "core/text.hpp"
#include "report/html_page.hpp"
#include "report/ledger_table.hpp"
#include "report/renderers.hpp"
#include "report/rows.hpp"
#include "report/text_table.hpp"

namespace edgeeval::render {
namespace {

constexpr std::size_t kShownPredictions = 6;
constexpr double kBarWidth = 420.0;
constexpr double kBarHeight = 26.0;
constexpr double kLabelWidth = 130.0;

/// Bars of one metric over the variants of a task, with intervals.
void bars(const StudyReport& report, const std::string& task, const std::string& mode,
          const std::string& metric, const std::string& title, std::ostream& out) {
  double largest = 0.0;
  std::vector<std::pair<const VariantInfo*, const MetricRow*>> shown;
  for (const auto& variant : report.record.variants) {
    const auto* row = find_row(report, variant.id, mode, metric);
    if (variant.task != task || row == nullptr || !row->value) continue;
    shown.emplace_back(&variant, row);
    largest = std::max({largest, row->value->value, row->value->hi.value_or(0.0)});
  }
  if (shown.empty() || largest <= 0.0) return;
  const double height = kBarHeight * static_cast<double>(shown.size());
  out << fmt::format(
      "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}; "
      "the figures stand in the table above\">\n",
      escaped(title), kLabelWidth + kBarWidth + 150.0, height, escaped(title));
  double y = 0.0;
  for (const auto& [variant, row] : shown) {
    const auto x = [&](double value) { return kLabelWidth + kBarWidth * value / largest; };
    const double middle = y + kBarHeight / 2.0;
    out << fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", kLabelWidth - 8.0,
                       middle + 4.0, escaped(variant_name(*variant)));
    out << fmt::format("<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
                       kLabelWidth, y + 5.0, x(row->value->value) - kLabelWidth, kBarHeight - 10.0);
    if (row->value->lo && row->value->hi) {
      out << fmt::format(
          "<path class=\"whisker\" d=\"M{:.1f} {:.1f}H{:.1f}M{:.1f} {:.1f}v8M{:.1f} {:.1f}v8\"/>",
          x(*row->value->lo), middle, x(*row->value->hi), x(*row->value->lo), middle - 4.0,
          x(*row->value->hi), middle - 4.0);
    }
    out << fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                       x(std::max(row->value->value, row->value->hi.value_or(0.0))) + 8.0, middle + 4.0,
                       escaped(figure(row)));
    y += kBarHeight;
  }
  out << "</svg></figure>\n";
}

void life_cycle_section(const StudyReport& report, std::ostream& out) {
  const auto& record = report.record;
  for (const auto& task : tasks_of(report)) {
    const auto content = energy_table(report, task);
    if (content.rows.empty()) continue;
    out << "<p>" << escaped(energy_title(report)) << ", task " << escaped(task) << "</p>\n";
    html_table(content, out);
  }
  out << "<p>Stage by stage, with intervals:</p>\n";
  html_table(stage_table(report), out);
  for (const auto& [id, stage] : record.stages) {
    if (stage.outcome != StageOutcome::failed) continue;
    out << "<h3>" << escaped(id) << " failed</h3><p>" << escaped(stage.error ? stage.error->message : "")
        << "</p>";
    if (stage.log_tail.empty()) continue;
    out << "<pre>";
    for (const auto& line : stage.log_tail) out << escaped(line) << "\n";
    out << "</pre>\n";
  }
}

void all_figures(const StudyReport& report, const VariantInfo& variant, std::ostream& out) {
  TextTable content{{"metric", "mode", "value", "unit", "grade", "sources"}, {}};
  for (const auto& row : report.rows) {
    if (row.variant != variant.id) continue;
    if (!row.value) {
      content.rows.push_back({row.metric, row.mode, "absent", "", "", row.absent_reason});
      continue;
    }
    content.rows.push_back({row.metric, row.mode, figure_with_interval(&row, 4), row.value->unit,
                            std::string(to_string(row.value->grade)), join(row.value->sources, "; ")});
  }
  html_table(content, out);
}

void predictions(const RunRecord& record, const VariantInfo& variant, std::ostream& out) {
  const auto scores = record.scores.find(variant.id);
  if (scores == record.scores.end()) return;
  TextTable content{{"item", "answer", "gold", "F1"}, {}};
  for (const auto& score : scores->second) {
    if (content.rows.size() == kShownPredictions) break;
    content.rows.push_back({score.item, score.answered ? score.prediction : "(request failed)",
                            join(score.gold, " | "), format_significant(score.f1)});
  }
  out << "<h4>First answers beside the gold ones</h4>";
  html_table(content, out);
}

void settings(const RunRecord& record, std::ostream& out) {
  TextTable content{{"setting", "value"}, {}};
  for (const auto& [key, value] : record.settings) content.rows.push_back({key, value});
  for (const auto& [name, fact] : record.prices) {
    content.rows.push_back({name, format_round_trip(fact.value) + " " + fact.unit + " (" +
                                      std::string(to_string(fact.grade)) + ": " + join(fact.sources, "; ") +
                                      ")"});
  }
  html_table(content, out);
}

void environment(const RunRecord& record, std::ostream& out) {
  if (record.sittings.empty()) return;
  TextTable content{{"machine", ""}, {}};
  for (const auto& [key, value] : record.sittings.back().environment) content.rows.push_back({key, value});
  html_table(content, out);
}

void methods(std::ostream& out) {
  TextTable content{{"metric", "mode", "unit", "formula", "source"}, {}};
  for (const auto& metric : metric_table())
    content.rows.push_back(
        {metric.title + " (" + metric.id + ")", metric.mode, metric.unit, metric.formula, metric.source});
  html_table(content, out);
}

}  // namespace

void html(const StudyReport& report, std::ostream& out) {
  out << page_head(report.record.study);
  out << "<section class=\"verdict\"><h2>Verdict</h2><p>" << escaped(report.verdict)
      << "</p></section>\n<section><h2>Before quoting a figure</h2><ul>";
  for (const auto& sentence : report.careful) out << "<li>" << escaped(sentence) << "</li>\n";
  for (const auto& warning : report.record.warnings) out << "<li>Warning: " << escaped(warning) << "</li>\n";
  out << "</ul></section>\n";
  for (const auto& task : tasks_of(report)) {
    out << "<section><h2>Task " << escaped(task) << "</h2>\n";
    html_table(variant_table(report, task), out);
    out << "<p class=\"signs\">" << escaped(sign_line()) << "</p>\n<div class=\"charts\">";
    bars(report, task, "observed", "token_f1", "Quality: token F1 (95 % bootstrap)", out);
    bars(report, task, "observed", "j_per_request", "Energy of a request (J)", out);
    bars(report, task, "observed", "cold_start", "Cold start (s)", out);
    bars(report, task, "paper", "rho_sys", "System density (tok/s/GB)", out);
    out << "</div></section>\n";
  }
  out << "<section><h2>Life cycle</h2>\n";
  life_cycle_section(report, out);
  out << "</section>\n<section><h2>Variants</h2>\n";
  for (const auto& variant : report.record.variants) {
    out << "<details><summary>"
        << escaped(variant_name(variant) + " · " + variant.task + " · " + variant.model) << "</summary>\n";
    all_figures(report, variant, out);
    predictions(report.record, variant, out);
    out << "</details>\n";
  }
  out << "</section>\n<section><h2>What it rests on</h2>\n";
  environment(report.record, out);
  settings(report.record, out);
  out << "</section>\n<section><h2>Method and formulas</h2>\n";
  methods(out);
  out << "<p>Raw files beside this page: record.jsonl, requests/, predictions/, power.csv, results.json, "
         "metrics.csv.</p></section>\n</main></body></html>\n";
}

}  // namespace edgeeval::render
