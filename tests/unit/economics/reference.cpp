// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

namespace edgeeval::economics::reference {
namespace {

constexpr int kNodes = 10;
constexpr Real kYear = 365.25L * 86400.0L;

struct Rule {
  std::array<Real, kNodes> at, weight;
};

// Gauss and Legendre's rule on [0, 1]: the roots of the Legendre polynomial by Newton's steps.
Rule make_rule() {
  Rule rule{};
  for (int i = 0; i < kNodes; ++i) {
    Real x = std::cos(std::numbers::pi_v<Real> * (i + 0.75L) / (kNodes + 0.5L)), slope = 0;
    for (int step = 0; step < 30; ++step) {
      Real before = 1, value = x;
      for (int n = 2; n <= kNodes; ++n) {
        const Real next = ((2 * n - 1) * x * value - (n - 1) * before) / n;
        before = value;
        value = next;
      }
      slope = kNodes * (x * value - before) / (x * x - 1);
      x -= value / slope;
    }
    rule.at.at(static_cast<std::size_t>(i)) = (1 - x) / 2;
    rule.weight.at(static_cast<std::size_t>(i)) = 1 / ((1 - x * x) * slope * slope);
  }
  return rule;
}

Real integral(const std::function<Real(Real)>& f, Real from, Real to) {
  static const Rule rule = make_rule();
  Real sum = 0;
  for (std::size_t i = 0; i < kNodes; ++i) sum += rule.weight[i] * f(from + rule.at[i] * (to - from));
  return sum * (to - from);
}

// Where `f` changes its sign between `lo` and `hi`, by halving.
Real bisect(const std::function<Real(Real)>& f, Real lo, Real hi) {
  const bool positive = f(lo) > 0;
  for (int step = 0; step < 400 && hi - lo > 1e-17L * hi; ++step) {
    const Real middle = (lo + hi) / 2;
    ((f(middle) > 0) == positive ? lo : hi) = middle;
  }
  return (lo + hi) / 2;
}

// A machine's yearly payments at the end of each year of its life are worth its price today. A life that is
// not whole years has no such sum: there payments run all the time, and a year's are worth as much as one at
// its end.
Real capital_usd_per_year(const Inputs& in) {
  const Real growth = 1 + static_cast<Real>(in.interest_per_year), life = in.life_years;
  const Real net = std::max<Real>(in.capex_usd - in.salvage_usd * std::pow(growth, -life), 0);
  if (in.interest_per_year == 0.0) return net / life;
  if (life != std::floor(life)) {
    Real worth = 0;
    for (int i = 0; i < 100; ++i)
      worth +=
          integral([growth](Real t) { return std::pow(growth, -t); }, life * i / 100, life * (i + 1) / 100);
    const Real year_at_its_end = integral([growth](Real t) { return std::pow(growth, t); }, 0, 1);
    return net * year_at_its_end / worth;
  }
  Real worth = 0;
  for (int year = 1; year <= static_cast<int>(in.life_years); ++year) worth += std::pow(growth, -year);
  return net / worth;
}

// What serving locally has cost more than the API, by time.
class Lead {
 public:
  explicit Lead(const Flows& flows) : flows_(flows), rate_(-std::log1p(-flows.decay_per_year)) {
    if (rate_ == 0) return;
    // Panels of half an e-folding each; after 60 of those the API costs nothing that could be seen.
    for (int panel = 0; panel < 120; ++panel)
      asked_.push_back(asked_.back() + integral(price(), start(panel), start(panel + 1)));
  }

  [[nodiscard]] Real operator()(Real t) const {
    return flows_.upfront_usd + flows_.local_usd_per_year * t - asked(t);
  }

  // Where the API's price has fallen to what serving locally costs.
  [[nodiscard]] Real lowest() const {
    const auto slope = [this](Real t) { return flows_.local_usd_per_year - price()(t); };
    const Real end = start(120);
    return slope(end) > 0 ? bisect(slope, 0, end) : end;
  }

  [[nodiscard]] Real surely_above() const { return start(120) + asked_.back() / flows_.local_usd_per_year; }

 private:
  [[nodiscard]] std::function<Real(Real)> price() const {
    return [this](Real t) { return flows_.api_usd_per_year * std::exp(-rate_ * t); };
  }
  [[nodiscard]] Real start(int panel) const { return panel / (2 * rate_); }
  [[nodiscard]] Real asked(Real t) const {
    if (rate_ == 0) return flows_.api_usd_per_year * t;
    const int panel = static_cast<int>(std::min<Real>(std::floor(2 * rate_ * t), 120));
    const Real before = asked_.at(static_cast<std::size_t>(panel));
    return panel == 120 ? before : before + integral(price(), start(panel), t);
  }

