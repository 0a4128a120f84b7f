// SPDX-License-Identifier: Apache-2.0
// Values of inputs as texts: numbers with their spread, checked against the input's range.
#pragma once

#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "economics/uncertainty.hpp"

namespace edgeeval {

/// What a value of a key must keep to.
struct Limits {
  std::string_view unit;
  double least = 0.0;
  double most = 0.0;
  economics::Scale scale = economics::Scale::linear;
};

/// The limits of an input, or of a fact beside the inputs; nothing for other keys.
[[nodiscard]] std::optional<Limits> limits_of(std::string_view key);

/// The keys of all inputs, for near misses.
[[nodiscard]] const std::vector<std::string>& input_keys();

/// The texts of a value and its spread; lo, hi and shape may be empty.
struct SpreadText {
  std::string_view value, lo, hi, shape;
};

/// Understands the texts. Without lo and hi the value is fixed; with them the shape is "lognormal", "normal"
/// or "uniform": what is not said is lognormal where all are above 0 and the input's scale is logarithmic,
/// else normal. Errors (usage) hold in `where` which of value, lo, hi, shape is wrong.
[[nodiscard]] Result<economics::Uncertain> read_spread(const SpreadText& text, const Limits& limits);

/// Whether the key says what a machine costs: then no table has to.
[[nodiscard]] inline bool is_machine_price(std::string_view key) {
  return key == "rent_usd_per_h" || key == "capex_usd";
}

/// A finite number that is all of `text`.
[[nodiscard]] std::optional<double> read_number(std::string_view text);

/// "fixed", "lognormal", "normal" or "uniform".
[[nodiscard]] std::string_view shape_name(economics::Shape shape) noexcept;

/// "from 0 to 1e12 USD/h", for errors.
[[nodiscard]] std::string range_text(const Limits& limits);

}  // namespace edgeeval
