// SPDX-License-Identifier: Apache-2.0
#include "stats/mover.hpp"

#include <cmath>

namespace edgeeval {

Estimated mover_difference(const Estimated& a, const Estimated& b) {
  Estimated difference{b.value - a.value, {}, {}};
  if (b.lo && a.hi) difference.lo = difference.value - std::hypot(b.value - *b.lo, *a.hi - a.value);
  if (b.hi && a.lo) difference.hi = difference.value + std::hypot(*b.hi - b.value, a.value - *a.lo);
  return difference;
}

}  // namespace edgeeval
