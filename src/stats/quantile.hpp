// SPDX-License-Identifier: Apache-2.0
// Quantiles of what was seen, with bounds that assume no distribution.
#pragma once

#include <optional>
#include <vector>

namespace edgeeval {

/// A quantile and its 95 % interval between order statistics; a bound is absent where too few values were
/// seen for it.
struct Quantile {
  double value = 0.0;
  std::optional<double> lo;
  std::optional<double> hi;
};

/// The `p`-quantile (0 < p < 1) by nearest rank, with the exact binomial interval of its rank (Conover 1999,
/// "Practical Nonparametric Statistics", section 3.2). Nothing where there are no values.
[[nodiscard]] std::optional<Quantile> quantile(std::vector<double> values, double p);

}  // namespace edgeeval
