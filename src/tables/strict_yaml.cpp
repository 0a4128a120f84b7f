// SPDX-License-Identifier: Apache-2.0
#include "tables/strict_yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/text.hpp"

namespace edgeeval {
namespace {

/// What a node holds, for messages.
std::string found(const YAML::Node& node) {
  constexpr std::size_t kShown = 60;
  if (node.IsSequence()) return "found a list";
  if (node.IsMap()) return "found a map";
  if (!node.IsScalar()) return "found nothing";
  const auto& text = node.Scalar();
  return fmt::format("found \"{}\"", printable(text.size() <= kShown ? text : text.substr(0, kShown) + "…"));
}

}  // namespace

tl::unexpected<Error> StrictYaml::wrong(const YAML::Node& node, const std::string& path,
                                        const std::string& message, std::string hint) const {
  const auto mark = node.Mark();
  const auto where = mark.is_null() ? file_ : fmt::format("{}:{}:{}", file_, mark.line + 1, mark.column + 1);
  return fail(ErrorCode::invalid_table, path.empty() ? message : path + ": " + message, where,
              std::move(hint));
}

Result<std::vector<YamlEntry>> StrictYaml::map(const YAML::Node& node, const std::string& path,
                                               const std::vector<std::string>& allowed) const {
  const auto keys = allowed.empty() ? std::string() : "allowed here: " + join(allowed, ", ");
  if (!node.IsMap()) return wrong(node, path, "must be a map of keys and values, " + found(node), keys);
  std::vector<YamlEntry> entries;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar())
      return wrong(entry.first, path, "a key must be a text, " + found(entry.first), keys);
    const auto& key = entry.first.Scalar();
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), key) == allowed.end())
      return wrong(entry.first, path, fmt::format("unknown key \"{}\"", printable(key)), keys);
    const auto same = [&](const YamlEntry& other) { return other.key == key; };
    auto full = path.empty() ? key : path + "." + key;
    if (std::any_of(entries.begin(), entries.end(), same))
      return wrong(entry.first, full, "given twice", "Keep one of the two.");
    entries.push_back({key, std::move(full), entry.first, entry.second});
  }
  return entries;
}

Result<std::string> StrictYaml::text(const YAML::Node& node, const std::string& path) const {
  if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
  return wrong(node, path, "must be a text, " + found(node));
}

Result<double> StrictYaml::number(const YAML::Node& node, const std::string& path, Range range) const {
  if (!node.IsScalar()) return wrong(node, path, "must be a number, " + found(node), allowed_in(range));
  const auto& text = node.Scalar();
  double number = 0.0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec == std::errc::invalid_argument || parsed.ptr != end)
    return wrong(node, path, "must be a number, " + found(node), allowed_in(range));
  if (parsed.ec != std::errc() || !within(number, range))
    return wrong(node, path, "out of range, " + found(node), allowed_in(range));
  return number;
}

Result<bool> StrictYaml::flag(const YAML::Node& node, const std::string& path) const {
  bool value = false;
  if (node.IsScalar() && YAML::convert<bool>::decode(node, value)) return value;
  return wrong(node, path, "must be true or false, " + found(node), "allowed: true, false");
}

Result<std::vector<std::string>> StrictYaml::texts(const YAML::Node& node, const std::string& path) const {
  if (!node.IsSequence() || node.size() == 0)
    return wrong(node, path, "must be a list of texts, " + (node.IsSequence() ? "found none" : found(node)));
  std::vector<std::string> values;
  for (std::size_t i = 0; i < node.size(); ++i) {
    auto value = text(node[i], fmt::format("{}[{}]", path, i));
    if (!value) return tl::unexpected(value.error());
    values.push_back(std::move(*value));
  }
  return values;
}

Result<std::vector<double>> StrictYaml::numbers(const YAML::Node& node, const std::string& path,
                                                Range range) const {
  if (!node.IsSequence() || node.size() == 0)
    return wrong(node, path, "must be a list of numbers, " + (node.IsSequence() ? "found none" : found(node)),
                 allowed_in(range));
  std::vector<double> values;
  for (std::size_t i = 0; i < node.size(); ++i) {
    const auto value = number(node[i], fmt::format("{}[{}]", path, i), range);
    if (!value) return tl::unexpected(value.error());
    values.push_back(*value);
  }
  return values;
}

Result<std::map<std::string, std::string>> StrictYaml::text_map(const YAML::Node& node,
                                                                const std::string& path) const {
  auto entries = map(node, path, {});
  if (!entries) return tl::unexpected(entries.error());
  std::map<std::string, std::string> values;
  for (const auto& entry : *entries) {
    if (!entry.value.IsScalar())
      return wrong(entry.value, entry.path, "must be a text, " + found(entry.value));
    values[entry.key] = entry.value.Scalar();
  }
  return values;
}

}  // namespace edgeeval
