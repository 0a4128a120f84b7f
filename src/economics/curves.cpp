// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "economics/numeric.hpp"
#include "economics/outcome.hpp"

namespace edgeeval::economics {

double keep_alive_energy_j(const Inputs& inputs, double rate, double keep_alive) {
  const double active_j = inputs.busy_w / inputs.capacity_per_s;
  const double park_w = std::max(inputs.idle_w - inputs.off_w, 0.0);
  const double cold_share = rate > 0.0 ? std::exp(-rate * keep_alive) : 1.0;
  // (1 − e^−λK)/λ is the mean time that the engine stays up after a request: K where no more come.
  const double parked_s = rate > 0.0 ? -std::expm1(-rate * keep_alive) / rate : keep_alive;
  const double parked_j = park_w > 0.0 ? park_w * parked_s : 0.0;
  return active_j + cold_share * inputs.cold_start_j + parked_j;
}

double local_cumulative_usd(const Inputs& inputs, const Outcome& outcome, double seconds) {
  const double demand = inputs.demand_per_day / 86400.0;
  return outcome.upfront_usd + (outcome.fixed_usd_per_s + demand * outcome.variable_usd) * seconds;
}

double api_cumulative_usd(const Inputs& inputs, const Outcome& outcome, double seconds) {
  const double demand = inputs.demand_per_day / 86400.0;
  const double decay_per_s = -std::log1p(-inputs.api_decay_per_year) / kSecondsPerYear;
  return demand * outcome.api_usd * seconds * decayed_share(decay_per_s * seconds);
}

}  // namespace edgeeval::economics
