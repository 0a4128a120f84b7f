// SPDX-License-Identifier: Apache-2.0
// KEY=VALUE over a scenario, as the command line says it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/one_line.hpp"
#include "core/text.hpp"
#include "decision/numbers.hpp"
#include "decision/price_tables.hpp"
#include "decision/scenario.hpp"

namespace edgeeval {
namespace {

constexpr std::array<std::string_view, 4> kChoices{"device", "api", "grid", "site"};
constexpr const char* kForms = "as KEY=VALUE, KEY=LO..HI (uniform) or KEY=VALUE[LO,HI]";

/// The parts of "0.35", "0.2..0.5" or "0.35[0.2,0.5]".
struct Parts {
  std::string value, lo, hi, shape;
};

std::optional<Parts> parts_of(std::string_view text) {
  if (const auto dots = text.find(".."); dots != std::string_view::npos) {
    Parts parts{"", std::string(text.substr(0, dots)), std::string(text.substr(dots + 2)), "uniform"};
    const auto lo = read_number(parts.lo);
    const auto hi = read_number(parts.hi);
    // A middle that cannot be reckoned is left to the checks of lo and hi.
    parts.value = lo && hi ? format_round_trip(*lo + (*hi - *lo) / 2.0) : (lo ? parts.hi : parts.lo);
    return parts;
  }
  const auto open = text.find('[');
  if (open == std::string_view::npos) return Parts{std::string(text), "", "", ""};
  const auto comma = text.find(',', open);
  if (comma == std::string_view::npos || text.back() != ']') return std::nullopt;
  return Parts{std::string(text.substr(0, open)), std::string(text.substr(open + 1, comma - open - 1)),
               std::string(text.substr(comma + 1, text.size() - comma - 2)), ""};
}

tl::unexpected<Error> unknown(std::string_view key) {
  auto known = input_keys();
  known.insert(known.end(), kChoices.begin(), kChoices.end());
  const auto close = nearest(key, known);
  return fail(ErrorCode::usage, fmt::format("unknown key \"{}\"", one_line(key)), std::string(key),
              close.empty() ? "`edgeeval whatif RUN --list` lists the keys"
                            : fmt::format("did you mean \"{}\"?", close));
}

}  // namespace

Result<void> set_assumption(CostScenario& scenario, std::string_view key_and_value, std::string_view today) {
  const auto equals = key_and_value.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return fail(ErrorCode::usage, fmt::format("\"{}\" sets nothing", one_line(key_and_value)), "KEY=VALUE",
                kForms);
  const auto key = key_and_value.substr(0, equals);
  const auto text = key_and_value.substr(equals + 1);
  if (std::find(kChoices.begin(), kChoices.end(), key) != kChoices.end()) {
    if (auto chosen = choose_rows(scenario, key, text); !chosen) return chosen;
    check_ages(scenario, today);
    return {};
  }
  const auto limits = limits_of(key);
  if (!limits || is_extra_key(key)) return unknown(key);
  const auto parts = parts_of(text);
  if (!parts)
    return fail(ErrorCode::usage, fmt::format("\"{}\" is no value", one_line(text)), std::string(key),
                kForms);
  const auto spread = read_spread({parts->value, parts->lo, parts->hi, parts->shape}, *limits);
  if (!spread)
    return fail(ErrorCode::usage, spread.error().message, std::string(key),
                spread.error().hint.empty() ? kForms : spread.error().hint);
  put_assumption(scenario, key, {*spread, Grade::assumed, "the command line", ""});
  check_ages(scenario, today);
  return {};
}

}  // namespace edgeeval
