// SPDX-License-Identifier: Apache-2.0
// Which column of which file holds what: tables of any study become PublishedStudy through a mapping file.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tables/published_study.hpp"

namespace re2 {
class RE2;
}

namespace edgeeval {

/// How one field is had from a row.
struct ColumnRule {
  std::string column;  ///< Header of the column.
  /// Where given, the field is its first group in the column's text. RE2 takes time linear in that text,
  /// whatever the pattern.
  std::shared_ptr<const re2::RE2> pattern;
  std::map<std::string, std::string> values;  ///< Text found → text meant; texts not named stay as they are.
  double scale = 1.0;  ///< Numbers are multiplied by this, to come into the field's unit.
};

/// The files of one kind of table and the rules for its fields.
struct TableMapping {
  std::vector<std::string> files;  ///< Relative to the tables' folder.
  std::map<std::string, ColumnRule> columns;
};

/// A whole mapping file.
struct StudyMapping {
  StudyContext context;
  std::map<std::string, TableMapping> tables;  ///< By kind: "serving", "adaptation", "merging", "quality".
};

/// Reads a mapping file (YAML; docs/tables.md). Errors: io, invalid_table naming file, line and key.
[[nodiscard]] Result<StudyMapping> read_mapping(const std::filesystem::path& file);

/// Reads all tables of `folder` that `mapping` names. Errors: io; invalid_table for a missing column, an
/// empty key, a text where a number belongs, or a second row of the same key, with file, line and column.
[[nodiscard]] Result<PublishedStudy> read_tables(const std::filesystem::path& folder,
                                                 const StudyMapping& mapping);

}  // namespace edgeeval
