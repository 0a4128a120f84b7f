// SPDX-License-Identifier: Apache-2.0
#include "report/whatif_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/json_document.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "decision/decision_words.hpp"
#include "decision/numbers.hpp"
#include "decision/price_tables.hpp"
#include "report/decision_json.hpp"

namespace edgeeval {
namespace {

constexpr double kSecondsPerDay = 86400.0;
constexpr std::size_t kLevers = 8;

std::string arrow(const std::string& before, const std::string& after) {
  return before == after ? after : before + " → " + after;
}

/// The sentences of one of the two decisions, or of the one variant that was asked for.
std::string verdict(const RunRecord& record, const WhatIf& whatif, const StudyDecision& decision) {
  return whatif.variant.empty() ? decision.verdict : variant_verdict(record, decision, whatif.variant);
}

/// A cost's median; ∞ where no request shares it out.
std::string cost(const economics::Band& band) { return band.median ? money(*band.median, 3) : "∞"; }

/// A median alone: bands would not fit twice.
std::string median(const economics::Band& band, double scale = 1.0) {
  return band.median ? money(*band.median * scale, 3) : "never";
}

bool shown(const WhatIf& whatif, const VariantDecision& variant) {
  return whatif.variant.empty() || whatif.variant == variant.variant;
}

/// Whether the table has something to tell of curves that cross twice.
bool any_reversal(const WhatIf& whatif) {
  const auto in = [&](const StudyDecision& decision) {
    return std::any_of(decision.variants.begin(), decision.variants.end(), [&](const auto& variant) {
      return shown(whatif, variant) && tells_reversal(variant);
    });
  };
  return in(whatif.before) || in(whatif.after);
}

std::vector<std::string> cells_of(const VariantDecision& before, const VariantDecision& after) {
  if (!before.absent_reason.empty() || !after.absent_reason.empty()) {
    const auto& reason = after.absent_reason.empty() ? before.absent_reason : after.absent_reason;
    return {"– (" + reason + ")", "", "", "", "", ""};
  }
  const auto both = [&](auto&& text) { return arrow(text(before), text(after)); };
  return {both([](const auto& v) { return decision_text(v); }),
          both([](const auto& v) { return cost(v.spread.local_usd); }),
          both([](const auto& v) { return cost(v.spread.api_usd); }),
          both([](const auto& v) { return median(v.spread.demand_floor_per_s, kSecondsPerDay); }),
          both([](const auto& v) { return median(v.spread.break_even_requests); }),
          both([](const auto& v) { return reversal_text(v); })};
}

std::string levers_text(const RunRecord& record, const WhatIf& whatif) {
  std::string text;
  for (const auto& task : decision_tasks(record)) {
    const auto best = best_variant(record, whatif.after, task);
    for (std::size_t i = 0; i < whatif.after.variants.size(); ++i) {
      const auto& variant = whatif.after.variants[i];
      const bool wanted = whatif.variant.empty() ? best == i : whatif.variant == variant.variant;
      if (!wanted || record.variants[i].task != task || !variant.absent_reason.empty()) continue;
      text +=
          fmt::format("\nLevers of {}: what each input alone does to the saving within the horizon (USD)\n",
                      one_line(variant.variant));
      TextTable table{{"input", "from", "to", "saving from", "to"}, {}};
      for (const auto& lever : variant.levers) {
        if (table.rows.size() == kLevers) break;
        const auto& field = economics::input_table()[lever.input];
        table.rows.push_back({fmt::format("{} ({})", field.key, field.unit), money(lever.at_lo),
                              money(lever.at_hi), money(lever.saving_at_lo), money(lever.saving_at_hi)});
      }
      text += plain_text(table);
    }
  }
  return text;
}

struct Listed {
  const economics::InputField* field;
  const Assumption* assumption;  ///< Null: measured of each variant, or the default.
};

std::vector<Listed> listed(const CostScenario& scenario) {
  std::vector<Listed> all;
  for (const auto& field : economics::input_table()) {
    const auto found = scenario.assumptions.find(field.key);
    all.push_back({&field, found == scenario.assumptions.end() ? nullptr : &found->second});
  }
  return all;
}

std::string value_text(const Listed& row) {
  if (row.assumption == nullptr)
    return row.field->owner == economics::Owner::variant
               ? "measured"
               : format_significant(economics::Inputs{}.*(row.field->member), 4);
  const auto& spread = row.assumption->spread;
  auto text = format_significant(spread.value, 4);
  if (spread.shape == economics::Shape::fixed) return text;
  return fmt::format("{} [{}, {}] {}", text, format_significant(spread.lo, 3),
                     format_significant(spread.hi, 3), shape_name(spread.shape));
}

std::string source_text(const Listed& row) {
  if (row.assumption != nullptr) return row.assumption->source;
  return row.field->owner == economics::Owner::variant ? "the record, for each variant" : kOwnDefault;
}

}  // namespace

TextTable whatif_table(const RunRecord& record, const WhatIf& whatif) {
  TextTable table{{"variant", "decision (P local cheaper)", "USD/request", "API USD/request",
                   "floor requests/day", "break-even requests", "API cheaper again, requests [90 %]"},
                  {}};
  if (!any_reversal(whatif)) table.header.pop_back();
  for (std::size_t i = 0; i < whatif.after.variants.size(); ++i) {
    if (!shown(whatif, whatif.after.variants[i])) continue;
    std::vector<std::string> cells{record.variants[i].id};
    for (auto& cell : cells_of(whatif.before.variants[i], whatif.after.variants[i]))
      cells.push_back(std::move(cell));
    cells.resize(table.header.size());
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string whatif_text(const RunRecord& record, const WhatIf& whatif) {
  auto text = fmt::format("What if {} (scenario {}, {} draws, seed {}; medians, before → after)\n\n",
                          one_line(join(whatif.changes, ", ")), one_line(whatif.before.scenario.name),
                          whatif.after.scenario.draws, whatif.after.scenario.seed);
  text += plain_text(whatif_table(record, whatif));
  text += levers_text(record, whatif);
  text +=
      "\n" + one_line(verdict(record, whatif, whatif.after)) + "\n" + one_line(whatif.after.boundary) + "\n";
  for (const auto& warning : whatif.after.scenario.warnings) text += "Careful: " + one_line(warning) + "\n";
  return text;
}

std::string whatif_json(const RunRecord& record, const WhatIf& whatif) {
  Json root{{"schema_version", "1.0"}, {"changes", whatif.changes}};
  root["scenario_before"] = to_json(whatif.before.scenario);
  root["scenario_after"] = to_json(whatif.after.scenario);
  root["verdict_before"] = verdict(record, whatif, whatif.before);
  root["verdict_after"] = verdict(record, whatif, whatif.after);
  root["boundary"] = whatif.after.boundary;
  root["variants"] = Json::array();
  for (std::size_t i = 0; i < whatif.after.variants.size(); ++i) {
    if (!shown(whatif, whatif.after.variants[i])) continue;
    root["variants"].push_back({{"variant", whatif.after.variants[i].variant},
                                {"before", to_json(whatif.before.variants[i])},
                                {"after", to_json(whatif.after.variants[i])}});
  }
  return json_document(root);
}

std::string scenario_list_text(const CostScenario& scenario) {
  std::string text;
  for (const auto& row : listed(scenario)) {
    const auto unit = row.field->unit == "1" ? std::string() : " " + std::string(row.field->unit);
    text +=
        fmt::format("{} = {}{}   (from {} to {})\n    {}\n    {}\n", row.field->key, value_text(row), unit,
                    row.field->least, row.field->most, row.field->meaning, one_line(source_text(row)));
  }
  for (const auto& kind : kTables) {
    if (kind.word == "default" || kind.word == "boundary") continue;
    const auto found = scenario.chosen.find(kind.word);
    text += fmt::format("{} = {}   (known: {})\n", kind.word,
                        found == scenario.chosen.end() ? "–" : found->second,
                        one_line(join(scenario.tables->names(kind.word), ", ")));
  }
  return text + "Set them as KEY=VALUE, KEY=LO..HI or KEY=VALUE[LO,HI].\n";
}

std::string scenario_list_json(const CostScenario& scenario) {
  Json root = Json::array();
  for (const auto& row : listed(scenario)) {
    Json json{{"key", row.field->key},         {"title", row.field->title}, {"unit", row.field->unit},
              {"least", row.field->least},     {"most", row.field->most},   {"group", row.field->group},
              {"meaning", row.field->meaning}, {"source", source_text(row)}};
    json["value"] = nullptr;
    if (row.assumption != nullptr) {
      const auto& spread = row.assumption->spread;
      json["value"] = spread.value;
      json["lo"] = spread.lo;
      json["hi"] = spread.hi;
      json["shape"] = shape_name(spread.shape);
    } else if (row.field->owner == economics::Owner::scenario) {
      json["value"] = economics::Inputs{}.*(row.field->member);
    }
    root.push_back(std::move(json));
  }
  return json_document(root);
}

}  // namespace edgeeval
