// SPDX-License-Identifier: Apache-2.0
#include "economics/terms.hpp"

#include <algorithm>
#include <cmath>

#include "economics/numeric.hpp"

namespace edgeeval::economics {
namespace {

// The yearly payment that recovers a machine's price less what it brings at the end of its life. A machine
// that brings more than it cost is no income: then 0.
double capital_usd_per_year(const Inputs& in) {
  const double discount = in.life_years * std::log1p(in.interest_per_year);
  const double net = in.capex_usd - in.salvage_usd * std::exp(-discount);
  const double recovery =
      in.interest_per_year == 0.0 ? 1.0 / in.life_years : in.interest_per_year / -std::expm1(-discount);
  return std::max(net, 0.0) * recovery;
}

void set_money(Terms& terms, const Inputs& in) {
  const bool owned = is_yes(in.owned);
  terms.machine_usd_per_s = owned ? capital_usd_per_year(in) / kSecondsPerYear : in.rent_usd_per_h / 3600.0;
  terms.upkeep_usd_per_s = in.maintenance_usd_per_month / kSecondsPerMonth;
  terms.staff_usd_per_s = in.staff_usd_per_month / kSecondsPerMonth;
  terms.site_factor = in.boundary_factor * in.pue;
  const bool landlord_pays = !owned && is_yes(in.rent_includes_power);
  terms.usd_per_j = landlord_pays ? 0.0 : terms.site_factor * in.electricity_usd_per_kwh / kJoulesPerKwh;
  terms.waste_factor = 1.0 + in.adapt_waste;
  terms.people_usd = in.data_usd + in.labour_h * in.wage_usd_per_h;
  terms.retrains_per_s = in.retrains_per_year / kSecondsPerYear;
}

void set_api(Terms& terms, const Inputs& in) {
  const double paid_tokens = in.api_tokenizer_ratio * (1.0 + in.api_retry_share) / 1e6;
  const double input_price = (1.0 - in.api_cache_share) * in.api_input_usd_per_mtok +
                             in.api_cache_share * in.api_cached_usd_per_mtok;
  terms.usd_per_input_token = paid_tokens * input_price;
  terms.usd_per_output_token = paid_tokens * in.api_output_usd_per_mtok;
  const double decay = -std::log1p(-in.api_decay_per_year) * in.horizon_years;
  const double discount = std::log1p(in.interest_per_year) * in.horizon_years;
  terms.decay_per_s = -std::log1p(-in.api_decay_per_year) / kSecondsPerYear;
  terms.api_share = decayed_share(decay);
  terms.api_share_now = decayed_share(decay + discount);
  terms.local_share_now = decayed_share(discount);
  terms.api_g = in.api_wh_per_request / 1000.0 * in.carbon_g_per_kwh;
}

}  // namespace

Terms terms_of(const Inputs& inputs) {
  Terms terms;
  terms.demand_per_s = inputs.demand_per_day / 86400.0;
  terms.machines = std::max(std::ceil(inputs.replicas), 1.0);
  terms.horizon_s = inputs.horizon_years * kSecondsPerYear;
  terms.starts_per_s = inputs.cold_starts_per_day / 86400.0;
  set_money(terms, inputs);
  set_api(terms, inputs);
  terms.grams_per_j = inputs.carbon_g_per_kwh / kJoulesPerKwh;
  terms.embodied_g_per_s = 1000.0 * inputs.embodied_kg / (inputs.life_years * kSecondsPerYear);
  terms.adaptations_per_s = (1.0 / inputs.horizon_years + inputs.retrains_per_year) / kSecondsPerYear;
  return terms;
}

}  // namespace edgeeval::economics
