// SPDX-License-Identifier: Apache-2.0
#include "report/html_decision.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <ostream>
#include <string>

#include "core/text.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "report/html_page.hpp"
#include "report/rows.hpp"
#include "report/text_table.hpp"

namespace edgeeval::html {
namespace {

/// How the best variant of a task was found, so that it is not taken for the one with the best score.
constexpr const char* kBestRule =
    "the one that saves most of those whose score is not shown to be below the best";

using economics::Band;

constexpr double kSecondsPerDay = 86400.0;

std::string percent(double share) {
  if (share > 0.0 && share < 0.01) return "under 1 %";
  if (share < 1.0 && share > 0.99) return "over 99 %";
  return fmt::format("{:.0f} %", 100.0 * share);
}

std::optional<double> times(const std::optional<double>& value, double scale) {
  return value ? std::optional(*value * scale) : std::nullopt;
}

/// "224,938" as "225,000": three digits are all that an assumption carries.
std::string grouped(double value) {
  if (std::fabs(value) < 1000.0 || !std::isfinite(value)) return money(value);
  const double unit = std::pow(10.0, std::floor(std::log10(std::fabs(value))) - 2.0);
  auto text = fmt::format("{:.0f}", std::round(value / unit) * unit);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (value < 0.0 ? 1 : 0); at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

/// "median [5 %, 95 %]" of a band; ∞ where an end is open.
std::string band_words(const Band& band, double scale = 1.0) {
  if (!band.median) return "never in most draws";
  const auto part = [&](const std::optional<double>& value) {
    return value ? grouped(*value * scale) : std::string("∞");
  };
  return fmt::format("{} [{}, {}]", part(band.median), part(band.lo), part(band.hi));
}

double input(const VariantDecision& variant, std::string_view key) {
  return variant.inputs
      .at(static_cast<std::size_t>(economics::find_input(key) - economics::input_table().data()))
      .value;
}

std::string duration_text(const Band& band) {
  if (!band.median) return "never in most draws";
  const auto part = [](const std::optional<double>& seconds) {
    if (!seconds) return std::string("∞");
    const double days = *seconds / kSecondsPerDay;
    if (days < 2.0) return format_significant(*seconds / 3600.0, 2) + " h";
    return days < 730.0 ? format_significant(days, 2) + " days"
                        : format_significant(days / 365.25, 2) + " years";
  };
  return fmt::format("{} [{}, {}]", part(band.median), part(band.lo), part(band.hi));
}

std::string utilisation_text(const Band& band) {
  if (!band.median) return "no demand would do";
  const auto part = [](const std::optional<double>& share) {
    return share ? format_significant(100.0 * *share, 2) + " %" : std::string("∞");
  };
  return fmt::format("{} [{}, {}]", part(band.median), part(band.lo), part(band.hi));
}

void fact(const char* title, const std::string& text, std::ostream& out, bool wide = false) {
  out << (wide ? "<div class=\"wide\"><dt>" : "<div><dt>") << title << "</dt><dd>" << escaped(text)
      << "</dd></div>";
}

void facts_of(const VariantDecision& variant, std::ostream& out) {
  const auto& spread = variant.spread;
  const auto demand = input(variant, "demand_per_day");
  out << "<dl class=\"facts\">";
  fact("Local is cheaper by the horizon",
       fmt::format("in {} of {} draws ({} years)", percent(spread.local_cheaper), grouped(spread.draws),
                   format_round_trip(input(variant, "horizon_years"))),
       out);
  fact("Demand floor, requests a day",
       fmt::format("{}; assumed demand {}", band_words(spread.demand_floor_per_s, kSecondsPerDay),
                   grouped(demand)),
       out);
  fact("The same as use of the machines", utilisation_text(spread.utilisation_floor), out);
  fact("1,000 local requests, USD", band_words(spread.local_usd, 1000.0), out);
  fact("1,000 API requests, USD", band_words(spread.api_usd, 1000.0), out);
  fact("Paid back after", duration_text(spread.break_even_s), out);
  fact("Energy of a request, J", band_words(spread.energy_j), out);
  fact("Carbon of a request, g CO2e", band_words(spread.carbon_g), out);
  if (!variant.levers.empty()) {
    const auto& lever = variant.levers.front();
    const auto& field = economics::input_table()[lever.input];
    fact("Biggest lever",
         fmt::format("{}: from {} to {} {} moves the saving from {} to {} USD", field.title,
                     grouped(lever.at_lo), grouped(lever.at_hi),
                     field.unit == "1" ? std::string_view() : field.unit, grouped(lever.saving_at_lo),
                     grouped(lever.saving_at_hi)),
         out, true);
  }
  out << "</dl>\n";
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
  out << "</article>\n";
}

HtmlCell band_cell(const Band& band, double scale) {
  return {band_words(band, scale), times(band.median, scale)};
}

HtmlTable decisions_table(const StudyReport& report, const StudyDecision& decision) {
  HtmlTable table{"Medians of the draws with 90 % bands",
                  {"variant", "task", "decision", "local cheaper", "local USD/1k", "API USD/1k",
                   "demand floor /day", "use needed", "paid back after", "biggest lever"},
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
                          {percent(spread.local_cheaper), spread.local_cheaper},
                          band_cell(spread.local_usd, 1000.0),
                          band_cell(spread.api_usd, 1000.0),
                          band_cell(spread.demand_floor_per_s, kSecondsPerDay),
                          {utilisation_text(spread.utilisation_floor), spread.utilisation_floor.median},
                          {duration_text(spread.break_even_s), spread.break_even_s.median},
                          {biggest_lever(variant)}});
  }
  return table;
}

std::string number_of(const MetricRow* row) { return figure_with_interval(row, 3); }

}  // namespace

void decision_section(const StudyReport& report, std::ostream& out) {
  out << "<section id=\"decision\" class=\"verdict\"><h2>Decision</h2>\n";
  if (report.decision == nullptr) {
    out << "<p>No decision was made: no prices were given to this report.</p>\n";
  } else {
    const auto& decision = *report.decision;
    for (const auto& task : tasks_of(report)) decision_box(report, decision, task, out);
    out << "<p class=\"note\">" << escaped(decision.boundary) << "</p>\n";
    for (const auto& warning : decision.scenario.warnings)
      out << "<p class=\"note\">Warning: " << escaped(warning) << "</p>\n";
    out << "<details><summary>Every variant's decision as a table</summary>\n";
    html_table(decisions_table(report, decision), out);
    out << "</details>\n";
  }
  out << "<h3>Quality</h3><p>" << escaped(report.verdict) << "</p></section>\n";
}

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
                   "honest: paid back after", "decision"},
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
