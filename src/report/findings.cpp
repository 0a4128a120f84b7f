// SPDX-License-Identifier: Apache-2.0
// The sentences of a report: its verdict, and what a reader must know before quoting a figure.
#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/reporter.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "decision/scenario.hpp"
#include "report/decision_section.hpp"
#include "report/energy_findings.hpp"
#include "report/report.hpp"
#include "report/rows.hpp"
#include "report/verdict.hpp"

namespace edgeeval {
namespace {

void add_failures(const StudyReport& report, std::vector<std::string>& careful) {
  for (const auto& [id, stage] : report.record.stages) {
    if (stage.outcome == StageOutcome::failed)
      careful.push_back(
          fmt::format("Stage {} failed: {}.", id, stage.error ? stage.error->message : "no reason recorded"));
  }
  for (const auto& variant : report.record.variants) {
    const auto* failed = find_row(report, variant.id, "observed", "failed_requests");
    if (failed == nullptr || !failed->value || failed->value->value == 0.0) continue;
    careful.push_back(fmt::format("{}: {:.0f} requests failed and count as wrong answers.",
                                  full_name(report, variant), failed->value->value));
  }
}

bool has_published(const StudyReport& report) {
  return std::any_of(report.rows.begin(), report.rows.end(),
                     [](const MetricRow& row) { return row.value && row.value->grade == Grade::published; });
}

/// Where the price book has its prices from, each source once.
std::string price_sources(const StudyReport& report) {
  std::vector<std::string> sources;
  for (const auto& [name, price] : report.record.prices) {
    for (const auto& source : price.sources) {
      if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
    }
  }
  return sources.empty() ? "none recorded" : join(sources, "; ");
}

std::vector<std::string> cautions(const StudyReport& report, const std::vector<std::string>& tasks) {
  std::vector<std::string> careful;
  for (const auto& task : tasks) {
    for (auto& sentence : adaptation_effects(report, task)) careful.push_back(std::move(sentence));
    for (auto& sentence : unequal_items(report, task)) careful.push_back(std::move(sentence));
  }
  for (auto& sentence : energy_cautions(report)) careful.push_back(std::move(sentence));
  add_failures(report, careful);
  std::set<std::string> notes;
  for (const auto& variant : report.record.variants) {
    if (!variant.note.empty() && notes.insert(variant.note).second)
      careful.push_back(variant.model + ": " + variant.note + (variant.note.ends_with('.') ? "" : "."));
  }
  careful.push_back(
      "Break-even counts electricity only, as the paper does; prices: " + price_sources(report) + ".");
  if (!report.record.scores.empty())
    careful.push_back("The score in the paper's formulas is token F1, which stands in for its NLI score.");
  if (has_published(report))
    careful.push_back(
        "Numbers marked † are published by others: no raw samples, no intervals. `edgeeval audit` asks "
        "whether they hold together.");
  const auto killed = std::count_if(report.record.sittings.begin(), report.record.sittings.end(),
                                    [](const Sitting& s) { return s.how_ended == "killed"; });
  if (report.record.sittings.size() > 1) {
    careful.push_back(fmt::format("The run took {} sittings, {} of which did not come to their end.",
                                  report.record.sittings.size(), killed));
  }
  return careful;
}

}  // namespace

StudyReport make_report(RunRecord record) {
  const auto scenario = scenario_for(record);
  return make_report(std::move(record), scenario);
}

StudyReport make_report(RunRecord record, const Result<CostScenario>& scenario) {
  StudyReport report{std::move(record), {}, {}, "", {}, {}};
  report.rows = compute_metrics(report.record);
  report.ledger = life_cycle(report.record);
  std::vector<std::string> tasks;
  for (const auto& variant : report.record.variants) {
    if (std::find(tasks.begin(), tasks.end(), variant.task) == tasks.end()) tasks.push_back(variant.task);
  }
  std::vector<std::string> verdicts;
  for (const auto& task : tasks) verdicts.push_back(verdict_for(report, task));
  report.verdict = join(verdicts, " ");
  report.careful = cautions(report, tasks);
  add_decision(report, scenario);
  return report;
}

}  // namespace edgeeval
