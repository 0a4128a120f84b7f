// SPDX-License-Identifier: Apache-2.0
// A study's YAML read strictly: every finding has file, line, column and key, and reading goes on after each.
#pragma once

#include <yaml-cpp/yaml.h>

#include <edgeeval/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// What is wrong with a study file, in the order it was found.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}
  /// Notes that `key` at `mark` is wrong; `hint` says what is allowed.
  void add(const YAML::Mark& mark, const std::string& key, const std::string& message, std::string hint = {});
  [[nodiscard]] std::vector<Error>& errors() { return errors_; }

 private:
  std::string file_;
  std::vector<Error> errors_;
};

/// What a node holds, for messages: `"text"`, "a list", "a map", "nothing".
[[nodiscard]] std::string describe(const YAML::Node& node);

/// "allowed: a, b, c", and where `word` is close to one of them, `did you mean "b"?` on a second line.
[[nodiscard]] std::string allowed_hint(std::string_view word, const std::vector<std::string>& allowed);

/// One map of the study. Its keys must be among `allowed`, each at most once; anything else is a finding.
class YamlMap {
 public:
  YamlMap(const YAML::Node& node, std::string path, const std::vector<std::string>& allowed,
          Findings& findings);
  /// The value at `key`, or nothing where it is not given.
  [[nodiscard]] std::optional<YAML::Node> find(const std::string& key) const;
  /// The text at `key`; a finding where it is not a text, or is longer than 500 bytes. Empty where not given.
  [[nodiscard]] std::string text(const std::string& key, bool required);
  /// The dotted path of `key`.
  [[nodiscard]] std::string path_of(const std::string& key) const {
    return path_.empty() ? key : path_ + "." + key;
  }
  /// Where the map begins.
  [[nodiscard]] const YAML::Mark& mark() const { return mark_; }

 private:
  std::string path_;
  YAML::Mark mark_;
  std::vector<std::pair<std::string, YAML::Node>> entries_;
  Findings& findings_;
};

/// Calls `visit(item, "path[0]")` for each item of the list at `key`; findings where it is missing, not a
/// list, empty, or longer than `most`.
void each_item(const YamlMap& map, const std::string& key, std::size_t most, Findings& findings,
               const std::function<void(const YAML::Node&, const std::string&)>& visit);

}  // namespace edgeeval