  Flows flows_;
  Real rate_;
  std::vector<Real> asked_{0};
};

}  // namespace

Money money_of(const Inputs& in) {
  Money money;
  const bool owned = in.owned == 1.0;
  const Real joule_usd =
      !owned && in.rent_includes_power == 1.0 ? 0 : static_cast<Real>(in.electricity_usd_per_kwh) / 3.6e6L;
  const Real site = static_cast<Real>(in.boundary_factor) * in.pue;
  const Real demand = static_cast<Real>(in.demand_per_day) / 86400;
  money.machine_usd_per_year = owned ? capital_usd_per_year(in) : in.rent_usd_per_h * kYear / 3600;
  money.replicas = std::max({Real{1}, std::ceil(Real{in.replicas}), std::ceil(demand / in.capacity_per_s)});
  const Real request_j =
      in.busy_w > in.idle_w ? (static_cast<Real>(in.busy_w) - in.idle_w) / in.capacity_per_s : 0;
  const Real idle_w = in.idle_w + static_cast<Real>(in.cold_starts_per_day) / 86400 * in.cold_start_j;
  money.variable_usd = request_j * site * joule_usd;
  const Real hits = static_cast<Real>(in.api_cache_share) * in.input_tokens;
  money.api_usd = in.api_tokenizer_ratio * (1 + static_cast<Real>(in.api_retry_share)) *
                  ((in.input_tokens - hits) * in.api_input_usd_per_mtok + hits * in.api_cached_usd_per_mtok +
                   static_cast<Real>(in.output_tokens) * in.api_output_usd_per_mtok) /
                  1e6L;
  money.adapt_usd = (in.adapt_s / kYear * money.machine_usd_per_year + in.adapt_j * site * joule_usd) *
                        (1 + static_cast<Real>(in.adapt_waste)) +
                    in.data_usd + static_cast<Real>(in.labour_h) * in.wage_usd_per_h;
  money.fixed_usd_per_year =
      money.replicas * (money.machine_usd_per_year + 12 * static_cast<Real>(in.maintenance_usd_per_month) +
                        idle_w * kYear * site * joule_usd) +
      12 * static_cast<Real>(in.staff_usd_per_month) + in.retrains_per_year * money.adapt_usd;
  const Real yearly = demand * kYear;
  money.flows = {.upfront_usd = money.adapt_usd + in.setup_usd,
                 .local_usd_per_year = money.fixed_usd_per_year + yearly * money.variable_usd,
                 .api_usd_per_year = yearly * money.api_usd,
                 .decay_per_year = in.api_decay_per_year,
                 .interest_per_year = in.interest_per_year};
  if (demand == 0) return money;
  money.energy_j = site * (request_j + money.replicas * idle_w / demand);
  const Real horizon_requests = yearly * in.horizon_years;
  const Real adaptations = 1 + static_cast<Real>(in.retrains_per_year) * in.horizon_years;
  money.carbon_g = in.carbon_g_per_kwh / 3.6e6L *
                       (money.energy_j + adaptations * in.adapt_j * site *
                                             (1 + static_cast<Real>(in.adapt_waste)) / horizon_requests) +
                   1000 * static_cast<Real>(in.embodied_kg) * money.replicas / (in.life_years * yearly);
  return money;
}

Crossings crossings(const Flows& flows) {
  const Lead lead(flows);
  Crossings found;
  if (flows.api_usd_per_year <= flows.local_usd_per_year) return found;
  const auto value = [&lead](Real t) { return lead(t); };
  if (flows.decay_per_year == 0) {
    Real far = 1e-9L;
    while (lead(far) > 0) far *= 2;
    found.first = flows.upfront_usd > 0 ? bisect(value, 0, far) : 0;
    return found;
  }
  const Real lowest = lead.lowest();
  if (lead(lowest) > 0) return found;
  found.first = flows.upfront_usd > 0 ? bisect(value, 0, lowest) : 0;
  if (flows.local_usd_per_year > 0) found.second = bisect(value, lowest, lead.surely_above());
  return found;
}

Real saving(const Flows& flows, Real years, bool discounted) {
  const Real growth = discounted ? 1 + flows.interest_per_year : 1;
  const Real fall = -std::log((1 - flows.decay_per_year) / growth);
  const auto gain = [&](Real t) {
    return (flows.api_usd_per_year * std::pow(1 - flows.decay_per_year, t) - flows.local_usd_per_year) *
           std::pow(growth, -t);
  };
  const int panels = 1 + static_cast<int>(std::ceil(2 * fall * years));
  Real sum = -flows.upfront_usd;
  for (int i = 0; i < panels; ++i) sum += integral(gain, years * i / panels, years * (i + 1) / panels);
  return sum;
}

}  // namespace edgeeval::economics::reference
