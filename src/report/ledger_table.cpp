// SPDX-License-Identifier: Apache-2.0
#include "report/ledger_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

constexpr const char* kAbsent = "–";

/// The phases that are columns of their own, with their titles.
constexpr std::pair<const char*, const char*> kPhases[] = {{"adapt", "adapt"},
                                                           {"merge", "merge"},
                                                           {"quantize", "quantize"},
                                                           {"cold_start", "cold start"},
                                                           {"serve", "serve"}};

const LedgerRow* row_of(const StudyReport& report, const std::string& variant, const std::string& phase) {
  const auto found = std::find_if(report.ledger.begin(), report.ledger.end(), [&](const LedgerRow& row) {
    return row.phase == phase &&
           std::find(row.variants.begin(), row.variants.end(), variant) != row.variants.end();
  });
  return found == report.ledger.end() ? nullptr : &*found;
}

std::string joules(const Fact& fact) { return sign_of(fact.grade) + format_significant(fact.value); }

std::string phase_cell(const LedgerRow* row) {
  if (row == nullptr || !row->gross) return kAbsent;
  // What is missing is not zero, so a sum without it is a lower bound.
  auto text = (row->missing.empty() ? "" : "≥ ") + joules(*row->gross);
  if (row->net && row->missing.empty()) text += " (" + format_significant(row->net->value) + ")";
  return text;
}

std::string percent(double share) {
  // Rounding must not make a mix look pure.
  if (share > 0.0 && share < 0.01) return "< 1 %";
  if (share < 1.0 && share > 0.99) return "> 99 %";
  return fmt::format("{:.0f} %", 100.0 * share);
}

/// Over all phases of a variant.
std::string measured_cell(const StudyReport& report, const std::string& variant) {
  double all = 0.0;
  double measured = 0.0;
  for (const auto& row : report.ledger) {
    if (!row.gross || std::find(row.variants.begin(), row.variants.end(), variant) == row.variants.end())
      continue;
    all += row.gross->value;
    measured += row.gross->value * row.measured_share;
  }
  return all > 0.0 ? percent(measured / all) : kAbsent;
}

/// Takes out the columns, but for the first `kept`, that hold nothing.
void drop_empty_columns(TextTable& table, std::size_t kept) {
  for (auto column = table.header.size(); column-- > kept;) {
    const bool empty = std::all_of(table.rows.begin(), table.rows.end(),
                                   [&](const auto& row) { return row[column] == kAbsent; });
    if (!empty) continue;
    const auto offset = static_cast<std::ptrdiff_t>(column);
    table.header.erase(table.header.begin() + offset);
    for (auto& row : table.rows) row.erase(row.begin() + offset);
  }
}

const char* outcome_text(StageOutcome outcome) {
  switch (outcome) {
    case StageOutcome::finished:
      return "finished";
    case StageOutcome::failed:
      return "failed";
    case StageOutcome::skipped:
      break;
  }
  return "skipped";
}

std::string with_interval(const std::optional<Fact>& fact) {
  if (!fact) return kAbsent;
  const auto interval = interval_text(*fact);
  return joules(*fact) + (interval.empty() ? "" : " " + interval);
}

std::string notes_of(const LedgerRow& row, const StageRecord* stage) {
  std::vector<std::string> notes;
  if (stage != nullptr && stage->error) notes.push_back(stage->error->message);
  if (stage != nullptr) {
    const auto mix = stage->notes.find("tensor_mix");
    if (mix != stage->notes.end()) notes.push_back(mix->second);
  }
  if (!row.missing.empty()) notes.push_back("not known: " + join(row.missing, ", "));
  if (row.unexplained) notes.push_back("wall less parts: " + with_interval(row.unexplained) + " J");
  if (!row.flags.empty()) notes.push_back(join(row.flags, ", "));
  return join(notes, "; ");
}

std::string phase_title(const LedgerRow& row) {
  const bool served = row.phase == "cold_start" || row.phase == "idle" || row.phase == "serve";
  return served ? row.stage + " · " + (row.phase == "cold_start" ? "cold start" : row.phase) : row.stage;
}

}  // namespace

std::string energy_title(const StudyReport& report) {
  const bool net = std::any_of(report.ledger.begin(), report.ledger.end(),
                               [](const LedgerRow& row) { return row.net.has_value(); });
  return net ? "Energy of the life cycle: J gross (net of the bare machine's idle power)"
             : "Energy of the life cycle: J gross";
}

TextTable energy_table(const StudyReport& report, const std::string& task) {
  TextTable table;
  const bool models = several_models(report);
  if (models) table.header.emplace_back("model");
  table.header.emplace_back("variant");
  for (const auto& [phase, title] : kPhases) table.header.emplace_back(title);
  table.header.emplace_back("idle W");
  table.header.emplace_back("measured");
  bool any = false;
  for (const auto& variant : report.record.variants) {
    if (variant.task != task) continue;
    std::vector<std::string> cells;
    if (models) cells.push_back(variant.model);
    cells.push_back(variant_name(variant));
    for (const auto& [phase, title] : kPhases) {
      cells.push_back(phase_cell(row_of(report, variant.id, phase)));
      any = any || cells.back() != kAbsent;
    }
    const auto* idle = find_row(report, variant.id, "observed", "resident_power");
    cells.push_back(idle != nullptr && idle->value ? figure(idle) : kAbsent);
    cells.push_back(measured_cell(report, variant.id));
    table.rows.push_back(std::move(cells));
  }
  if (!any) return {};
  drop_empty_columns(table, models ? 2 : 1);
  return table;
}

TextTable stage_table(const StudyReport& report) {
  TextTable table{{"stage", "outcome", "time", "gross J", "net J", "measured", "notes"}, {}};
  for (const auto& row : report.ledger) {
    const auto found = report.record.stages.find(row.stage);
    const auto* stage = found == report.record.stages.end() ? nullptr : &found->second;
    const bool finished = stage != nullptr && stage->outcome == StageOutcome::finished;
    // Of a stage that gave nothing, one line says so; of idle windows that were not made, none.
    if (!finished && (row.phase == "idle" || row.phase == "serve")) continue;
    if (finished && row.phase == "idle" && !row.gross && row.duration_s <= 0.0) continue;
    if (finished && row.phase == "cold_start" && !row.gross && row.duration_s <= 0.0) continue;
    table.rows.push_back(
        {finished ? phase_title(row) : row.stage, stage == nullptr ? "not run" : outcome_text(stage->outcome),
         row.duration_s > 0.0 ? format_duration(row.duration_s) : kAbsent, with_interval(row.gross),
         with_interval(row.net), row.gross ? percent(row.measured_share) : kAbsent, notes_of(row, stage)});
  }
  return table;
}

}  // namespace edgeeval
