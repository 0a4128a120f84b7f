// SPDX-License-Identifier: Apache-2.0
#include "tables/mapping.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <set>
#include <string_view>

#include "core/files.hpp"
#include "core/text.hpp"
#include "tables/fields.hpp"

namespace edgeeval {
namespace {

/// Reads one mapping file; the first thing wrong ends it as an error with its place.
class MappingReader {
 public:
  explicit MappingReader(std::string file) : file_(std::move(file)) {}

  Result<StudyMapping> read(const YAML::Node& root) {
    StudyMapping mapping;
    if (auto map = expect_map(root, "the mapping"); !map) return tl::unexpected(map.error());
    for (const auto& entry : root) {
      const auto key = entry.first.as<std::string>();
      Result<void> read;
      if (key == "context") {
        read = read_context(entry.second, mapping.context);
      } else if (key == "tables") {
        read = read_kinds(entry.second, mapping.tables);
      } else {
        read = unknown(entry.first, key, {"context", "tables"});
      }
      if (!read) return tl::unexpected(read.error());
    }
    if (!mapping.tables.contains("serving"))
      return fail(ErrorCode::invalid_table, "no \"serving\" table is mapped", file_);
    return mapping;
  }

 private:
  [[nodiscard]] std::string where(const YAML::Node& node) const {
    return fmt::format("{}:{}:{}", file_, node.Mark().line + 1, node.Mark().column + 1);
  }
  [[nodiscard]] tl::unexpected<Error> unknown(const YAML::Node& node, const std::string& key,
                                              const std::vector<std::string>& allowed) const {
    return fail(ErrorCode::invalid_table, fmt::format("unknown key \"{}\"", key), where(node),
                "allowed here: " + join(allowed, ", "));
  }
  [[nodiscard]] Result<void> expect_map(const YAML::Node& node, const std::string& what) const {
    if (node.IsMap()) return {};
    return fail(ErrorCode::invalid_table, what + " must be a map of keys and values", where(node));
  }

  Result<void> read_context(const YAML::Node& node, StudyContext& context) {
    if (auto map = expect_map(node, "context"); !map) return map;
    const std::map<std::string, std::optional<double> StudyContext::*> numbers{
        {"board_power_limit_w", &StudyContext::board_power_limit_w},
        {"boards", &StudyContext::boards},
        {"boards_read", &StudyContext::boards_read},
        {"sensor_period_s", &StudyContext::sensor_period_s},
        {"memory_bandwidth_gb_per_s", &StudyContext::memory_bandwidth_gb_per_s},
        {"board_memory_gb", &StudyContext::board_memory_gb},
        {"quality_items", &StudyContext::quality_items},
        {"quality_passes", &StudyContext::quality_passes}};
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>();
      if (const auto number = numbers.find(key); number != numbers.end()) {
        context.*number->second = entry.second.as<double>();
      } else if (key == "title") {
        context.title = entry.second.as<std::string>();
      } else if (key == "source") {
        context.source = entry.second.as<std::string>();
      } else if (key == "window_holds_load") {
        context.window_holds_load = entry.second.as<bool>();
      } else if (key == "api_prices_usd") {
        context.api_prices_usd = entry.second.as<std::vector<double>>();
      } else if (key == "cost_terms") {
        context.cost_terms = entry.second.as<std::vector<std::string>>();
      } else {
        std::vector<std::string> allowed{"title", "source", "window_holds_load", "api_prices_usd",
                                         "cost_terms"};
        for (const auto& [name, member] : numbers) allowed.push_back(name);
        return unknown(entry.first, key, allowed);
      }
    }
    return {};
  }

