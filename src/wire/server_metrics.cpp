// SPDX-License-Identifier: Apache-2.0
#include "wire/server_metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "core/foreign_json.hpp"

namespace edgeeval {
namespace {

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

/// The value of the label `name` among `labels`, which have their braces; nothing where it is not there.
std::optional<std::string_view> label_of(std::string_view labels, std::string_view name) {
  bool quoted = false;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (quoted && labels[i] == '\\') {
      ++i;
      continue;
    }
    if (labels[i] == '"') quoted = !quoted;
    const bool begins = !quoted && (labels[i] == '{' || labels[i] == ',');
    if (!begins) continue;
    auto rest = trimmed(labels.substr(i + 1));
    if (!rest.starts_with(name)) continue;
    rest = trimmed(rest.substr(name.size()));
    if (!rest.starts_with('=')) continue;
    rest = trimmed(rest.substr(1));
    if (!rest.starts_with('"')) continue;
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
  }
  return std::nullopt;
}

/// Reads the lines of one scrape of the Prometheus text format (prometheus.io, "Exposition formats").
class PrometheusText {
 public:
  void line(std::string_view line) {
    line = trimmed(line);
    if (line.starts_with('#')) return comment(line.substr(1));
    if (!line.empty()) sample(line);
  }
  ServerMetrics metrics;

 private:
  enum class Type { other, counter, gauge, histogram };

  void comment(std::string_view text) {
    if (take_word(text) != "TYPE") return;
    const auto name = take_word(text);
    const auto type = take_word(text);
    types_[std::string(name)] = type == "counter"     ? Type::counter
                                : type == "gauge"     ? Type::gauge
                                : type == "histogram" ? Type::histogram
                                                      : Type::other;
  }
  [[nodiscard]] Type type_of(std::string_view name) const {
    const auto found = types_.find(name);
    return found == types_.end() ? Type::other : found->second;
  }
  /// The family of a sample whose name has `suffix`, where the family is of that type.
  [[nodiscard]] std::optional<std::string_view> family(std::string_view name, std::string_view suffix,
                                                       Type type) const {
    if (!name.ends_with(suffix)) return std::nullopt;
    const auto base = name.substr(0, name.size() - suffix.size());
    return type_of(base) == type ? std::optional(base) : std::nullopt;
  }
  void sample(std::string_view line) {
    const auto name = line.substr(0, line.find_first_of("{ \t"));
    auto rest = trimmed(line.substr(name.size()));
    std::string_view labels;
    if (rest.starts_with('{')) {
      labels = rest.substr(0, end_of_labels(rest));
      rest.remove_prefix(labels.size());
    }
    const auto value = number(take_word(rest));
    if (value) put(name, labels, *value);
  }
  void put(std::string_view name, std::string_view labels, double value) {
    const auto type = type_of(name);
    // OpenMetrics names a counter's sample with "_total", which its TYPE line leaves out.
    if (type == Type::counter || (type == Type::other && family(name, "_total", Type::counter))) {
      metrics.counters[std::string(name)] += value;
    } else if (type == Type::gauge) {
      metrics.gauges[std::string(name)] += value;
    } else if (const auto bucket = family(name, "_bucket", Type::histogram)) {
      const auto bound = label_of(labels, "le");
      const auto limit = bound ? number(*bound) : std::nullopt;
      if (limit) metrics.histograms[std::string(*bucket)].buckets[*limit] += value;
    } else if (const auto sum = family(name, "_sum", Type::histogram)) {
      metrics.histograms[std::string(*sum)].sum += value;
    } else if (const auto count = family(name, "_count", Type::histogram)) {
      metrics.histograms[std::string(*count)].count += value;
    }
  }
  std::map<std::string, Type, std::less<>> types_;
};

/// Numbers of a JSON object, those of objects within it by "outer.inner".
void flatten(const Json& object, const std::string& before, int depth, std::map<std::string, double>& into) {
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

/// Seconds of `times[key]` from `arrival` on.
std::optional<double> since(double arrival, const Json& times, const char* key) {
  const auto found = times.find(key);
  if (found == times.end() || !found->is_number()) return std::nullopt;
  const double passed = found->get<double>() - arrival;
  return std::isfinite(passed) && passed >= 0.0 ? std::optional(passed) : std::nullopt;
}

}  // namespace

ServerMetrics read_server_metrics(std::string_view text) {
  const auto beginning = trimmed(text);
  if (beginning.starts_with('[') || beginning.starts_with('{')) {
    const auto json = parse_foreign(beginning);
    ServerMetrics metrics;
    // TensorRT-LLM lists iterations; the last is the present.
    const auto& latest = json.is_array() && !json.empty() ? json.back() : json;
    if (latest.is_object()) flatten(latest, {}, 1, metrics.gauges);
    return metrics;
  }
  PrometheusText reader;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reader.metrics);
}

std::vector<ServerRequest> read_server_requests(std::string_view text) {
  // As its own test reads it (tests/unittest/llmapi/apps/_test_trtllm_serve_*, "timing_metrics").
  std::vector<std::pair<double, ServerRequest>> found;
  const auto list = parse_foreign(text);
  if (!list.is_array()) return {};
  for (const auto& entry : list) {
    if (!entry.is_object()) continue;
    const auto whole = entry.find("perf_metrics");
    const auto& metrics = whole != entry.end() && whole->is_object() ? *whole : entry;
    const auto times = metrics.find("timing_metrics");
    if (times == metrics.end() || !times->is_object()) continue;
    const auto arrival = times->find("arrival_time");
    if (arrival == times->end() || !arrival->is_number()) continue;
    const auto at = arrival->get<double>();
    found.emplace_back(
        at, ServerRequest{since(at, *times, "first_scheduled_time"), since(at, *times, "first_token_time"),
                          since(at, *times, "last_token_time")});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ServerRequest> requests;
  for (auto& [at, request] : found) requests.push_back(request);
  return requests;
}

}  // namespace edgeeval
