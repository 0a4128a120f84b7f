// SPDX-License-Identifier: Apache-2.0
// Values of a YAML file read strictly: each error says file, line, column, key, what was found and what is
// allowed.
#pragma once

#include <yaml-cpp/yaml.h>

#include <edgeeval/result.hpp>
#include <map>
#include <string>
#include <vector>

#include "tables/range.hpp"

namespace edgeeval {

/// One key of a map with its value.
struct YamlEntry {
  std::string key;
  std::string path;  ///< Dotted path of the key: "context.boards".
  YAML::Node name;   ///< The key as a node, for its place.
  YAML::Node value;
};

/// Reads values of one file. Every error is invalid_table.
class StrictYaml {
 public:
  explicit StrictYaml(std::string file) : file_(std::move(file)) {}

  /// The entries of a map whose keys are among `allowed` (any, where that is empty), none given twice.
  [[nodiscard]] Result<std::vector<YamlEntry>> map(const YAML::Node& node, const std::string& path,
                                                   const std::vector<std::string>& allowed) const;
  /// A text that is not empty.
  [[nodiscard]] Result<std::string> text(const YAML::Node& node, const std::string& path) const;
  /// A number within `range`.
  [[nodiscard]] Result<double> number(const YAML::Node& node, const std::string& path, Range range) const;
  /// true or false.
  [[nodiscard]] Result<bool> flag(const YAML::Node& node, const std::string& path) const;
  /// A list of at least one text.
  [[nodiscard]] Result<std::vector<std::string>> texts(const YAML::Node& node, const std::string& path) const;
  /// A list of at least one number within `range`.
  [[nodiscard]] Result<std::vector<double>> numbers(const YAML::Node& node, const std::string& path,
                                                    Range range) const;
  /// A map of texts to texts, which may be empty.
  [[nodiscard]] Result<std::map<std::string, std::string>> text_map(const YAML::Node& node,
                                                                    const std::string& path) const;
  /// An error at `node`.
  [[nodiscard]] tl::unexpected<Error> wrong(const YAML::Node& node, const std::string& path,
                                            const std::string& message, std::string hint = {}) const;

 private:
  std::string file_;
};

}  // namespace edgeeval
