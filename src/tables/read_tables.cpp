// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "core/text.hpp"
#include "tables/csv.hpp"
#include "tables/fields.hpp"
#include "tables/json_rows.hpp"
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
  std::size_t index;  ///< Of a number among the number fields.
};

/// A cell as errors show it.
std::string shortened(const std::string& text) {
  constexpr std::size_t kShown = 60;
  return printable(text.size() <= kShown ? text : text.substr(0, kShown) + "…");
}

/// One unit of the last decimal of a number's text: 0.01 for "1.25", 100 for "3e2".
double step_of(std::string_view text) {
  const auto mantissa_end = std::min(text.find_first_of("eE"), text.size());
  int exponent = 0;
  if (mantissa_end < text.size()) {
    const auto skip = text[mantissa_end + 1] == '+' ? 2U : 1U;
    std::from_chars(text.data() + mantissa_end + skip, text.data() + text.size(), exponent);
  }
  const auto point = text.substr(0, mantissa_end).find('.');
  if (point != std::string_view::npos) exponent -= static_cast<int>(mantissa_end - point - 1);
  // No double is finer or coarser than this, and a loop beats std::pow by far.
  constexpr int kLargest = 330;
  double step = 1.0;
  for (int left = std::clamp(exponent, -kLargest, kLargest); left != 0; left += left < 0 ? 1 : -1)
    step = left < 0 ? step / 10.0 : step * 10.0;
  return step;
}

/// Reads the rows of one kind of table from one file after the other.
template <class Row>
class RowReader {
 public:
  explicit RowReader(const TableMapping& mapping) : mapping_(mapping) {}

  Result<void> header(const CsvRow& row, const std::string& file) {
    file_ = file;
    file_name_ = fs::path(file).filename().string();
    before_file_ = rows_.size();
    texts_.clear();
    numbers_.clear();
    for (const auto& field : kKeyFields<Row>) {
      const bool absent = std::is_same_v<Row, AdaptationRow> && std::string_view(field.name) == "precision";
      if (absent) continue;
      if (auto bound = bind(field, row, texts_, 0); !bound) return bound;
    }
    for (const auto& field : kTextFields<Row>) {
      if (auto bound = bind(field, row, texts_, 0); !bound) return bound;
    }
    for (std::size_t i = 0; i < kNumberFields<Row>.size(); ++i) {
      if (auto bound = bind(kNumberFields<Row>[i], row, numbers_, i); !bound) return bound;
    }
    return {};
  }

  Result<void> record(const CsvRow& row) {
    Row made;
    made.place = {file_name_, row.line};
    for (const auto& bound : texts_) {
      auto text = text_of(row, bound);
      if (!text) return tl::unexpected(text.error());
      bound.field.of(made) = std::move(*text);
    }
    for (const auto& bound : numbers_) {
      if (auto read = read_number(row, bound, made); !read) return read;
    }
    return keep(std::move(made), row.line);
  }

  /// Whether the file of the last header gave any row.
  [[nodiscard]] bool has_rows_of_file() const { return rows_.size() > before_file_; }

  std::vector<Row> take() { return std::move(rows_); }

 private:
  template <class Target>
  Result<void> bind(const Target& field, const CsvRow& row, std::vector<Bound<Target>>& bounds,
                    std::size_t index) {
    const auto rule = mapping_.columns.find(field.name);
    if (rule == mapping_.columns.end()) {
      if (!field.required) return {};
      return fail(ErrorCode::invalid_table,
                  fmt::format("the mapping says nothing of the field \"{}\"", field.name), file_);
    }
    const auto found = std::find(row.fields.begin(), row.fields.end(), rule->second.column);
    if (found != row.fields.end()) {
      if (std::find(found + 1, row.fields.end(), rule->second.column) != row.fields.end()) {
        return fail(ErrorCode::invalid_table,
                    fmt::format("two columns are named \"{}\"", rule->second.column),
                    fmt::format("{}:{}", file_, row.line));
      }
      bounds.push_back({field, &rule->second, static_cast<std::size_t>(found - row.fields.begin()), index});
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
      std::string group;
      if (!re2::RE2::PartialMatch(text, *bound.rule->pattern, &group)) {
        return fail(ErrorCode::invalid_table,
                    fmt::format("\"{}\" does not match /{}/ ({})", shortened(text),
                                bound.rule->pattern->pattern(), bound.field.name),
                    where(row, bound));
      }
      text = std::move(group);
    }
    if (const auto meant = bound.rule->values.find(text); meant != bound.rule->values.end())
      text = meant->second;
    if (text.empty() && bound.field.required) {
      return fail(ErrorCode::invalid_table, fmt::format("no value for \"{}\"", bound.field.name),
                  where(row, bound));
    }
    return text;
  }

  /// Reads one number into `made`, with the step it was written in.
  Result<void> read_number(const CsvRow& row, const Bound<NumberField<Row>>& bound, Row& made) const {
    auto text = text_of(row, bound);
    if (!text) return tl::unexpected(text.error());
    if (text->empty()) return {};
    double number = 0.0;
    const auto* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) {
      return fail(ErrorCode::invalid_table, fmt::format("\"{}\" is not a number", shortened(*text)),
                  where(row, bound));
    }
    number *= bound.rule->scale;
    if (!within(number, bound.field.range)) {
      const auto scaled = bound.rule->scale == 1.0 ? std::string() : fmt::format(" × {}", bound.rule->scale);
      return fail(ErrorCode::invalid_table,
                  fmt::format("{} cannot be \"{}\"{}", bound.field.name, shortened(*text), scaled),
                  where(row, bound), allowed_in(bound.field.range));
    }
    made.*bound.field.member = number;
    made.steps[bound.index] = step_of(*text) * bound.rule->scale;
    return {};
  }

  Result<void> keep(Row row, std::size_t line) {
    std::string operation;
    if constexpr (std::is_same_v<Row, MergingRow>) operation = row.operation;
    // Ids are in lower case, so that names which differ in case alone would become one.
    const auto [earlier, fresh] = seen_.try_emplace({folded(row.key), operation}, row.place);
    if (!fresh) {
      return fail(
          ErrorCode::invalid_table,
          fmt::format("a second row for {}{}; the first is {}:{}", describe(row.key),
                      operation.empty() ? "" : " " + operation, earlier->second.file, earlier->second.line),
          fmt::format("{}:{}", file_, line), "Upper and lower case are not told apart.");
    }
    rows_.push_back(std::move(row));
    return {};
  }

  const TableMapping& mapping_;
  std::string file_;
  std::string file_name_;  ///< Without its folder.
  std::vector<Bound<TextField<Row>>> texts_;
  std::vector<Bound<NumberField<Row>>> numbers_;
  std::map<std::pair<CellKey, std::string>, Place> seen_;
  std::vector<Row> rows_;
  std::size_t before_file_ = 0;
};

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
    if (!reader.has_rows_of_file())
      return fail(ErrorCode::invalid_table, "the table has no rows", path.string(),
                  "Leave a table that holds nothing out of the mapping.");
  }
  return reader.take();
}

}  // namespace

std::string describe(const CellKey& key) {
  std::string text = key.family + "-" + key.size + " " + key.method;
  if (!key.precision.empty()) text += " " + key.precision;
  return text + " " + key.task;
}

CellKey folded(CellKey key) {
  for (auto* text : {&key.family, &key.size, &key.method, &key.precision, &key.task}) {
    for (char& c : *text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
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
