// SPDX-License-Identifier: Apache-2.0
#include "serving/objectives.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "catalog/serving_metrics.hpp"
#include "core/text.hpp"
#include "serving/distribution.hpp"
#include "serving/request_metrics.hpp"

namespace edgeeval {
namespace {

constexpr std::string_view kExample = "write it as ttft_p99=200ms,tpot_p99=50ms";

/// What short names stand for.
std::string_view full_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> short_names{
      {{"ttft", "ttft_user"}, {"e2e", "e2e_user"}, {"itl", "itl_delivered"}}};
  for (const auto& [from, to] : short_names)
    if (name == from) return to;
  return name;
}

std::vector<std::string> names() {
  std::vector<std::string> result{"ttft", "e2e", "itl", "itl_delivered"};
  for (const auto& metric : serving_metrics())
    if (metric.per_request && metric.unit == "s") result.emplace_back(metric.id);
  return result;
}

/// "p50, p90, …": those that summaries have.
std::string quantile_names() {
  std::vector<std::string> names;
  for (const double p : kQuantiles) names.push_back("p" + format_round_trip(p * 100.0));
  return join(names, ", ");
}

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// "200ms" in seconds.
std::optional<double> duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 4> units{
      {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}}};
  for (const auto& [unit, seconds] : units) {
    if (!text.ends_with(unit)) continue;
    const auto value = number(text.substr(0, text.size() - unit.size()));
    return value && *value > 0.0 ? std::optional(*value * seconds) : std::nullopt;
  }
  return std::nullopt;
}

Result<ServiceObjective> parse_one(std::string_view item) {
  const auto shown = std::string(item);
  const auto equals = item.find('=');
  if (equals == std::string_view::npos)
    return fail(ErrorCode::usage, "the objective '" + shown + "' has no limit", "--slo",
                std::string(kExample));
  auto name = item.substr(0, equals);
  ServiceObjective objective;
  if (const auto mark = name.rfind("_p"); mark != std::string_view::npos && mark + 2 < name.size() &&
                                          std::isdigit(static_cast<unsigned char>(name[mark + 2])) != 0) {
    const auto percent = number(name.substr(mark + 2));
    if (!percent || *percent <= 0.0 || *percent >= 100.0)
      return fail(
          ErrorCode::usage,
          "'" + std::string(name.substr(mark + 1)) + "' in the objective '" + shown + "' is no percentile",
          "--slo", "percentiles lie between p0 and p100, such as p99 or p99.9");
    const auto known = std::any_of(kQuantiles.begin(), kQuantiles.end(),
                                   [&](double p) { return std::abs(p * 100.0 - *percent) < 1e-9; });
    if (!known)
      return fail(ErrorCode::usage,
                  "'" + std::string(name.substr(mark + 1)) + "' in the objective '" + shown +
                      "' is a percentile that is not computed",
                  "--slo", "there are " + quantile_names());
    objective.quantile = *percent / 100.0;
    name = name.substr(0, mark);
  }
  objective.metric = full_name(name);
  const auto known = names();
  if (std::find(known.begin(), known.end(), objective.metric) == known.end()) {
    const auto near = nearest(name, known);
    return fail(ErrorCode::usage, "there is no metric '" + std::string(name) + "' to set an objective on",
                "--slo",
                (near.empty() ? "" : "did you mean " + near + "? ") + "There are " + join(known, ", "));
  }
  const auto limit = duration(item.substr(equals + 1));
  if (!limit)
    return fail(ErrorCode::usage,
                "the limit '" + std::string(item.substr(equals + 1)) + "' of the objective '" + shown +
                    "' is not a positive time",
                "--slo", "give it with its unit: ns, us, ms or s, such as 200ms");
  objective.limit = *limit;
  return objective;
}

}  // namespace

Result<std::vector<ServiceObjective>> parse_objectives(const std::string& text) {
  std::vector<ServiceObjective> objectives;
  std::string_view rest = text;
  for (;;) {
    const auto comma = rest.find(',');
    auto objective = parse_one(rest.substr(0, comma));
    if (!objective) return tl::unexpected(objective.error());
    const auto twice = std::any_of(objectives.begin(), objectives.end(), [&](const auto& other) {
      return other.metric == objective->metric && other.quantile == objective->quantile;
    });
    if (twice)
      return fail(ErrorCode::usage, "there are two objectives on " + objective->metric + " in '" + text + "'",
                  "--slo", "keep the stricter one");
    objectives.push_back(std::move(*objective));
    if (comma == std::string_view::npos) return objectives;
    rest = rest.substr(comma + 1);
  }
}

std::string_view judged_metric(std::string_view metric) {
  return metric == "itl_delivered" ? std::string_view("longest_gap") : metric;
}

bool meets(const LoadView& view, std::size_t i, const std::vector<ServiceObjective>& objectives) {
  if (!view.requests()[i].ok()) return false;
  return std::all_of(objectives.begin(), objectives.end(), [&](const auto& objective) {
    const auto* const metric = find_request_metric(judged_metric(objective.metric));
    if (metric == nullptr) return false;
    const auto value = metric->value(view, i);
    if (value) return *value <= objective.limit;
    return metric->stamps != StampUse::one;
  });
}

}  // namespace edgeeval