  Result<void> read_kinds(const YAML::Node& node, std::map<std::string, TableMapping>& tables) {
    if (auto map = expect_map(node, "tables"); !map) return map;
    for (const auto& entry : node) {
      const auto kind = entry.first.as<std::string>();
      Result<void> read;
      if (kind == "serving")
        read = read_table<ServingRow>(entry.second, tables[kind]);
      else if (kind == "adaptation")
        read = read_table<AdaptationRow>(entry.second, tables[kind]);
      else if (kind == "merging")
        read = read_table<MergingRow>(entry.second, tables[kind]);
      else if (kind == "quality")
        read = read_table<QualityRow>(entry.second, tables[kind]);
      else
        read = unknown(entry.first, kind, {"serving", "adaptation", "merging", "quality"});
      if (!read) return read;
    }
    return {};
  }

  template <class Row>
  Result<void> read_table(const YAML::Node& node, TableMapping& table) {
    if (auto map = expect_map(node, "a table"); !map) return map;
    std::vector<std::string> names;
    for (const auto& field : kKeyFields<Row>) names.emplace_back(field.name);
    for (const auto& field : kTextFields<Row>) names.emplace_back(field.name);
    for (const auto& field : kNumberFields<Row>) names.emplace_back(field.name);
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>();
      if (key == "files") {
        table.files = entry.second.as<std::vector<std::string>>();
      } else if (key == "columns") {
        if (auto read = read_columns(entry.second, names, table.columns); !read) return read;
      } else {
        return unknown(entry.first, key, {"files", "columns"});
      }
    }
    if (!table.files.empty()) return {};
    return fail(ErrorCode::invalid_table, "the table names no files", where(node));
  }

  Result<void> read_columns(const YAML::Node& node, const std::vector<std::string>& names,
                            std::map<std::string, ColumnRule>& columns) {
    if (auto map = expect_map(node, "columns"); !map) return map;
    for (const auto& entry : node) {
      const auto field = entry.first.as<std::string>();
      if (std::find(names.begin(), names.end(), field) == names.end())
        return unknown(entry.first, field, names);
      auto rule = entry.second.IsScalar()
                      ? Result<ColumnRule>(ColumnRule{entry.second.as<std::string>(), {}, {}, {}, 1.0})
                      : read_rule(entry.second);
      if (!rule) return tl::unexpected(rule.error());
      columns[field] = std::move(*rule);
    }
    return {};
  }

  Result<ColumnRule> read_rule(const YAML::Node& node) {
    if (auto map = expect_map(node, "a column's rule"); !map) return tl::unexpected(map.error());
    ColumnRule rule;
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>();
      if (key == "column")
        rule.column = entry.second.as<std::string>();
      else if (key == "pattern")
        rule.pattern_text = entry.second.as<std::string>();
      else if (key == "values")
        rule.values = entry.second.as<std::map<std::string, std::string>>();
      else if (key == "scale")
        rule.scale = entry.second.as<double>();
      else
        return unknown(entry.first, key, {"column", "pattern", "values", "scale"});
    }
    if (rule.column.empty()) return fail(ErrorCode::invalid_table, "the rule names no column", where(node));
    if (rule.pattern_text.empty()) return rule;
    try {
      rule.pattern = std::regex(rule.pattern_text);
    } catch (const std::regex_error& problem) {
      return fail(ErrorCode::invalid_table,
                  fmt::format("/{}/ is no regular expression: {}", rule.pattern_text, problem.what()),
                  where(node));
    }
    if (rule.pattern->mark_count() >= 1) return rule;
    return fail(ErrorCode::invalid_table,
                fmt::format("/{}/ has no group to take the value from", rule.pattern_text), where(node));
  }

  std::string file_;
};

}  // namespace

Result<StudyMapping> read_mapping(const std::filesystem::path& file) {
  auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  try {
    return MappingReader(file.string()).read(YAML::Load(*text));
  } catch (const YAML::Exception& problem) {
    return fail(ErrorCode::invalid_table, problem.msg,
                fmt::format("{}:{}:{}", file.string(), problem.mark.line + 1, problem.mark.column + 1));
  }
}

}  // namespace edgeeval
