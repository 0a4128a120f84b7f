// SPDX-License-Identifier: Apache-2.0
#include "decision/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/one_line.hpp"
#include "core/paths.hpp"
#include "core/text.hpp"
#include "decision/numbers.hpp"
#include "decision/price_tables.hpp"

namespace edgeeval {
namespace {

constexpr const char* kDefaultSet = "default";

std::string_view file_of(std::string_view table) {
  for (const auto& kind : kTables) {
    if (kind.word == table) return kind.file;
  }
  return {};
}

Assumption assumption_of(const PriceRow& row) {
  return {row.spread, Grade::assumed,
          fmt::format("{}: {}, {}{}{}", file_of(row.table), row.name, row.source,
                      row.date.empty() ? "" : ", ", row.date),
          row.table};
}

/// Takes a row in, unless the user has set its key.
void take(CostScenario& scenario, const PriceRow& row) {
  const auto* field = economics::find_input(row.key);
  if (field == nullptr) {
    scenario.device_tdp_w = row.spread.value;
    return;
  }
  auto& place = field->owner == economics::Owner::variant ? scenario.stand_ins : scenario.assumptions;
  const auto found = place.find(row.key);
  if (found != place.end() && found->second.table.empty()) return;
  place[row.key] = assumption_of(row);
}

/// Takes away what the tables `table` and "default" gave, and gives the defaults anew.
void reset_to_defaults(CostScenario& scenario, std::string_view table) {
  for (auto* place : {&scenario.assumptions, &scenario.stand_ins})
    std::erase_if(*place, [&](const auto& entry) { return entry.second.table == table; });
  if (table == "device") scenario.device_tdp_w.reset();
  for (const auto* row : scenario.tables->find("default", kDefaultSet)) {
    const auto* field = economics::find_input(row->key);
    if (field == nullptr) continue;
    auto& place = field->owner == economics::Owner::variant ? scenario.stand_ins : scenario.assumptions;
    if (!place.contains(row->key)) take(scenario, *row);
  }
}

/// The API's cached input costs what its other input does, where nothing else is known: so it moves with it.
void complete_api_price(CostScenario& scenario) {
  const auto input = scenario.assumptions.find(kApiInputPrice);
  const auto cached = scenario.assumptions.find(kApiCachedPrice);
  const bool has_own = cached != scenario.assumptions.end() && cached->second.follows.empty();
  if (input == scenario.assumptions.end() || has_own) return;
  auto copy = input->second;
  copy.follows = kApiInputPrice;
  copy.source = fmt::format("as {}: {}", kApiInputPrice, input->second.source);
  // A copy is nobody's own setting: rows that have the price take its place, also where it copies the user's.
  copy.table = "api";
  scenario.assumptions[kApiCachedPrice] = std::move(copy);
}

}  // namespace

void put_assumption(CostScenario& scenario, std::string_view key, Assumption assumption) {
  scenario.assumptions[std::string(key)] = std::move(assumption);
  if (is_machine_price(key)) scenario.unknown_machine.clear();
  if (key == kApiInputPrice) complete_api_price(scenario);
}

Result<void> choose_rows(CostScenario& scenario, std::string_view table, std::string_view name) {
  const auto rows = scenario.tables->find(table, name);
  if (rows.empty()) {
    const auto names = scenario.tables->names(table);
    const auto close = nearest(name, names);
    return fail(ErrorCode::usage, fmt::format("no {} \"{}\" in the tables", table, one_line(name)),
                std::string(table),
                (close.empty() ? std::string() : fmt::format("did you mean \"{}\"?\n", close)) +
                    "known: " + join(names, ", "));
  }
  reset_to_defaults(scenario, table);
  for (const auto* row : rows) take(scenario, *row);
  if (table == "api") complete_api_price(scenario);
  if (table == "device") scenario.unknown_machine.clear();
  scenario.chosen[std::string(table)] = std::string(name);
  return {};
}

void check_ages(CostScenario& scenario, std::string_view today) {
  scenario.warnings.clear();
  for (const auto& [table, name] : scenario.chosen) {
    int oldest = 0;
    std::string date;
    for (const auto* row : scenario.tables->find(table, name)) {
      const auto months = months_between(row->date, today);
      if (months <= oldest) continue;
      oldest = months;
      date = row->date;
    }
    if (oldest > scenario.max_age_months)
      scenario.warnings.push_back(fmt::format("{} {} is {} months old ({})", table, name, oldest, date));
  }
  if (!scenario.unknown_machine.empty()) scenario.warnings.push_back(scenario.unknown_machine);
}

Result<CostScenario> default_scenario(std::string_view today) {
  const auto data = data_folder();
  if (!data) return tl::unexpected(data.error());
  auto tables = read_price_tables(*data / "economics");
  if (!tables) return tl::unexpected(tables.error());
  CostScenario scenario;
  scenario.name = "default";
  scenario.tables = std::make_shared<const PriceTables>(std::move(*tables));
  for (const auto* row : scenario.tables->find("default", kDefaultSet)) take(scenario, *row);
  // A rented 2-core machine; an API model of 8B, the largest that small studies run; the world's grid.
  for (const auto& [table, name] : {std::pair{"site", "average"}, std::pair{"grid", "WORLD"},
                                    std::pair{"device", "vm-2cpu"}, std::pair{"api", "llama-3.1-8b"}}) {
    if (auto chosen = choose_rows(scenario, table, name); !chosen) {
      auto error = chosen.error();
      error.code = ErrorCode::invalid_table;
      return tl::unexpected(error);
    }
  }
  check_ages(scenario, today);
  return scenario;
}

}  // namespace edgeeval
