// SPDX-License-Identifier: Apache-2.0
#include "decision/numbers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/one_line.hpp"
#include "decision/price_tables.hpp"

namespace edgeeval {
namespace {

using economics::Shape;

tl::unexpected<Error> wrong(const char* which, std::string message, std::string hint) {
  return fail(ErrorCode::usage, std::move(message), which, std::move(hint));
}

/// One of the three numbers, in range.
Result<double> in_range(const char* which, std::string_view text, const Limits& limits) {
  const auto number = read_number(text);
  if (!number)
    return wrong(which, fmt::format("\"{}\" is no number", one_line(text)), "allowed: " + range_text(limits));
  if (*number < limits.least || *number > limits.most)
    return wrong(which, fmt::format("{} is out of range", text), "allowed: " + range_text(limits));
  if (limits.scale == economics::Scale::yes_no && *number != 0.0 && *number != 1.0)
    return wrong(which, fmt::format("{} is neither yes nor no", text), "allowed: " + range_text(limits));
  return *number;
}

Result<Shape> shape_of(std::string_view text, const economics::Uncertain& spread, const Limits& limits) {
  const bool positive = spread.lo > 0.0 && spread.value > 0.0;
  if (text.empty())
    return positive && limits.scale == economics::Scale::log ? Shape::split_lognormal : Shape::split_normal;
  if (text == "normal") return Shape::split_normal;
  if (text == "uniform") return Shape::uniform;
  if (text != "lognormal")
    return wrong("shape", fmt::format("unknown shape \"{}\"", one_line(text)),
                 "allowed: lognormal, normal, uniform");
  if (positive) return Shape::split_lognormal;
  return wrong("shape", "a lognormal spread needs value and lo above 0", "normal and uniform may hold 0");
}

}  // namespace

std::optional<double> read_number(std::string_view text) {
  double number = 0.0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<Limits> limits_of(std::string_view key) {
  if (const auto* field = economics::find_input(key))
    return Limits{field->unit, field->least, field->most, field->scale};
  if (is_extra_key(key)) return Limits{"W", 0.0, 1e6, economics::Scale::log};
  return std::nullopt;
}

const std::vector<std::string>& input_keys() {
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys;
    for (const auto& field : economics::input_table()) keys.emplace_back(field.key);
    return keys;
  }();
  return kKeys;
}

Result<economics::Uncertain> read_spread(const SpreadText& text, const Limits& limits) {
  const auto value = in_range("value", text.value, limits);
  if (!value) return tl::unexpected(value.error());
  economics::Uncertain spread{*value, *value, *value, Shape::fixed, 0};
  if (text.lo.empty() != text.hi.empty())
    return wrong(text.lo.empty() ? "lo" : "hi", "lo and hi come together", "Give both, or neither.");
  if (text.lo.empty()) {
    if (text.shape.empty()) return spread;
    return wrong("shape", "a shape without lo and hi", "Give lo and hi, or leave the shape out.");
  }
  const auto lo = in_range("lo", text.lo, limits);
  if (!lo) return tl::unexpected(lo.error());
  const auto hi = in_range("hi", text.hi, limits);
  if (!hi) return tl::unexpected(hi.error());
  spread.lo = *lo;
  spread.hi = *hi;
  if (*lo > *value || *value > *hi)
    return wrong("lo", fmt::format("lo {} ≤ value {} ≤ hi {} does not hold", text.lo, text.value, text.hi),
                 "");
  const auto shape = shape_of(text.shape, spread, limits);
  if (!shape) return tl::unexpected(shape.error());
  spread.shape = *shape;
  return spread;
}

std::string_view shape_name(Shape shape) noexcept {
  switch (shape) {
    case Shape::split_normal:
      return "normal";
    case Shape::split_lognormal:
      return "lognormal";
    case Shape::uniform:
      return "uniform";
    case Shape::fixed:
      break;
  }
  return "fixed";
}

std::string range_text(const Limits& limits) {
  if (limits.scale == economics::Scale::yes_no) return "0 (no), 1 (yes)";
  const auto unit = limits.unit == "1" ? std::string() : " " + std::string(limits.unit);
  return fmt::format("a number from {} to {}{}", limits.least, limits.most, unit);
}

}  // namespace edgeeval
