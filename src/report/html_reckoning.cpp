// SPDX-License-Identifier: Apache-2.0
// What stands behind a decision on a page: what-if, two ways to count, findings, assumptions.
#include <fmt/format.h>

#include <ostream>
#include <string>

#include "core/text.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "report/html_decision.hpp"
#include "report/html_figures.hpp"
#include "report/html_page.hpp"
#include "report/rows.hpp"

namespace edgeeval::html {
namespace {

std::string number_of(const MetricRow* row) { return figure_with_interval(row, 3); }

}  // namespace

void what_if_section(const StudyReport& report, bool has_script, std::ostream& out) {
  if (report.decision == nullptr) return;
  out << "<section id=\"whatif\"><h2>What if</h2>\n";
  if (has_script) {
    out << "<p>Move an assumption: everything below is computed anew in this page, by the formulas and the "
           "draws that "
           "edgeeval uses.</p><div data-whatif></div><noscript><p>The sliders need scripts, which are "
           "switched off "
           "here. <code>edgeeval whatif RUN KEY=VALUE</code> does the same.</p></noscript>";
  } else {
    out << "<p>This page was made by an edgeeval that was built without charts and sliders. <code>edgeeval "
           "whatif RUN "
           "KEY=VALUE</code> answers the same questions.</p>";
  }
  out << "</section>\n";
}

void two_ways_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"ways\"><h2>Two ways to count</h2>\n";
  HtmlTable table{{},
                  {"variant", "task", "paper: requests", "with merge and quantization", "honest: requests",
                   "honest: paid back after", "honest: API cheaper again after", "decision"},
                  {},
                  {}};
  for (const auto& info : report.record.variants) {
    const auto* paper = find_row(report, info.id, "paper", "n_break");
    const auto* making = find_row(report, info.id, "honest", "n_break_making");
    const auto* decided = report.decision == nullptr ? nullptr : decision_of(*report.decision, info.id);
    const bool reckoned = decided != nullptr && decided->absent_reason.empty();
    table.rows.push_back(
        {{full_name(report, info)},
         {info.task},
         {number_of(paper),
          paper != nullptr && paper->value ? std::optional(paper->value->value) : std::nullopt},
         {number_of(making),
          making != nullptr && making->value ? std::optional(making->value->value) : std::nullopt},
         {reckoned ? band_words(decided->spread.break_even_requests) : "–",
          reckoned ? decided->spread.break_even_requests.median : std::nullopt},
         {reckoned ? duration_text(decided->spread.break_even_s) : "–"},
         reckoned && tells_reversal(*decided)
             ? HtmlCell{reversal_words(decided->spread.reversal_s), decided->spread.reversal_s.median}
             : HtmlCell{"–"},
         {reckoned ? std::string(economics::to_string(decided->decision)) : "–"}});
  }
  html_table(table, out);
  out << "<p>Why they differ:</p><ul>"
         "<li>The paper counts electricity only. The whole reckoning adds the machine (rented, or bought and "
         "recovered "
         "over its life), its upkeep, idle power, people, and every stage that made the variant.</li>"
         "<li>The paper holds a request against one fixed price of a large model. The whole reckoning takes "
         "input, output "
         "and cached tokens at the prices of the API in the table of assumptions, and lets them fall.</li>"
         "<li>A machine costs money while nobody asks. So a number of requests alone says nothing: it takes "
         "a demand, and "
         "below the demand floor no number of requests pays.</li>"
         "<li>The paper gives a point. Here every input has a range, and the answer says in how many draws "
         "it "
         "holds.</li></ul></section>\n";
}

void findings_section(const StudyReport& report, std::ostream& out) {
  if (report.decision == nullptr || report.decision->findings.empty()) return;
  out << "<section id=\"findings\"><h2>The paper's questions, from this study's data</h2>\n";
  HtmlTable table{{}, {"question", "answer", "in words"}, {}, {}};
  for (const auto& finding : report.decision->findings)
    table.rows.push_back(
        {{finding.question}, {finding.verdict}, {finding.answer, {}, join(finding.rows, "; ")}});
  html_table(table, out);
  out << "</section>\n";
}

void assumptions_table(const StudyReport& report, std::ostream& out) {
  if (report.decision == nullptr) return;
  const VariantDecision* first = nullptr;
  for (const auto& variant : report.decision->variants) {
    if (variant.absent_reason.empty() && first == nullptr) first = &variant;
  }
  if (first == nullptr) return;
  HtmlTable table{"Assumptions of the decision, which all variants share",
                  {"input", "value", "range", "unit", "grade", "source"},
                  {},
                  {}};
  const auto fields = economics::input_table();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].owner != economics::Owner::scenario) continue;
    const auto& spread = first->inputs.at(i);
    const auto& origin = first->origins.at(i);
    const auto range =
        spread.shape == economics::Shape::fixed
            ? std::string("–")
            : fmt::format("{} to {}", format_significant(spread.lo), format_significant(spread.hi));
    table.rows.push_back({{std::string(fields[i].title), {}, std::string(fields[i].meaning)},
                          {format_significant(spread.value), spread.value},
                          {range},
                          {fields[i].unit == "1" ? "" : std::string(fields[i].unit)},
                          {std::string(to_string(origin.grade))},
                          {join(origin.sources, "; "), {}, origin.note}});
  }
  html_table(table, out);
}

}  // namespace edgeeval::html
