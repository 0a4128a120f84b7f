// SPDX-License-Identifier: Apache-2.0
#include "report/html_decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <ostream>
#include <string>

#include "catalog/decision_metrics.hpp"
#include "core/text.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "report/html_figures.hpp"
#include "report/html_page.hpp"
#include "report/rows.hpp"
#include "report/text_table.hpp"

namespace edgeeval::html {
namespace {

/// How the best variant of a task was found, so that it is not taken for the one with the best score.
constexpr const char* kBestRule =
    "right answers cost least, of those whose score is not shown to be below the best";

using economics::Band;

constexpr double kSecondsPerDay = 86400.0;

std::optional<double> times(const std::optional<double>& value, double scale) {
  return value ? std::optional(*value * scale) : std::nullopt;
}

double input(const VariantDecision& variant, std::string_view key) {
  return variant.inputs
      .at(static_cast<std::size_t>(economics::find_input(key) - economics::input_table().data()))
      .value;
}

std::string utilisation_text(const Band& band) {
  if (!band.median) return "no demand would do";
  const auto part = [](const std::optional<double>& share) {
    return share ? format_significant(100.0 * *share, 2) + " %" : std::string("∞");
  };
  return fmt::format("{} [{}, {}]", part(band.median), part(band.lo), part(band.hi));
}

/// The formula of a metric that a decision adds, for whoever hovers over its figure; empty where there is
/// none.
std::string formula_of(const char* metric) {
  const auto& table = decision_metrics();
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const MetricDefinition& row) { return row.id == metric; });
  return found == table.end() ? std::string() : found->formula;
}

void fact(const char* title, const char* metric, const std::string& text, std::ostream& out) {
  const auto formula = formula_of(metric);
  out << (std::string_view(metric) == "lever" ? "<div class=\"wide\"" : "<div");
  if (!formula.empty()) out << " title=\"" << escaped(formula) << "\"";
  out << "><dt>" << title << "</dt><dd>" << escaped(text) << "</dd></div>";
}

void facts_of(const VariantDecision& variant, std::ostream& out) {
  const auto& spread = variant.spread;
  const auto demand = input(variant, "demand_per_day");
  out << "<dl class=\"facts\">";
  fact("Local is cheaper by the horizon", "p_local_cheaper",
       fmt::format("in {} of {} draws ({} years)", percent_text(spread.local_cheaper), grouped(spread.draws),
                   format_round_trip(input(variant, "horizon_years"))),
       out);
  fact("Demand floor, requests a day", "demand_floor",
       fmt::format("{}; assumed demand {}", band_words(spread.demand_floor_per_s, kSecondsPerDay),
                   grouped(demand)),
       out);
  fact("The same as use of the machines", "utilisation_floor", utilisation_text(spread.utilisation_floor),
       out);
  fact("1,000 local requests, USD", "usd_per_request", band_words(spread.local_usd, 1000.0), out);
  fact("1,000 API requests, USD", "", band_words(spread.api_usd, 1000.0), out);
  fact("Paid back after", "break_even_time", duration_text(spread.break_even_s), out);
  if (tells_reversal(variant))
    fact("API cheaper again after", "reversal_time",
         fmt::format("{} where it pays back; by the horizon in {} of draws",
                     reversal_words(spread.reversal_s), percent_text(spread.reversed_within)),
         out);
  fact("Energy of a request, J", "", band_words(spread.energy_j), out);
  fact("Carbon of a request, g CO2e", "carbon_per_request", band_words(spread.carbon_g), out);
  if (!variant.levers.empty()) {
    const auto& lever = variant.levers.front();
    const auto& field = economics::input_table()[lever.input];
    fact("Biggest lever", "lever",
         fmt::format("{}: from {} to {} {} moves the saving from {} to {} USD", field.title,
                     grouped(lever.at_lo), grouped(lever.at_hi),
                     field.unit == "1" ? std::string_view() : field.unit, grouped(lever.saving_at_lo),
                     grouped(lever.saving_at_hi)),
         out);
  }
  out << "</dl>\n";
}

