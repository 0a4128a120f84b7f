// SPDX-License-Identifier: Apache-2.0
// Tables of prices, machines and grids: rows of CSV files, each with its unit, range, source, date and
// licence.
#pragma once

#include <array>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "economics/uncertainty.hpp"

namespace edgeeval {

/// One kind of table.
struct TableKind {
  std::string_view word;  ///< As scenarios choose a row set of it: "device". Empty: none is chosen by name.
  std::string_view file;  ///< Below data/economics: "devices.csv".
};

/// All tables. Names within one are free; "defaults" and "boundaries" are chosen by the program.
inline constexpr std::array<TableKind, 6> kTables{{{"device", "devices.csv"},
                                                   {"api", "api_prices.csv"},
                                                   {"grid", "grids.csv"},
                                                   {"site", "sites.csv"},
                                                   {"boundary", "boundaries.csv"},
                                                   {"default", "defaults.csv"}}};

/// One figure of a table.
struct PriceRow {
  std::string table;  ///< The kind's word: "device".
  std::string name;   ///< Of the set it belongs to: "t4".
  std::string key;    ///< Of the input: "rent_usd_per_h"; or a fact beside the inputs, see extra_keys().
  economics::Uncertain spread;
  std::string source, date, licence;  ///< date: YYYY-MM-DD; empty: a choice, which does not age.
  std::string place;                  ///< "devices.csv:3".
};

/// Facts that tables hold beside inputs: "tdp_w" (W), the power limit of a device's accelerators.
[[nodiscard]] bool is_extra_key(std::string_view key);

/// All rows of all tables.
struct PriceTables {
  std::vector<PriceRow> rows;

  /// The rows of one set, in the order of the file; empty where there is none.
  [[nodiscard]] std::vector<const PriceRow*> find(std::string_view table, std::string_view name) const;
  /// The names of the sets of a table, each once.
  [[nodiscard]] std::vector<std::string> names(std::string_view table) const;
  /// Takes the rows of `file` into `table`; a row of a set and key that is there takes its place. Errors: io,
  /// invalid_table with file, line, column, what was found and what is allowed.
  [[nodiscard]] Result<void> add(std::string_view table, const std::filesystem::path& file);
};

/// Reads every table of `folder` (data/economics). Errors as PriceTables::add.
[[nodiscard]] Result<PriceTables> read_price_tables(const std::filesystem::path& folder);

/// Whole months from `date` to `today` (YYYY-MM-DD both); 0 where either is no date or `date` is later.
[[nodiscard]] int months_between(std::string_view date, std::string_view today);

/// Whether `text` is a date YYYY-MM-DD.
[[nodiscard]] bool is_date(std::string_view text);

}  // namespace edgeeval
