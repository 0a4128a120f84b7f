// SPDX-License-Identifier: Apache-2.0
// The assumptions of a decision: prices, demand, the site. Each with its spread, its grade and its source.
#pragma once

#include <edgeeval/result.hpp>
#include <edgeeval/sourced.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "economics/uncertainty.hpp"

namespace edgeeval {

/// One assumed input.
struct Assumption {
  economics::Uncertain spread;
  Grade grade = Grade::assumed;
  std::string source;  ///< "data/economics/api_prices.csv: gpt-4o-mini, 2026-10-01", "the command line".
};

/// Every input that is not measured, by its key in economics::input_table(). A key of an input that belongs
/// to variants is there only where the user set it, and then stands in place of what was measured.
struct Scenario {
  std::string name;  ///< "default", the file's name.
  std::map<std::string, Assumption, std::less<>> assumptions;
  std::vector<std::string> warnings;  ///< "api price gpt-4o-mini is 14 months old (2025-09-01)".
  std::uint32_t seed = 1;
  std::uint32_t draws = 10000;
};

/// What the shipped tables and the code's own defaults say. `today` (ISO date) is what ages are counted from;
/// empty: no age is checked. Errors: table_unreadable and others of the tables, where data/economics is
/// damaged.
[[nodiscard]] Result<Scenario> default_scenario(std::string_view today);

/// Reads a scenario file (YAML) over `base`. Keys are those of input_table(), each a number, or a map {value,
/// lo, hi, shape, source}; and `device:`, `api:`, `grid:` that name rows of the price tables, `tables:` with
/// files of the user's own rows, `seed:`, `draws:`, `max_age_months:`. Errors name file, line, key, value,
/// and what is allowed.
[[nodiscard]] Result<Scenario> read_scenario(const std::filesystem::path& file, Scenario base,
                                             std::string_view today);

/// Sets KEY=VALUE over `scenario`: VALUE a number, lo..hi (uniform), or value[lo,hi]; `device=t4`,
/// `api=NAME`, `grid=DE` take rows of the tables. Errors: usage, naming the key, near misses and the range.
[[nodiscard]] Result<void> set_assumption(Scenario& scenario, std::string_view key_and_value,
                                          std::string_view today);

}  // namespace edgeeval
