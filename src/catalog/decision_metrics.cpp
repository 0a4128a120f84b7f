// SPDX-License-Identifier: Apache-2.0
#include "catalog/decision_metrics.hpp"

namespace edgeeval {

const std::vector<MetricDefinition>& decision_metrics() {
  constexpr Direction kHigher = Direction::higher_is_better;
  constexpr Direction kLower = Direction::lower_is_better;
  static const std::string kSource = "EdgeEval, docs/economics.md; median and 90 % band of seeded draws";
  static const std::vector<MetricDefinition> kTable{
      {"demand_floor", "honest", "Demand floor", "requests/day", "λ_min = F ÷ (c_api − c_var)", kSource,
       kLower},
      {"utilisation_floor", "honest", "Utilisation floor", "1", "u_min = λ_min ÷ (R·μ)", kSource, kLower},
      {"break_even_time", "honest", "Break-even time", "s",
       "t*: cumulative local cost first falls to the API's", kSource, kLower},
      {"break_even_requests", "honest", "Break-even with hardware", "requests", "N* = λ·t*", kSource, kLower},
      {"reversal_time", "honest", "API cheaper again after", "s",
       "with a falling API price: when the API's cumulative cost is the lower again, after t*; of the draws "
       "that "
       "pay",
       kSource, kHigher},
      {"reversal_requests", "honest", "API cheaper again after requests", "requests", "λ·reversal_time",
       kSource, kHigher},
      {"usd_per_request", "honest", "Cost per request", "USD", "c_var + F ÷ λ", kSource, kLower},
      {"usd_per_mtok", "honest", "Cost per million tokens", "USD/Mtok",
       "(c_var + F ÷ λ)·1e6 ÷ (input + output tokens)", kSource, kLower},
      {"usd_per_correct", "honest", "Cost per correct answer", "USD", "(c_var + F ÷ λ) ÷ q", kSource, kLower},
      {"saving", "honest", "Saving within the horizon", "USD",
       "API's cumulative cost − local cumulative cost at H", kSource, kHigher},
      {"carbon_per_request", "honest", "Carbon per request", "g",
       "operational + embodied + adaptation CO2e, location-based (SCI)", kSource, kLower},
      {"p_local_cheaper", "honest", "Probability that local is cheaper", "1",
       "share of draws with a saving above 0 at H", kSource, kHigher},
      {"keep_warm_gap", "honest", "Keep-warm gap", "s",
       "E_load ÷ (P_idle − P_off): keep it loaded where gaps are shorter", kSource, kLower},
  };
  return kTable;
}

}  // namespace edgeeval
