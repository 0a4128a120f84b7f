// SPDX-License-Identifier: Apache-2.0
#include "tables/mapping.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>
#include <optional>

#include "core/files.hpp"
#include "core/text.hpp"
#include "tables/fields.hpp"
#include "tables/strict_yaml.hpp"

namespace edgeeval {
namespace {

/// A number of the context: its key, where it goes, and what it may be.
struct ContextNumber {
  const char* key;
  std::optional<double> StudyContext::*member;
  Range range;
};

constexpr std::array<ContextNumber, 8> kContextNumbers{
    {{"board_power_limit_w", &StudyContext::board_power_limit_w, Range::positive},
     {"boards", &StudyContext::boards, Range::whole},
     {"boards_read", &StudyContext::boards_read, Range::whole},
     {"sensor_period_s", &StudyContext::sensor_period_s, Range::positive},
     {"memory_bandwidth_gb_per_s", &StudyContext::memory_bandwidth_gb_per_s, Range::positive},
     {"board_memory_gb", &StudyContext::board_memory_gb, Range::positive},
     {"quality_items", &StudyContext::quality_items, Range::whole},
     {"quality_passes", &StudyContext::quality_passes, Range::whole}}};

/// Puts `value` into `target`, or hands its error on.
template <class Target, class Value>
Result<void> put(Target& target, Result<Value> value) {
  if (!value) return tl::unexpected(value.error());
  target = std::move(*value);
  return {};
}

/// Reads one mapping file; the first thing wrong ends it as an error with its place.
class MappingReader {
 public:
  explicit MappingReader(const std::string& file) : yaml_(file), file_(file) {}

  Result<StudyMapping> read(const YAML::Node& root) const {
    if (root.IsNull())
      return fail(ErrorCode::invalid_table, "the mapping is empty", file_ + ":1",
                  "It needs the keys context and tables; docs/tables.md shows one.");
    StudyMapping mapping;
    const auto entries = yaml_.map(root, "", {"context", "tables"});
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) {
      const auto read =
          entry.key == "context" ? read_context(entry, mapping.context) : read_kinds(entry, mapping.tables);
      if (!read) return tl::unexpected(read.error());
    }
    if (!mapping.tables.contains("serving"))
      return fail(ErrorCode::invalid_table, "no \"serving\" table is mapped", file_);
    return mapping;
  }

 private:
  Result<void> read_context(const YamlEntry& context_entry, StudyContext& context) const {
    std::vector<std::string> allowed{"title", "source", "device", "window_holds_load", "api_prices_usd", "cost_terms"};
    for (const auto& number : kContextNumbers) allowed.emplace_back(number.key);
    const auto entries = yaml_.map(context_entry.value, context_entry.path, allowed);
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) {
      if (auto done = read_context_value(entry, context); !done) return done;
      const bool boards = entry.key == "boards" || entry.key == "boards_read";
      if (boards && context.boards && context.boards_read && *context.boards_read > *context.boards)
        return yaml_.wrong(entry.value, entry.path,
                           fmt::format("{} boards are read of {}", *context.boards_read, *context.boards),
                           "boards_read is at most boards");
    }
    return {};
  }

  Result<void> read_context_value(const YamlEntry& entry, StudyContext& context) const {
    for (const auto& number : kContextNumbers) {
      if (entry.key == number.key)
        return put(context.*number.member, yaml_.number(entry.value, entry.path, number.range));
    }
    if (entry.key == "title") return put(context.title, yaml_.text(entry.value, entry.path));
    if (entry.key == "source") return put(context.source, yaml_.text(entry.value, entry.path));
    if (entry.key == "device") return put(context.device, yaml_.text(entry.value, entry.path));
    if (entry.key == "window_holds_load")
      return put(context.window_holds_load, yaml_.flag(entry.value, entry.path));
    if (entry.key == "cost_terms") return put(context.cost_terms, yaml_.texts(entry.value, entry.path));
    return put(context.api_prices_usd, yaml_.numbers(entry.value, entry.path, Range::positive));
  }

