// SPDX-License-Identifier: Apache-2.0
// Which numbers a field of a table or of a mapping may hold.
#pragma once

#include <cmath>

namespace edgeeval {

/// The numbers that make sense in a field. All are finite and at most 1e12 in size, so that products of a few
/// of them are finite too.
enum class Range {
  positive,      ///< At least 1e-12: something that was used, or that is divided by.
  not_negative,  ///< Zero or more.
  whole,         ///< A count: 1, 2, 3…
};

/// Whether `value` lies in `range`.
[[nodiscard]] inline bool within(double value, Range range) {
  constexpr double kLargest = 1e12;
  if (!std::isfinite(value) || value > kLargest) return false;
  if (range == Range::not_negative) return value >= 0.0;
  if (range == Range::whole) return value >= 1.0 && value == std::floor(value);
  return value >= 1.0 / kLargest;
}

/// What `range` allows, for errors.
[[nodiscard]] inline const char* allowed_in(Range range) {
  if (range == Range::not_negative) return "allowed: a number from 0 to 1e12";
  if (range == Range::whole) return "allowed: a whole number from 1 to 1e12";
  return "allowed: a number above 0 (1e-12 to 1e12)";
}

}  // namespace edgeeval
