// SPDX-License-Identifier: Apache-2.0
// The interval of a difference of two independent figures from their own intervals
#pragma once

#include <optional>

namespace edgeeval {

/// A figure with a 95 % interval; a bound is absent where it is open.
struct Estimated {
  double value = 0.0;
  std::optional<double> lo;
  std::optional<double> hi;
};

/// `b` − `a`, whose estimates are independent: the "method of variance estimates recovery" (Zou and Donner
/// 2008, "Construction of confidence limits about effect measures", Statistics in Medicine 27:1693). It takes
/// what each interval says of the spread on the side that matters, so it keeps intervals that are not
/// symmetric, and needs no distribution. The lower bound is open where `b` is open below or `a` above, and
/// the other way round.
[[nodiscard]] Estimated mover_difference(const Estimated& a, const Estimated& b);

}  // namespace edgeeval
