// SPDX-License-Identifier: Apache-2.0
#include "report/decision_json.hpp"

#include <cmath>
#include <utility>

#include "decision/numbers.hpp"
#include "economics/outcome_table.hpp"

namespace edgeeval {
namespace {

using economics::Band;
using economics::Outcome;
using economics::Spread;

Json maybe(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json json_of(const economics::Uncertain& spread) {
  Json json{{"value", spread.value}};
  if (spread.shape == economics::Shape::fixed) return json;
  json["lo"] = spread.lo;
  json["hi"] = spread.hi;
  json["shape"] = shape_name(spread.shape);
  if (spread.correlation != 0) json["correlation"] = spread.correlation;
  return json;
}

Json json_of(const Band& band) {
  Json json{{"median", maybe(band.median)}, {"lo", maybe(band.lo)}, {"hi", maybe(band.hi)}};
  if (band.defined < 1.0) json["defined"] = band.defined;
  return json;
}

Json input_json(const economics::InputField& field, const economics::Uncertain& spread, Grade grade,
                std::vector<std::string> sources, const std::string& note) {
  auto json = json_of(spread);
  json["unit"] = field.unit;
  json["grade"] = to_string(grade);
  json["sources"] = std::move(sources);
  if (!note.empty()) json["note"] = note;
  return json;
}

/// The inputs that belong to the variant; all others are the scenario's.
Json inputs_of(const VariantDecision& variant) {
  Json inputs = Json::object();
  const auto table = economics::input_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].owner != economics::Owner::variant) continue;
    const auto& origin = variant.origins[i];
    inputs[std::string(table[i].key)] =
        input_json(table[i], variant.inputs[i], origin.grade, origin.sources, origin.note);
  }
  return inputs;
}

/// The inputs that all variants share.
Json inputs_of(const CostScenario& scenario) {
  Json inputs = Json::object();
  for (const auto& field : economics::input_table()) {
    if (field.owner != economics::Owner::scenario) continue;
    const auto found = scenario.assumptions.find(field.key);
    const double value = economics::Inputs{}.*(field.member);
    inputs[std::string(field.key)] =
        found == scenario.assumptions.end()
            ? input_json(field, {value, value, value, economics::Shape::fixed, 0}, Grade::assumed,
                         {kOwnDefault}, "")
            : input_json(field, found->second.spread, found->second.grade, {found->second.source}, "");
  }
  return inputs;
}

Json json_of(const Outcome& outcome) {
  Json json = Json::object();
  for (const auto& field : economics::outcome_table()) {
    // Without demand a local request has no price: null, as JSON knows no infinity.
    const auto value = field.of(outcome);
    json[std::string(field.key)] = value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
  }
  json["keep_warm"] = outcome.keep_warm;
  json["verdict"] = economics::to_string(outcome.verdict);
  return json;
}

Json json_of(const Spread& spread) {
  Json json{{"draws", spread.draws},
            {"local_cheaper", spread.local_cheaper},
            {"never", spread.never},
            {"pays_within", spread.pays_within},
            {"reversed_within", spread.reversed_within}};
  for (const auto& field : economics::outcome_table())
    if (field.band != nullptr) json[std::string(field.key)] = json_of(spread.*field.band);
  return json;
}

Json json_of(const economics::Lever& lever) {
  Json json{{"input", economics::input_table()[lever.input].key},
            {"at_lo", lever.at_lo},
            {"at_hi", lever.at_hi},
            {"saving_usd_at_lo", lever.saving_at_lo},
            {"saving_usd_at_hi", lever.saving_at_hi}};
  json["elasticity"] = maybe(lever.elasticity);
  return json;
}

}  // namespace

Json to_json(const CostScenario& scenario) {
  Json json{{"name", scenario.name}, {"seed", scenario.seed}, {"draws", scenario.draws}};
  json["chosen"] = Json::object();
  for (const auto& [table, name] : scenario.chosen) json["chosen"][table] = name;
  json["warnings"] = scenario.warnings;
  json["inputs"] = inputs_of(scenario);
  return json;
}

Json to_json(const VariantDecision& variant) {
  Json json{{"variant", variant.variant}};
  if (!variant.absent_reason.empty()) {
    json["decision"] = nullptr;
    json["absent_reason"] = variant.absent_reason;
    return json;
  }
  json["decision"] = economics::to_string(variant.decision);
  json["advice"] = advice(variant);
  json["grade"] = to_string(variant.grade);
  json["missing_stages"] = variant.missing_stages;
  json["inputs"] = inputs_of(variant);
  json["outcome"] = json_of(variant.outcome);
  json["spread"] = json_of(variant.spread);
  json["levers"] = Json::array();
  for (const auto& lever : variant.levers) json["levers"].push_back(json_of(lever));
  return json;
}

Json to_json(const StudyDecision& decision) {
  Json json{{"verdict", decision.verdict},
            {"boundary", decision.boundary},
            {"scenario", to_json(decision.scenario)}};
  json["variants"] = Json::array();
  for (const auto& variant : decision.variants) json["variants"].push_back(to_json(variant));
  json["findings"] = Json::array();
  for (const auto& finding : decision.findings)
    json["findings"].push_back({{"id", finding.id},
                                {"question", finding.question},
                                {"verdict", finding.verdict},
                                {"answer", finding.answer},
                                {"rows", finding.rows}});
  return json;
}

}  // namespace edgeeval
