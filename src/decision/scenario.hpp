// SPDX-License-Identifier: Apache-2.0
// The assumptions of a decision: prices, demand, the site. Each with its spread, its grade and its source.
#pragma once

#include <edgeeval/result.hpp>
#include <edgeeval/sourced.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "economics/uncertainty.hpp"

namespace edgeeval {

struct PriceTables;
struct RunRecord;

/// The source of an input that nobody names.
inline constexpr const char* kOwnDefault = "EdgeEval's default";

/// One assumed input.
struct Assumption {
  economics::Uncertain spread;
  Grade grade = Grade::assumed;
  std::string source;  ///< "api_prices.csv: gpt-4o-mini, <where from>, 2026-10-01", "the command line".
  std::string
      table{};  ///< Word of the table it comes from: "device", "default"; empty where the user set it.
  std::string follows{};  ///< Key of the input it is a copy of, for want of a source of its own; else empty.
};

/// The API's prices of input tokens: that of cached ones follows the other where nobody tells it apart.
inline constexpr const char* kApiInputPrice = "api_input_usd_per_mtok";
inline constexpr const char* kApiCachedPrice = "api_cached_usd_per_mtok";

/// Every input that is not measured, by its key in economics::input_table(). A key of an input that belongs
/// to variants is there only where the user set it, and then stands in place of what was measured.
struct CostScenario {
  std::string name;  ///< "default", the file's name.
  std::map<std::string, Assumption, std::less<>> assumptions;
  std::vector<std::string> warnings;  ///< "api price gpt-4o-mini is 14 months old (2025-09-01)".
  std::uint32_t seed = 1;
  std::uint32_t draws = 10000;
  /// What the tables know of inputs that belong to variants (a device's idle power): used, and graded
  /// assumed, where the record does not tell.
  std::map<std::string, Assumption, std::less<>> stand_ins{};
  std::map<std::string, std::string, std::less<>> chosen{};  ///< "device" → "t4": the row sets in use.
  std::optional<double>
      device_tdp_w{};             ///< Power limit of the device's accelerators (W), where its rows tell.
  std::string unknown_machine{};  ///< A warning: the tables have no price of the machine that was measured.
  int max_age_months = 12;        ///< Rows older than this warn.
  std::shared_ptr<const PriceTables> tables{};
};

/// What the shipped tables and the code's own defaults say. `today` (ISO date) is what ages are counted from;
/// empty: no age is checked. Errors: table_unreadable and others of the tables, where data/economics is
/// damaged.
[[nodiscard]] Result<CostScenario> default_scenario(std::string_view today);

/// Reads a scenario file (YAML) over `base`. Keys are those of input_table(), each a number, or a map {value,
/// lo, hi, shape, source}; and `device:`, `api:`, `grid:` that name rows of the price tables, `tables:` with
/// files of the user's own rows, `seed:`, `draws:`, `max_age_months:`. Errors name file, line, key, value,
/// and what is allowed.
[[nodiscard]] Result<CostScenario> read_scenario(const std::filesystem::path& file, CostScenario base,
                                                 std::string_view today);

/// default_scenario with the machine that `record` ran on, where the tables know it, else the default one
/// with a warning; and the factor from the record's measured boundary to the whole machine. Ages are counted
/// from the run's last sitting. Errors as default_scenario.
[[nodiscard]] Result<CostScenario> scenario_for(const RunRecord& record);

/// The date of the run's last sitting, YYYY-MM-DD; empty where the record has none.
[[nodiscard]] std::string date_of(const RunRecord& record);

/// scenario_for with `scenario.yaml` of the run folder over it, where there is one, or with `file` where that
/// is not empty. An empty run folder is none.
[[nodiscard]] Result<CostScenario> scenario_of_run(const RunRecord& record,
                                                   const std::filesystem::path& run_folder,
                                                   const std::filesystem::path& file = {});

/// Sets one input as the user said, and what follows it.
void put_assumption(CostScenario& scenario, std::string_view key, Assumption assumption);

/// Takes the rows of the set `name` of a table ("device", "api", "grid", "site") in place of those in use.
/// What the user set key by key stays. Errors: usage with near misses.
[[nodiscard]] Result<void> choose_rows(CostScenario& scenario, std::string_view table, std::string_view name);

/// Fills warnings anew: a sentence for each set in use with rows older than max_age_months at
/// `today`.
void check_ages(CostScenario& scenario, std::string_view today);

/// Sets KEY=VALUE over `scenario`: VALUE a number, lo..hi (uniform), or value[lo,hi]; `device=t4`,
/// `api=NAME`, `grid=DE` take rows of the tables. Errors: usage, naming the key, near misses and the range.
[[nodiscard]] Result<void> set_assumption(CostScenario& scenario, std::string_view key_and_value,
                                          std::string_view today);

}  // namespace edgeeval
