// SPDX-License-Identifier: Apache-2.0
#include "stats/quantile.hpp"

#include <algorithm>
#include <cmath>

namespace edgeeval {
namespace {

constexpr double kTail = 0.025;

/// P(X = k) for X binomial with n trials of chance p, through logarithms, so that large n do not overflow.
double binomial_probability(std::size_t n, std::size_t k, double p) {
  const auto nd = static_cast<double>(n);
  const auto kd = static_cast<double>(k);
  return std::exp(std::lgamma(nd + 1.0) - std::lgamma(kd + 1.0) - std::lgamma(nd - kd + 1.0) +
                  kd * std::log(p) + (nd - kd) * std::log1p(-p));
}

}  // namespace

std::optional<Quantile> quantile(std::vector<double> values, double p) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto n = values.size();
  const auto rank =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(p * static_cast<double>(n))), 1, n);
  Quantile result{values[rank - 1], {}, {}};
  // The number of values below the true quantile is binomial: cut a tail of at most 2.5 % off on either side.
  double below = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    below += binomial_probability(n, k, p);
    if (below <= kTail) result.lo = values[k];
    if (!result.hi && below >= 1.0 - kTail) result.hi = values[k];
  }
  return result;
}

}  // namespace edgeeval
