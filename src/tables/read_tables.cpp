// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "core/json.hpp"
#include "core/text.hpp"
#include "tables/csv.hpp"
#include "tables/fields.hpp"
#include "tables/mapping.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// A field's rule with the column it has been found in.
template <class Target>
struct Bound {
  Target field;
  const ColumnRule* rule;
  std::size_t column;
};

/// Reads the rows of one kind of table from one file after the other.
template <class Row>
class RowReader {
 public:
  explicit RowReader(const TableMapping& mapping) : mapping_(mapping) {}

  Result<void> header(const CsvRow& row, const std::string& file) {
    file_ = file;
    texts_.clear();
    numbers_.clear();
    for (const auto& field : kKeyFields<Row>) {
      const bool absent = std::is_same_v<Row, AdaptationRow> && std::string_view(field.name) == "precision";
      if (absent) continue;
      if (auto bound = bind(field, row, texts_); !bound) return bound;
    }
    for (const auto& field : kTextFields<Row>) {
      if (auto bound = bind(field, row, texts_); !bound) return bound;
    }
    for (const auto& field : kNumberFields<Row>) {
      if (auto bound = bind(field, row, numbers_); !bound) return bound;
    }
    return {};
  }

  Result<void> record(const CsvRow& row) {
    Row made;
    made.place = {fs::path(file_).filename().string(), row.line};
    for (const auto& bound : texts_) {
      auto text = text_of(row, bound);
      if (!text) return tl::unexpected(text.error());
      bound.field.of(made) = std::move(*text);
    }
    for (const auto& bound : numbers_) {
      auto number = number_of(row, bound);
      if (!number) return tl::unexpected(number.error());
      made.*bound.field.member = *number;
    }
    return keep(std::move(made), row.line);
  }

  std::vector<Row> take() { return std::move(rows_); }

 private:
  template <class Target>
  Result<void> bind(const Target& field, const CsvRow& row, std::vector<Bound<Target>>& bounds) {
    const auto rule = mapping_.columns.find(field.name);
    if (rule == mapping_.columns.end()) {
      if (!field.required) return {};
      return fail(ErrorCode::invalid_table,
                  fmt::format("the mapping says nothing of the field \"{}\"", field.name), file_);
    }
    const auto found = std::find(row.fields.begin(), row.fields.end(), rule->second.column);
    if (found != row.fields.end()) {
      if (std::find(found + 1, row.fields.end(), rule->second.column) != row.fields.end()) {
        return fail(ErrorCode::invalid_table, fmt::format("two columns are named \"{}\"", rule->second.column),
                    fmt::format("{}:{}", file_, row.line));
      }
      bounds.push_back({field, &rule->second, static_cast<std::size_t>(found - row.fields.begin())});
      return {};
    }
    return fail(ErrorCode::invalid_table,
                fmt::format("no column \"{}\" (for {}); the header has: {}", rule->second.column, field.name,
                            join(row.fields, ", ")),
                fmt::format("{}:{}", file_, row.line));
  }

  template <class Target>
  [[nodiscard]] std::string where(const CsvRow& row, const Bound<Target>& bound) const {
    return fmt::format("{}:{}, column {} ({})", file_, row.line, bound.column + 1, bound.rule->column);
  }

  template <class Target>
  Result<std::string> text_of(const CsvRow& row, const Bound<Target>& bound) const {
    std::string text = row.fields[bound.column];
    if (bound.rule->pattern) {
      std::smatch match;
      if (!std::regex_search(text, match, *bound.rule->pattern)) {
        return fail(ErrorCode::invalid_table,
                    fmt::format("\"{}\" does not match /{}/", text, bound.rule->pattern_text),
                    where(row, bound));
      }
      text = match[1].str();
    }
    if (const auto meant = bound.rule->values.find(text); meant != bound.rule->values.end())
      text = meant->second;
    if (text.empty() && bound.field.required) {
      return fail(ErrorCode::invalid_table, fmt::format("no value for \"{}\"", bound.field.name),
                  where(row, bound));
    }
    return text;
  }

