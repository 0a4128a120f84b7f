// SPDX-License-Identifier: Apache-2.0
#include "stats/quantile.hpp"

#include <algorithm>

#include "stats/order_ranks.hpp"

namespace edgeeval {

std::optional<Quantile> quantile(std::vector<double> values, double p) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto ranks = quantile_ranks(values.size(), p);
  Quantile result{values[ranks.value], {}, {}};
  if (ranks.lo) result.lo = values[*ranks.lo];
  if (ranks.hi) result.hi = values[*ranks.hi];
  return result;
}

}  // namespace edgeeval
