// SPDX-License-Identifier: Apache-2.0
#include "stats/order_ranks.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace edgeeval {
namespace {

/// Without long double: only ranks are made of it, and it takes four times as long.
using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

constexpr double kTail = 0.025;
constexpr double kEarlyStopping = 0.01;

/// The smallest number in [begin, end) for which `holds`, which once true stays so; `end` where it never
/// does.
template <class Holds>
std::uint64_t first_where(std::uint64_t begin, std::uint64_t end, Holds holds) {
  while (begin < end) {
    const auto middle = begin + (end - begin) / 2;
    if (holds(middle))
      end = middle;
    else
      begin = middle + 1;
  }
  return begin;
}

}  // namespace

double binomial_within(std::uint64_t k, std::uint64_t n, double p) {
  if (k >= n) return 1.0;
  return boost::math::ibetac(static_cast<double>(k + 1), static_cast<double>(n - k), p, Plain());
}

QuantileRanks quantile_ranks(std::uint64_t count, double p) {
  const auto n = static_cast<double>(count);
  QuantileRanks ranks;
  ranks.value = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(p * n)), 1, count) - 1;
  // The number of values below the true quantile is B(n, p).
  const auto above = first_where(0, count, [&](auto k) { return binomial_within(k, count, p) > kTail; });
  if (above > 0) ranks.lo = above - 1;
  const auto reached =
      first_where(0, count, [&](auto k) { return binomial_within(k, count, p) >= 1.0 - kTail; });
  if (reached < count) ranks.hi = reached;
  const auto too_many =
      first_where(0, count, [&](auto t) { return binomial_within(t, count, 1.0 - p) > kEarlyStopping; });
  if (too_many >= 2) ranks.upper_99 = count - (too_many - 1);
  return ranks;
}

std::uint64_t early_stopping_samples(double p) {
  // P(B(n, q) <= 1) falls with n; 10/q is beyond where it has reached 1 % (about 6.64/q).
  const auto end = static_cast<std::uint64_t>(std::ceil(10.0 / (1.0 - p))) + 2;
  return first_where(2, end, [&](auto n) { return binomial_within(1, n, 1.0 - p) <= kEarlyStopping; });
}

}  // namespace edgeeval