/// What the figures of a box rest on: the weakest grade of the study's own, and what is not in them.
void grounds_of(const VariantDecision& variant, std::ostream& out) {
  out << "<p class=\"note\">Medians with 90 % bands. Prices, demand and site are assumed (*); of the study's "
         "own figures the "
         "weakest are "
      << to_string(variant.grade)
      << (sign_of(variant.grade).empty() ? "" : " (" + sign_of(variant.grade) + ")") << ".";
  if (!variant.missing_stages.empty())
    out << " Not in the cost: " << escaped(join(variant.missing_stages, "; ")) << ".";
  out << "</p>\n";
}

void decision_box(const StudyReport& report, const StudyDecision& decision, const std::string& task,
                  std::ostream& out) {
  const auto best = best_variant(report.record, decision, task);
  if (!best) {
    out << "<article class=\"decision\"><p>Task " << escaped(task)
        << "</p><p class=\"word\">No decision</p><p>";
    for (std::size_t i = 0; i < decision.variants.size(); ++i) {
      if (report.record.variants[i].task != task) continue;
      out << escaped(decision.variants[i].absent_reason);
      break;
    }
    out << "</p></article>\n";
    return;
  }
  const auto& variant = decision.variants[*best];
  auto words = advice(variant);
  if (!words.empty()) words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
  out << "<article class=\"decision " << economics::to_string(variant.decision) << "\"><p>Task "
      << escaped(task) << ", best variant: <strong>"
      << escaped(full_name(report, report.record.variants[*best])) << "</strong> <span class=\"note\">("
      << kBestRule << ")</span></p><p class=\"word\">" << escaped(words) << "</p>\n";
  facts_of(variant, out);
  grounds_of(variant, out);
  out << "</article>\n";
}

HtmlCell band_cell(const Band& band, double scale) {
  return {band_words(band, scale), times(band.median, scale)};
}

HtmlTable decisions_table(const StudyReport& report, const StudyDecision& decision) {
  HtmlTable table{
      "Medians of the draws with 90 % bands",
      {"variant", "task", "decision", "local cheaper", "local USD/1k", "API USD/1k", "demand floor /day",
       "use needed", "paid back after", "API cheaper again after", "biggest lever"},
      {},
      {}};
  for (std::size_t i = 0; i < decision.variants.size(); ++i) {
    const auto& variant = decision.variants[i];
    const auto& info = report.record.variants[i];
    if (!variant.absent_reason.empty()) {
      table.rows.push_back({{full_name(report, info)}, {info.task}, {"–", {}, variant.absent_reason}});
      table.rows.back().resize(table.header.size(), {"–"});
      continue;
    }
    const auto& spread = variant.spread;
    table.rows.push_back({{full_name(report, info)},
                          {info.task},
                          {std::string(economics::to_string(variant.decision))},
                          {percent_text(spread.local_cheaper), spread.local_cheaper},
                          band_cell(spread.local_usd, 1000.0),
                          band_cell(spread.api_usd, 1000.0),
                          band_cell(spread.demand_floor_per_s, kSecondsPerDay),
                          {utilisation_text(spread.utilisation_floor), spread.utilisation_floor.median},
                          {duration_text(spread.break_even_s), spread.break_even_s.median},
                          tells_reversal(variant)
                              ? HtmlCell{reversal_words(spread.reversal_s), spread.reversal_s.median}
                              : HtmlCell{"–"},
                          {biggest_lever(variant)}});
  }
  return table;
}

}  // namespace

void decision_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"decision\" class=\"verdict\"><h2>Decision</h2>\n";
  if (report.decision == nullptr) {
    out << "<p>No decision was made: no prices were given to this report.</p>\n";
  } else {
    const auto& decision = *report.decision;
    for (const auto& task : tasks_of(report)) decision_box(report, decision, task, out);
    out << "<p class=\"note\">" << escaped(decision.boundary) << "</p>\n";
    out << "<details><summary>Every variant's decision as a table</summary>\n";
    html_table(decisions_table(report, decision), out);
    out << "</details>\n";
  }
  out << "<h3>Quality</h3><p>" << escaped(report.verdict) << "</p></section>\n";
}

}  // namespace edgeeval::html
