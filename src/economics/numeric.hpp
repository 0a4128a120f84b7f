// SPDX-License-Identifier: Apache-2.0
// Small functions of the closed forms that keep their digits where the plain formula would lose them.
#pragma once

#include <cmath>

namespace edgeeval::economics {

/// (1 − e^−x)/x, which is 1 at 0: what a rate that falls by e^−x over a span adds up to, as a share of what
/// it would at its first value.
[[nodiscard]] inline double decayed_share(double x) { return x == 0.0 ? 1.0 : -std::expm1(-x) / x; }

/// e^−x − 1 + x for x ≥ 0. Below ½ by its series x²/2 − x³/6 + x⁴/24 − …, where the plain form would cancel.
[[nodiscard]] inline double exponential_excess(double x) {
  if (x >= 0.5) return std::expm1(-x) + x;
  double term = 0.5 * x * x;
  double sum = term;
  for (int n = 3; std::abs(term) > 1e-17 * sum; ++n) {
    term *= -x / n;
    sum += term;
  }
  return sum;
}

/// gain + rest·ln(rest) for rest = 1 − gain in (0, 1]: the most that v may be for v − gain·x + (e^−x − 1 + x)
/// to have a root. Below ⅛ by its series Σ gainⁿ/(n(n − 1)), n ≥ 2. Both are given, since the smaller of them
/// is known to more digits than 1 less the other.
[[nodiscard]] inline double deepest_dip(double gain, double rest) {
  if (gain >= 0.125) return gain + rest * std::log(rest);
  double sum = 0.0;
  for (int n = 20; n >= 2; --n) sum = sum * gain + 1.0 / (n * (n - 1.0));
  return gain * gain * sum;
}

}  // namespace edgeeval::economics
