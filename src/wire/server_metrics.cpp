// SPDX-License-Identifier: Apache-2.0
// Counters that a server tells: the Prometheus text format (prometheus.io, "Exposition formats"), or JSON.
#include <charconv>
#include <cmath>
#include <optional>

#include "core/foreign_json.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {
namespace {

using Metrics = std::map<std::string, double>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

/// The next word of `text`, which it is taken off.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::optional<double> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

/// Where the labels that begin with `text` end: behind the brace that no quotes hold.
std::size_t end_of_labels(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '}' && !quoted) {
      return i + 1;
    }
  }
  return text.size();
}

/// Reads the lines of one scrape.
class PrometheusText {
 public:
  void line(std::string_view line) {
    line = trimmed(line);
    if (line.starts_with('#')) return comment(line.substr(1));
    if (!line.empty()) sample(line);
  }
  Metrics sums;

 private:
  void comment(std::string_view text) {
    if (take_word(text) != "TYPE") return;
    const auto name = take_word(text);
    const auto type = take_word(text);
    plain_[std::string(name)] = type == "counter" || type == "gauge";
  }
  /// OpenMetrics names a counter's sample with "_total", which its TYPE line leaves out.
  [[nodiscard]] bool plain(std::string_view name) const {
    constexpr std::string_view kTotal = "_total";
    auto found = plain_.find(name);
    if (found == plain_.end() && name.ends_with(kTotal))
      found = plain_.find(name.substr(0, name.size() - kTotal.size()));
    return found != plain_.end() && found->second;
  }
  void sample(std::string_view line) {
    const auto name = line.substr(0, line.find_first_of("{ \t"));
    if (!plain(name)) return;
    auto rest = line.substr(name.size());
    rest = trimmed(rest);
    if (rest.starts_with('{')) rest.remove_prefix(end_of_labels(rest));
    const auto value = number(take_word(rest));
    if (value) sums[std::string(name)] += *value;
  }
  std::map<std::string, bool, std::less<>> plain_;
};

/// Numbers of a JSON object, those of objects within it by "outer.inner".
void flatten(const Json& object, const std::string& before, int depth, Metrics& into) {
  constexpr int kDeepest = 4;
  if (depth > kDeepest) return;
  for (const auto& item : object.items()) {
    if (item.value().is_number()) {
      into[before + item.key()] = item.value().get<double>();
    } else if (item.value().is_object()) {
      flatten(item.value(), before + item.key() + ".", depth + 1, into);
    }
  }
}

}  // namespace

std::map<std::string, double> read_server_metrics(std::string_view text) {
  const auto beginning = trimmed(text);
  if (beginning.starts_with('[') || beginning.starts_with('{')) {
    const auto json = parse_foreign(beginning);
    Metrics metrics;
    // TensorRT-LLM lists iterations; the last is the present.
    const auto& latest = json.is_array() && !json.empty() ? json.back() : json;
    if (latest.is_object()) flatten(latest, {}, 1, metrics);
    return metrics;
  }
  PrometheusText reader;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reader.sums);
}

}  // namespace edgeeval
