// SPDX-License-Identifier: Apache-2.0
#include "plan/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kLongestText = 500;

/// Long or broken values are shown by their beginning.
std::string shortened(const std::string& text) {
  constexpr std::size_t kShown = 60;
  return printable(text.size() <= kShown ? text : text.substr(0, kShown) + "…");
}

}  // namespace

void Findings::add(const YAML::Mark& mark, const std::string& key, const std::string& message,
                   std::string hint) {
  const auto where = mark.is_null() ? file_ : fmt::format("{}:{}:{}", file_, mark.line + 1, mark.column + 1);
  errors_.push_back(
      {ErrorCode::invalid_study, key.empty() ? message : key + ": " + message, where, std::move(hint)});
}

std::string describe(const YAML::Node& node) {
  if (node.IsScalar()) return fmt::format("\"{}\"", shortened(node.Scalar()));
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a map";
  return "nothing";
}

std::string allowed_hint(std::string_view word, const std::vector<std::string>& allowed) {
  auto hint = "allowed: " + join(allowed, ", ");
  if (const auto close = nearest(word, allowed); !close.empty())
    hint += fmt::format("\ndid you mean \"{}\"?", close);
  return hint;
}

YamlMap::YamlMap(const YAML::Node& node, std::string path, const std::vector<std::string>& allowed,
                 Findings& findings)
    : path_(std::move(path)), mark_(node.Mark()), findings_(findings) {
  if (!node.IsMap()) {
    findings.add(mark_, path_, "must be a map, found " + describe(node), "keys: " + join(allowed, ", "));
    return;
  }
  for (const auto& entry : node) {
    const auto name = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      findings.add(entry.first.Mark(), path_, "unknown key " + describe(entry.first),
                   allowed_hint(name, allowed));
    } else if (find(name)) {
      findings.add(entry.first.Mark(), path_of(name), "given twice", "Keep one of the two.");
    } else {
      entries_.emplace_back(name, entry.second);
    }
  }
}

std::optional<YAML::Node> YamlMap::find(const std::string& key) const {
  for (const auto& [name, node] : entries_) {
    if (name == key) return node;
  }
  return std::nullopt;
}

std::string YamlMap::text(const std::string& key, bool required) {
  const auto node = find(key);
  if (!node) {
    if (required) findings_.add(mark_, path_of(key), "is missing", "A text is needed here.");
    return {};
  }
  if (!node->IsScalar() || node->Scalar().empty()) {
    findings_.add(node->Mark(), path_of(key), "must be a text, found " + describe(*node));
    return {};
  }
  if (node->Scalar().size() > kLongestText) {
    findings_.add(node->Mark(), path_of(key),
                  fmt::format("is longer than {} bytes: {}", kLongestText, describe(*node)));
    return {};
  }
  return printable(node->Scalar());
}

void each_item(const YamlMap& map, const std::string& key, std::size_t most, Findings& findings,
               const std::function<void(const YAML::Node&, const std::string&)>& visit) {
  const auto list = map.find(key);
  const auto path = map.path_of(key);
  if (!list)
    return findings.add(map.mark(), path, "is missing", "A list with at least one item is needed here.");
  if (!list->IsSequence())
    return findings.add(list->Mark(), path, "must be a list, found " + describe(*list));
  if (list->size() == 0)
    return findings.add(list->Mark(), path, "must have at least one item, found an empty list");
  if (list->size() > most) {
    return findings.add(list->Mark(), path, fmt::format("has {} items", list->size()),
                        fmt::format("at most {} are allowed", most));
  }
  for (std::size_t i = 0; i < list->size(); ++i) visit((*list)[i], fmt::format("{}[{}]", path, i));
}

}  // namespace edgeeval