  Result<void> read_kinds(const YamlEntry& tables_entry, std::map<std::string, TableMapping>& tables) const {
    const auto entries =
        yaml_.map(tables_entry.value, tables_entry.path, {"serving", "adaptation", "merging", "quality"});
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) {
      auto& table = tables[entry.key];
      const auto read = entry.key == "serving"      ? read_table<ServingRow>(entry, table)
                        : entry.key == "adaptation" ? read_table<AdaptationRow>(entry, table)
                        : entry.key == "merging"    ? read_table<MergingRow>(entry, table)
                                                    : read_table<QualityRow>(entry, table);
      if (!read) return read;
    }
    return {};
  }

  template <class Row>
  Result<void> read_table(const YamlEntry& table_entry, TableMapping& table) const {
    std::vector<std::string> names;
    for (const auto& field : kKeyFields<Row>) names.emplace_back(field.name);
    for (const auto& field : kTextFields<Row>) names.emplace_back(field.name);
    for (const auto& field : kNumberFields<Row>) names.emplace_back(field.name);
    const auto entries = yaml_.map(table_entry.value, table_entry.path, {"files", "columns"});
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) {
      auto read = entry.key == "files" ? put(table.files, yaml_.texts(entry.value, entry.path))
                                       : read_columns(entry, names, table.columns);
      if (!read) return read;
    }
    if (!table.files.empty()) return {};
    return yaml_.wrong(table_entry.value, table_entry.path, "the table names no files");
  }

  Result<void> read_columns(const YamlEntry& columns_entry, const std::vector<std::string>& names,
                            std::map<std::string, ColumnRule>& columns) const {
    const auto entries = yaml_.map(columns_entry.value, columns_entry.path, names);
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) {
      auto& rule = columns[entry.key];
      const auto read = entry.value.IsMap() ? read_rule(entry, rule)
                                            : put(rule.column, yaml_.text(entry.value, entry.path));
      if (!read) return read;
    }
    return {};
  }

  Result<void> read_rule(const YamlEntry& rule_entry, ColumnRule& rule) const {
    const auto entries =
        yaml_.map(rule_entry.value, rule_entry.path, {"column", "pattern", "values", "scale"});
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) {
      const auto read = entry.key == "column"    ? put(rule.column, yaml_.text(entry.value, entry.path))
                        : entry.key == "pattern" ? put(rule.pattern, pattern_of(entry))
                        : entry.key == "values"
                            ? put(rule.values, yaml_.text_map(entry.value, entry.path))
                            : put(rule.scale, yaml_.number(entry.value, entry.path, Range::positive));
      if (!read) return read;
    }
    if (!rule.column.empty()) return {};
    return yaml_.wrong(rule_entry.value, rule_entry.path, "the rule names no column");
  }

  Result<std::shared_ptr<const re2::RE2>> pattern_of(const YamlEntry& entry) const {
    const auto text = yaml_.text(entry.value, entry.path);
    if (!text) return tl::unexpected(text.error());
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto pattern = std::make_shared<const re2::RE2>(*text, options);
    if (!pattern->ok())
      return yaml_.wrong(entry.value, entry.path,
                         fmt::format("/{}/ is no regular expression: {}", printable(*text), pattern->error()),
                         "The syntax is RE2's: no look-around and no back references.");
    if (pattern->NumberOfCapturingGroups() >= 1) return pattern;
    return yaml_.wrong(entry.value, entry.path,
                       fmt::format("/{}/ has no group to take the value from", printable(*text)));
  }

  StrictYaml yaml_;
  std::string file_;
};

}  // namespace

Result<StudyMapping> read_mapping(const std::filesystem::path& file) {
  auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  try {
    return MappingReader(file.string()).read(YAML::Load(*text));
  } catch (const YAML::Exception& problem) {
    const auto& mark = problem.mark;
    return fail(ErrorCode::invalid_table, problem.msg,
                mark.is_null() ? file.string()
                               : fmt::format("{}:{}:{}", file.string(), mark.line + 1, mark.column + 1));
  }
}

}  // namespace edgeeval
