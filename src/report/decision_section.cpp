// SPDX-License-Identifier: Apache-2.0
#include "report/decision_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/text.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

constexpr double kSecondsPerDay = 86400.0;

/// Each variant's decision rows after its other rows.
void merge_rows(std::vector<MetricRow>& rows, std::vector<MetricRow> decided) {
  std::vector<MetricRow> merged;
  merged.reserve(rows.size() + decided.size());
  for (std::size_t i = 0; i < rows.size();) {
    const auto variant = rows[i].variant;
    for (; i < rows.size() && rows[i].variant == variant; ++i) merged.push_back(std::move(rows[i]));
    for (auto& row : decided) {
      if (row.variant == variant) merged.push_back(std::move(row));
    }
  }
  rows = std::move(merged);
}

void add_cautions(StudyReport& report) {
  const auto& decision = *report.decision;
  report.careful.push_back("The decision rests on " + assumption_line(report) + ". " + decision.boundary);
  if (!decision.scenario.warnings.empty())
    report.careful.push_back("Prices and other assumptions: " + join(decision.scenario.warnings, "; ") + ".");
}

/// The demand that is assumed (requests a day).
double demand_of(const StudyDecision& decision) {
  const auto found = decision.scenario.assumptions.find("demand_per_day");
  return found == decision.scenario.assumptions.end() ? economics::Inputs{}.demand_per_day
                                                      : found->second.spread.value;
}

/// Whether the task's table has something to tell of curves that cross twice.
bool any_reversal(const StudyReport& report, const std::string& task) {
  return std::any_of(report.record.variants.begin(), report.record.variants.end(), [&](const auto& variant) {
    const auto* decided = decision_of(*report.decision, variant.id);
    return variant.task == task && decided != nullptr && tells_reversal(*decided);
  });
}

std::string requests_text(const economics::Band& band) { return band_text(band, 1.0, 2); }

}  // namespace

void add_decision(StudyReport& report, const Result<CostScenario>& scenario) {
  if (!scenario) {
    const auto& error = scenario.error();
    report.careful.push_back(fmt::format("Nothing is decided on money and carbon: {}{}{}.", error.where,
                                         error.where.empty() ? "" : ": ", error.message));
    return;
  }
  auto decision = std::make_shared<StudyDecision>(decide_study(report.record, report.rows, *scenario));
  merge_rows(report.rows, decision_rows(report.record, *decision));
  report.decision = std::move(decision);
  add_cautions(report);
}

TextTable decision_table(const StudyReport& report, const std::string& task) {
  TextTable table;
  if (!report.decision) return table;
  const bool models = several_models(report);
  if (models) table.header.emplace_back("model");
  for (const char* name : {"variant", "decision (P local cheaper)", "USD/request [90 %]",
                           "floor requests/day [90 %]", "break-even requests [90 %]", "g CO2e/request"})
    table.header.emplace_back(name);
  const bool reversals = any_reversal(report, task);
  if (reversals) table.header.insert(table.header.end() - 1, "API cheaper again, requests [90 %]");
  for (const auto& variant : report.record.variants) {
    const auto* decided = decision_of(*report.decision, variant.id);
    if (variant.task != task || decided == nullptr) continue;
    std::vector<std::string> cells;
    if (models) cells.push_back(variant.model);
    cells.push_back(variant_name(variant));
    if (!decided->absent_reason.empty()) {
      cells.resize(table.header.size(), "–");
    } else {
      const auto& spread = decided->spread;
      cells.insert(cells.end(), {decision_text(*decided), cost_text(spread.local_usd),
                                 band_text(spread.demand_floor_per_s, kSecondsPerDay),
                                 requests_text(spread.break_even_requests)});
      if (reversals) cells.push_back(reversal_text(*decided));
      cells.push_back(cost_text(spread.carbon_g));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string decision_line(const StudyReport& report) {
  std::vector<std::string> parts;
  for (const auto& task : tasks_of(report)) {
    const auto best = best_variant(report.record, *report.decision, task);
    if (!best) {
      parts.push_back(task + ": cannot be reckoned (results.json says why)");
      continue;
    }
    const auto& variant = report.decision->variants[*best];
    parts.push_back(fmt::format("{}: {} ({}, local cheaper in {} of draws; {} USD a request, the API {})",
                                task, advice(variant), full_name(report, report.record.variants[*best]),
                                percent_text(variant.spread.local_cheaper),
                                cost_text(variant.spread.local_usd), cost_text(variant.spread.api_usd)));
  }
  const auto& chosen = report.decision->scenario.chosen;
  const auto device = chosen.find("device");
  const auto api = chosen.find("api");
  return join(parts, "; ") +
         fmt::format("; assumed: {} requests a day, {}, {}; `edgeeval whatif` changes that",
                     format_significant(demand_of(*report.decision), 3),
                     device == chosen.end() ? "own hardware" : device->second,
                     api == chosen.end() ? "own API price" : api->second);
}

std::string assumption_line(const StudyReport& report) {
  const auto& scenario = report.decision->scenario;
  std::vector<std::string> parts{"scenario " + scenario.name};
  const auto say = [&](const char* key, const char* unit) {
    const auto found = scenario.assumptions.find(key);
    if (found == scenario.assumptions.end()) return;
    const auto& spread = found->second.spread;
    const auto range = spread.lo == spread.hi ? std::string()
                                              : fmt::format(" [{}, {}]", format_significant(spread.lo, 3),
                                                            format_significant(spread.hi, 3));
    parts.push_back(fmt::format("{}{} {}", format_significant(spread.value, 3), range, unit));
  };
  say("demand_per_day", "requests a day");
  say("horizon_years", "years");
  for (const auto& [table, name] : scenario.chosen) {
    if (table != "boundary") parts.push_back(table + " " + name);
  }
  say("rent_usd_per_h", "USD/h rent");
  return join(parts, ", ");
}

std::vector<std::string> lever_lines(const StudyReport& report, const std::string& task, std::size_t count) {
  std::vector<std::string> lines;
  if (!report.decision) return lines;
  const auto best = best_variant(report.record, *report.decision, task);
  if (!best) return lines;
  const auto& variant = report.decision->variants[*best];
  for (const auto& lever : variant.levers) {
    if (lines.size() == count) break;
    const auto& field = economics::input_table()[lever.input];
    lines.push_back(fmt::format("{} ({}) from {} to {}: saving {} to {} USD", field.title, field.unit,
                                money(lever.at_lo), money(lever.at_hi), money(lever.saving_at_lo),
                                money(lever.saving_at_hi)));
  }
  return lines;
}

}  // namespace edgeeval
