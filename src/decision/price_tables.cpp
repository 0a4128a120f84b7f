// SPDX-License-Identifier: Apache-2.0
#include "decision/price_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/one_line.hpp"
#include "core/text.hpp"
#include "decision/numbers.hpp"
#include "tables/csv.hpp"

namespace edgeeval {
namespace {

constexpr std::array<const char*, 10> kColumns{"name", "key",   "value",  "unit", "lo",
                                               "hi",   "shape", "source", "date", "licence"};
enum Column : std::size_t { name, key, value, unit, lo, hi, shape, source, date, licence };

/// One table's rows as they are read.
class TableReader {
 public:
  TableReader(std::string_view table, const std::filesystem::path& file) : table_(table), file_(file) {}

  Result<void> header(const CsvRow& row) const {
    const std::vector<std::string> wanted(kColumns.begin(), kColumns.end());
    if (row.fields == wanted) return {};
    return fail(ErrorCode::invalid_table, "the header is \"" + one_line(join(row.fields, ",")) + "\"",
                at(row.line), "must be: " + join(wanted, ","));
  }

  Result<PriceRow> row(const CsvRow& row) const {
    const auto& f = row.fields;
    PriceRow read{std::string(table_), f[name], f[key], {}, f[source], f[date], f[licence], place(row.line)};
    if (f[name].empty() || f[key].empty())
      return wrong(row, f[name].empty() ? "name" : "key", "is empty", "");
    if (f[source].empty()) return wrong(row, "source", "is empty", "every figure names where it is from");
    if (!f[date].empty() && !is_date(f[date]))
      return wrong(row, "date", "\"" + one_line(f[date]) + "\" is no date", "allowed: YYYY-MM-DD, or empty");
    const auto limits = limits_of(f[key]);
    if (!limits) return unknown_key(row);
    if (f[unit] != limits->unit)
      return wrong(row, "unit", fmt::format("\"{}\" is not the unit of {}", one_line(f[unit]), f[key]),
                   fmt::format("must be: {}", limits->unit));
    auto spread = read_spread({f[value], f[lo], f[hi], f[shape]}, *limits);
    if (!spread) return wrong(row, spread.error().where.c_str(), spread.error().message, spread.error().hint);
    read.spread = *spread;
    return read;
  }

 private:
  [[nodiscard]] std::string place(std::size_t line) const {
    return fmt::format("{}:{}", file_.filename().string(), line);
  }
  [[nodiscard]] std::string at(std::size_t line) const { return fmt::format("{}:{}", file_.string(), line); }
  [[nodiscard]] tl::unexpected<Error> wrong(const CsvRow& row, const char* column, const std::string& what,
                                            std::string hint) const {
    return fail(ErrorCode::invalid_table, fmt::format("column {}: {}", column, what), at(row.line),
                std::move(hint));
  }
  [[nodiscard]] tl::unexpected<Error> unknown_key(const CsvRow& row) const {
    const auto& found = row.fields[key];
    const auto close = nearest(found, input_keys());
    return wrong(row, "key", fmt::format("unknown key \"{}\"", one_line(found)),
                 close.empty() ? "`edgeeval whatif RUN --list` lists the keys"
                               : fmt::format("did you mean \"{}\"?", close));
  }

  std::string_view table_;
  const std::filesystem::path& file_;
};

}  // namespace

bool is_extra_key(std::string_view key) { return key == "tdp_w"; }

std::vector<const PriceRow*> PriceTables::find(std::string_view table, std::string_view name) const {
  std::vector<const PriceRow*> found;
  for (const auto& row : rows) {
    if (row.table == table && row.name == name) found.push_back(&row);
  }
  return found;
}

std::vector<std::string> PriceTables::names(std::string_view table) const {
  std::vector<std::string> found;
  for (const auto& row : rows) {
    if (row.table == table && std::find(found.begin(), found.end(), row.name) == found.end())
      found.push_back(row.name);
  }
  return found;
}

Result<void> PriceTables::add(std::string_view table, const std::filesystem::path& file) {
  const TableReader reader(table, file);
  std::vector<PriceRow> read;
  const auto take = [&](const CsvRow& line) -> Result<void> {
    auto row = reader.row(line);
    if (!row) return tl::unexpected(row.error());
    const auto same = [&](const PriceRow& other) { return other.name == row->name && other.key == row->key; };
    if (const auto twice = std::find_if(read.begin(), read.end(), same); twice != read.end())
      return fail(
          ErrorCode::invalid_table,
          fmt::format("{} of \"{}\" stands already at {}", row->key, one_line(row->name), twice->place),
          fmt::format("{}:{}", file.string(), line.line), "Keep one of the two.");
    read.push_back(std::move(*row));
    return {};
  };
  if (auto done = read_csv(
          file, [&](const CsvRow& line) { return reader.header(line); }, take);
      !done)
    return done;
  for (auto& row : read) {
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const PriceRow& other) {
      return other.table == row.table && other.name == row.name && other.key == row.key;
    });
    if (same != rows.end()) {
      *same = std::move(row);
    } else {
      rows.push_back(std::move(row));
    }
  }
  return {};
}

Result<PriceTables> read_price_tables(const std::filesystem::path& folder) {
  PriceTables tables;
  for (const auto& kind : kTables) {
    if (auto added = tables.add(kind.word, folder / kind.file); !added) return tl::unexpected(added.error());
  }
  return tables;
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
  }
  const auto month = text.substr(5, 2);
  const auto day = text.substr(8, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

int months_between(std::string_view date, std::string_view today) {
  if (!is_date(date) || !is_date(today)) return 0;
  const auto number = [](std::string_view text) {
    int value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    return value;
  };
  const int months = (number(today.substr(0, 4)) - number(date.substr(0, 4))) * 12 +
                     number(today.substr(5, 2)) - number(date.substr(5, 2));
  const bool whole = today.substr(8, 2) >= date.substr(8, 2);
  return std::max(0, whole ? months : months - 1);
}

}  // namespace edgeeval
