// SPDX-License-Identifier: Apache-2.0
// Details of each variant, and the grounds that a study rests on.
#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "report/html_decision.hpp"
#include "report/html_page.hpp"
#include "report/html_sections.hpp"
#include "report/rows.hpp"

namespace edgeeval::html {
namespace {

constexpr std::size_t kShownPredictions = 6;
constexpr std::size_t kReasonsUpTo = 24;  // Variants.

/// What is absent, told together where the reason is the same.
void absent_figures(const StudyReport& report, const VariantInfo& variant, std::ostream& out) {
  std::vector<std::pair<std::string, std::vector<std::string>>> absent;
  for (const auto& row : report.rows) {
    if (row.variant != variant.id || row.value) continue;
    const auto same = std::find_if(absent.begin(), absent.end(),
                                   [&](const auto& entry) { return entry.first == row.absent_reason; });
    if (same == absent.end()) {
      absent.push_back({row.absent_reason, {row.metric}});
    } else {
      same->second.push_back(row.metric);
    }
  }
  if (absent.empty()) return;
  // In a large study the same reasons would be told for every variant.
  if (report.record.variants.size() > kReasonsUpTo) {
    out << "<p class=\"note\">Absent (results.json says why): ";
    for (std::size_t i = 0; i < absent.size(); ++i)
      out << (i == 0 ? "" : ", ") << escaped(join(absent[i].second, ", "));
    out << ".</p>\n";
    return;
  }
  out << "<p class=\"note\">Absent: ";
  for (std::size_t i = 0; i < absent.size(); ++i)
    out << (i == 0 ? "" : "; ") << escaped(join(absent[i].second, ", ")) << " (" << escaped(absent[i].first)
        << ")";
  out << ".</p>\n";
}

/// Sources that many figures share, numbered, so that each text stands once.
class Numbered {
 public:
  /// "1, 3": the numbers of `sources`.
  std::string numbers(const std::vector<std::string>& sources) {
    std::vector<std::string> found;
    for (const auto& source : sources) {
      auto place = std::find(texts_.begin(), texts_.end(), source);
      if (place == texts_.end()) place = texts_.insert(place, source);
      found.push_back(std::to_string(place - texts_.begin() + 1));
    }
    return join(found, ", ");
  }
  void write(std::ostream& out) const {
    if (texts_.empty()) return;
    out << "<p class=\"note\">Sources: ";
    for (std::size_t i = 0; i < texts_.size(); ++i)
      out << (i == 0 ? "" : "; ") << "<b>" << i + 1 << "</b> " << escaped(texts_[i]);
    out << ".</p>\n";
  }

 private:
  std::vector<std::string> texts_;
};

void all_figures(const StudyReport& report, const VariantInfo& variant, std::ostream& out) {
  HtmlTable content{{}, {"metric", "mode", "value", "unit", "grade", "sources"}, {}, {}};
  Numbered sources;
  for (const auto& row : report.rows) {
    if (row.variant != variant.id || !row.value) continue;
    content.rows.push_back({{row.metric},
                            {row.mode},
                            {figure_with_interval(&row, 4), row.value->value},
                            {row.value->unit},
                            {std::string(to_string(row.value->grade))},
                            {sources.numbers(row.value->sources)}});
  }
  html_table(content, out);
  sources.write(out);
  absent_figures(report, variant, out);
}

void predictions(const RunRecord& record, const VariantInfo& variant, std::ostream& out) {
  const auto scores = record.scores.find(variant.id);
  if (scores == record.scores.end()) return;
  HtmlTable content{{}, {"item", "answer", "gold", "F1"}, {}, {}};
  for (const auto& score : scores->second) {
    if (content.rows.size() == kShownPredictions) break;
    content.rows.push_back({{score.item},
                            {score.answered ? score.prediction : "(request failed)"},
                            {join(score.gold, " | ")},
                            {format_significant(score.f1), score.f1}});
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
  TextTable content{{"machine", "what it says of itself"}, {}};
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

void details_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"details\"><h2>Every variant in detail</h2>\n";
  for (const auto& variant : report.record.variants) {
    out << "<details><summary>"
        << escaped(variant_name(variant) + " · " + variant.task + " · " + variant.model) << "</summary>\n";
    if (!variant.note.empty()) out << "<p>" << escaped(variant.note) << "</p>";
    all_figures(report, variant, out);
    predictions(report.record, variant, out);
    out << "</details>\n";
  }
  out << "</section>\n";
}

void grounds_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"grounds\"><h2>Grounds and method</h2>\n";
  environment(report.record, out);
  settings(report.record, out);
  assumptions_table(report, out);
  out << "<details><summary>Metrics: units, formulas, sources</summary>\n";
  methods(out);
  out << "</details>\n<p>Raw files beside this page: record.jsonl, requests/, predictions/, power.csv, "
         "results.json, "
         "metrics.csv. <code>edgeeval report RUN</code> makes this page from them again.</p></section>\n";
}

}  // namespace edgeeval::html