  Result<std::optional<double>> number_of(const CsvRow& row, const Bound<NumberField<Row>>& bound) const {
    auto text = text_of(row, bound);
    if (!text) return tl::unexpected(text.error());
    if (text->empty()) return std::optional<double>();
    double number = 0.0;
    const auto* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) {
      return fail(ErrorCode::invalid_table, fmt::format("\"{}\" is not a number", *text), where(row, bound));
    }
    return std::optional<double>(number * bound.rule->scale);
  }

  Result<void> keep(Row row, std::size_t line) {
    std::string operation;
    if constexpr (std::is_same_v<Row, MergingRow>) operation = row.operation;
    const auto [earlier, fresh] = seen_.try_emplace({row.key, operation}, row.place);
    if (!fresh) {
      return fail(
          ErrorCode::invalid_table,
          fmt::format("a second row for {}{}; the first is {}:{}", describe(row.key),
                      operation.empty() ? "" : " " + operation, earlier->second.file, earlier->second.line),
          fmt::format("{}:{}", file_, line));
    }
    rows_.push_back(std::move(row));
    return {};
  }

  const TableMapping& mapping_;
  std::string file_;
  std::vector<Bound<TextField<Row>>> texts_;
  std::vector<Bound<NumberField<Row>>> numbers_;
  std::map<std::pair<CellKey, std::string>, Place> seen_;
  std::vector<Row> rows_;
};

/// JSON tables are arrays of flat objects; they are read as the CSV they could have been.
Result<void> read_json_rows(const fs::path& path, const OnCsvRow& on_header, const OnCsvRow& on_row) {
  auto json = read_json_file(path.string());
  if (!json) return tl::unexpected(json.error());
  if (!json->is_array() || json->empty() || !json->front().is_object()) {
    return fail(ErrorCode::invalid_table, "a JSON table is an array of objects, one a row", path.string());
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : json->front().items()) names.push_back(name);
  if (auto taken = on_header(CsvRow{1, names}); !taken) return taken;
  std::size_t number = 0;
  for (const auto& object : *json) {
    std::vector<std::string> fields;
    ++number;
    for (const auto& name : names) {
      const auto found = object.is_object() ? object.find(name) : object.end();
      if (!object.is_object() || found == object.end()) {
        return fail(ErrorCode::invalid_table, fmt::format("row {} has no \"{}\"", number, name),
                    path.string());
      }
      fields.push_back(found->is_string() ? found->get<std::string>()
                                          : (found->is_null() ? "" : found->dump()));
    }
    if (auto taken = on_row(CsvRow{number, fields}); !taken) return taken;
  }
  return {};
}

template <class Row>
Result<std::vector<Row>> read_kind(const fs::path& folder, const StudyMapping& mapping, const char* kind) {
  const auto found = mapping.tables.find(kind);
  if (found == mapping.tables.end()) return std::vector<Row>();
  RowReader<Row> reader(found->second);
  for (const auto& name : found->second.files) {
    const auto path = folder / name;
    const auto header = [&](const CsvRow& row) { return reader.header(row, path.string()); };
    const auto record = [&](const CsvRow& row) { return reader.record(row); };
    auto read =
        path.extension() == ".json" ? read_json_rows(path, header, record) : read_csv(path, header, record);
    if (!read) return tl::unexpected(read.error());
  }
  return reader.take();
}

}  // namespace

std::string describe(const CellKey& key) {
  std::string text = key.family + "-" + key.size + " " + key.method;
  if (!key.precision.empty()) text += " " + key.precision;
  return text + " " + key.task;
}

Result<PublishedStudy> read_tables(const fs::path& folder, const StudyMapping& mapping) {
  PublishedStudy study;
  study.context = mapping.context;
  const auto into = [&](auto& rows, const char* kind) -> Result<void> {
    using Row = typename std::remove_reference_t<decltype(rows)>::value_type;
    auto read = read_kind<Row>(folder, mapping, kind);
    if (!read) return tl::unexpected(read.error());
    rows = std::move(*read);
    return {};
  };
  if (auto read = into(study.serving, "serving"); !read) return tl::unexpected(read.error());
  if (auto read = into(study.adaptation, "adaptation"); !read) return tl::unexpected(read.error());
  if (auto read = into(study.merging, "merging"); !read) return tl::unexpected(read.error());
  if (auto read = into(study.quality, "quality"); !read) return tl::unexpected(read.error());
  return study;
}

}  // namespace edgeeval
