// SPDX-License-Identifier: Apache-2.0
// The figures of an outcome as one table: what each is called in files, its unit, where it stands, and its
// band.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "economics/outcome.hpp"
#include "economics/uncertainty.hpp"

namespace edgeeval::economics {

/// One figure's row. Just one of `always` and `maybe` is set.
struct OutcomeField {
  std::string_view key;   ///< As in JSON, in the page and in docs/economics.md: the member's name.
  std::string_view unit;  ///< "USD/s"; "1" for plain shares and counts.
  double Outcome::*always = nullptr;
  std::optional<double> Outcome::*maybe = nullptr;  ///< A figure that need not exist.
  Band Spread::*band = nullptr;                     ///< Where the draws sum it up; null: they do not.
  bool of_paying = false;  ///< The band is of those draws alone that have a break-even.

  /// The figure; nothing where it does not exist. Infinite figures are infinite.
  [[nodiscard]] std::optional<double> of(const Outcome& outcome) const {
    return always != nullptr ? std::optional(outcome.*always) : outcome.*maybe;
  }
  /// The same as a draw counts it: +∞ where it does not exist.
  [[nodiscard]] double drawn(const Outcome& outcome) const {
    if (always != nullptr) return outcome.*always;
    return (outcome.*maybe).value_or(std::numeric_limits<double>::infinity());
  }
};

/// All figures that are numbers, in the order of Outcome; keep_warm and verdict are not.
[[nodiscard]] std::span<const OutcomeField> outcome_table();

/// The row whose band is `band`, which must be one of Spread.
[[nodiscard]] const OutcomeField& field_of(Band Spread::*band);

}  // namespace edgeeval::economics
