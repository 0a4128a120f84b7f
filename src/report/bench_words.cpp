// SPDX-License-Identifier: Apache-2.0
#include "report/bench_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/code_point.hpp"
#include "core/text.hpp"
#include "report/rows.hpp"

namespace edgeeval {
std::string shown(std::string_view text, std::size_t most) {
  std::string result;
  std::size_t count = 0;
  while (!text.empty()) {
    if (count++ == most) return result + "…";
    const auto point = first_code_point(text);
    const std::size_t bytes = point ? point->bytes : 1;
    if (point && (point->value == '\n' || point->value == '\t')) {
      result += ' ';
    } else if (!point || steers(point->value)) {
      result += kReplacement;
    } else {
      result += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return result;
}

Scale scale_for(double largest, std::string_view unit) {
  if (unit != "s") return {1.0, std::string(unit == "1" ? "" : unit)};
  if (std::abs(largest) >= 1.0) return {1.0, "s"};
  if (std::abs(largest) >= 1e-3) return {1e3, "ms"};
  return {1e6, "µs"};
}

std::string Scale::text(double value, int digits) const {
  return std::isfinite(value) ? format_significant(value * factor, digits) : std::string("–");
}

std::string with_unit(double value, std::string_view unit) {
  const auto scale = scale_for(value, unit);
  const auto text = scale.text(value, 3);
  return scale.unit.empty() ? text : text + " " + scale.unit;
}

std::string metric_title(std::string_view id) {
  const auto* metric = find_serving_metric(id);
  return metric == nullptr ? shown(id, 40) : std::string(metric->title);
}

std::string metric_unit(const ServingFigure& figure) {
  if (figure.fact && !figure.fact->unit.empty()) return figure.fact->unit;
  const auto* metric = find_serving_metric(figure.metric);
  return metric == nullptr ? std::string() : std::string(metric->unit);
}

const ServingFigure* find_figure(const ServingSummary& summary, std::string_view metric,
                                 std::string_view window) {
  const auto found = std::find_if(
      summary.figures.begin(), summary.figures.end(),
      [&](const ServingFigure& figure) { return figure.metric == metric && figure.window == window; });
  return found == summary.figures.end() ? nullptr : &*found;
}

const QuantileFigure* find_quantile(const Distribution& distribution, double p) {
  const auto found =
      std::find_if(distribution.quantiles.begin(), distribution.quantiles.end(),
                   [p](const QuantileFigure& quantile) { return std::abs(quantile.p - p) < 1e-9; });
  return found == distribution.quantiles.end() ? nullptr : &*found;
}

std::string quantile_name(double p) { return "p" + format_round_trip(std::round(p * 1e5) / 1e3); }

bool lacks_bound(const QuantileFigure& quantile) { return !quantile.upper_99 || !quantile.hi; }

std::string quantile_cell(const QuantileFigure& quantile, const Scale& scale) {
  if (!std::isfinite(quantile.value)) return std::string(kInsufficient);
  const auto bound = [&](const std::optional<double>& value) {
    return value ? scale.text(*value, 3) : std::string("–");
  };
  if (!quantile.lo && lacks_bound(quantile)) return scale.text(quantile.value) + " [–]";
  // Between the 95 % bounds and the floor of a 99 % one a value has a bound below and none that counts above.
  return fmt::format("{} [{}, {}]", scale.text(quantile.value), bound(quantile.lo),
                     bound(lacks_bound(quantile) ? std::nullopt : quantile.hi));
}

std::string fact_text(const Fact& fact) {
  const auto scale = scale_for(fact.value, fact.unit);
  auto text = sign_of(fact.grade) + scale.text(fact.value, 3);
  if (!scale.unit.empty()) text += " " + scale.unit;
  if (fact.lo || fact.hi)
    text += fmt::format(" [{}, {}]", fact.lo ? scale.text(*fact.lo, 3) : "−∞",
                        fact.hi ? scale.text(*fact.hi, 3) : "∞");
  return text + ", " + std::string(to_string(fact.grade));
}

}  // namespace edgeeval
