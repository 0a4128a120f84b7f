// SPDX-License-Identifier: Apache-2.0
// What a deployment costs, when it has paid, and against what: closed forms of one set of inputs.
#pragma once

#include <optional>
#include <string_view>

#include "economics/inputs.hpp"

namespace edgeeval::economics {

inline constexpr double kSecondsPerYear = 365.25 * 86400.0;
inline constexpr double kSecondsPerMonth = kSecondsPerYear / 12.0;
inline constexpr double kJoulesPerKwh = 3.6e6;

/// What follows for the decision from one set of inputs without doubt.
enum class Verdict {
  local,  ///< Cheaper than the API at the end of the horizon.
  api,    ///< Not cheaper at this demand by then, though some demand would do.
  never,  ///< No demand that the machines can serve pays: a request costs at least the API's, or the floor is
          ///< above capacity.
};
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// All figures of one set of inputs. Formulas: economics.md sections 6.2 (project research) as
/// docs/economics.md states them. λ = demand_per_day/86400; s stands for a second; an input of Scale::yes_no
/// is a yes from ½ on. At λ = 0 every figure of a request that shares out what runs anyway is infinite,
/// whatever that costs: local_usd and what is made of it, energy_j, operational_g, embodied_g, adaptation_g,
/// carbon_g.
struct Outcome {
  double replicas = 1.0;     ///< R = max(⌈replicas⌉, ⌈λ/μ⌉), at least 1.
  double utilisation = 0.0;  ///< u = λ/(R·μ).
  // Rates of money that run whether requests come or not (USD/s)
  double hardware_usd_per_s = 0.0;  ///< R·rent/3600, or R·(capex − salvage/(1+r)^L, at least 0)·CRF/year; CRF
                                    ///< = r/(1−(1+r)^−L), 1/L at r = 0.
  double maintenance_usd_per_s = 0.0;  ///< R·maintenance/month.
  double staff_usd_per_s = 0.0;
  double idle_usd_per_s = 0.0;  ///< R·(P_idle + cold_starts_per_day·E_load/86400)·k·PUE·π'/3.6e6; π' = 0
                                ///< where a rented machine's rent includes power, else π.
  double retrain_usd_per_s = 0.0;  ///< retrains_per_year·C_adapt/year.
  double fixed_usd_per_s = 0.0;    ///< Their sum, F.
  // Money of a request (USD)
  double variable_usd = 0.0;  ///< c_var = ((P_sat − P_idle, at least 0)/μ)·k·PUE·π'/3.6e6.
  double api_usd =
      0.0;  ///< c_api = κ·((1−h)·T_in·p_in + h·T_in·p_cache + T_out·p_out)/1e6·(1+retry), at t = 0.
  double local_usd =
      0.0;  ///< c_var + F/λ: all of a local request but what was spent before the first; infinite at λ = 0.
  // Money before the first request (USD)
  double adapt_usd = 0.0;    ///< C_adapt = (adapt_s·hardware rate of one machine +
                             ///< adapt_j·k·PUE·π'/3.6e6)·(1+waste) + data + labour_h·wage.
  double upfront_usd = 0.0;  ///< C_adapt + C_setup.
  // Break-even against the API's price p(t) = c_api·(1−d)^t, t in years
  std::optional<double>
      demand_floor_per_s;  ///< λ_min = F/(c_api − c_var), at t = 0 and this R; absent where c_api ≤ c_var.
  std::optional<double> utilisation_floor;  ///< u_min = λ_min/(R·μ).
  std::optional<double> break_even_s;  ///< t*: when cumulative local cost first falls to the API's; 0 where
                                       ///< nothing was spent before and the API costs more from the start;
                                       ///< absent where never: equal curves never cross.
  std::optional<double> break_even_requests;  ///< N* = λ·t*.
  std::optional<double>
      reversal_s;  ///< With a falling API price: when the API's cumulative cost is the lower again, after t*;
                   ///< absent where there is no t*, and where local stays the cheaper for good.
  std::optional<double> reversal_requests;  ///< λ·reversal_s.
  double saving_usd = 0.0;  ///< Cumulative API cost less cumulative local cost at the horizon, undiscounted.
  double npv_usd = 0.0;     ///< The same discounted at r, continuously at ln(1+r).
  Verdict verdict = Verdict::api;
  // Cost by outcome
  std::optional<double>
      local_usd_per_mtok;  ///< local_usd·1e6/(T_in + T_out); absent without tokens. Also the API's.
  std::optional<double> api_usd_per_mtok;
  std::optional<double> local_usd_per_mtok_out;  ///< The same for output tokens alone.
  std::optional<double> api_usd_per_mtok_out;
  std::optional<double> local_usd_per_correct;  ///< local_usd/q (Cost-of-Pass); absent at q = 0.
  std::optional<double> api_usd_per_correct;
  double cascade_usd = 0.0;  ///< local_usd + (1 − a)·c_api.
  // Energy (J) and carbon (g CO2e) of a request, idle share included
  double energy_j =
      0.0;  ///< k·PUE·((P_sat − P_idle, at least 0)/μ + R·(P_idle + cold_starts_per_day·E_load/86400)/λ).
  double operational_g = 0.0;  ///< energy_j·I/3.6e6.
  double embodied_g = 0.0;     ///< 1000·TE·R/(L·year)/λ (SCI's M with all of the machine reserved).
  double adaptation_g = 0.0;  ///< adapt_j·k·PUE·I/3.6e6·(1+waste)·(1/H + retrains_per_year)/(λ·year): spread
                              ///< over the horizon's requests.
  double carbon_g = 0.0;  ///< Their sum.
  double api_g = 0.0;     ///< api_wh_per_request/1000·I: what the API's request is held against.
  // Keeping the model warm
  double park_w = 0.0;                    ///< P_park = P_idle − P_off, at least 0.
  std::optional<double> keep_warm_gap_s;  ///< E_load/P_park: keep it warm where gaps are shorter; absent
                                          ///< where P_park = 0 (always).
  bool keep_warm = true;  ///< λ/R > P_park/E_load. For Poisson arrivals the best keep-alive is none or
                          ///< forever, by this rule.
  std::optional<double>
      c_tax;  ///< E_load over the energy of a request at capacity, P_sat/μ; absent where that is 0.
};

/// Computes everything from `inputs`, which lie in the ranges of input_table().
[[nodiscard]] Outcome evaluate(const Inputs& inputs);

/// Energy of a request (J, at the measured boundary) with Poisson arrivals at `rate` (1/s) and an engine that
/// is let go `keep_alive` seconds after its last request: E_act + e^{−λK}·E_load + P_park·(1 − e^{−λK})/λ,
/// with E_act = P_sat/μ. At rate 0 the last term is P_park·K.
[[nodiscard]] double keep_alive_energy_j(const Inputs& inputs, double rate, double keep_alive);

/// Cumulative cost of serving locally, and of asking the API, `seconds` after the start (USD).
[[nodiscard]] double local_cumulative_usd(const Inputs& inputs, const Outcome& outcome, double seconds);
[[nodiscard]] double api_cumulative_usd(const Inputs& inputs, const Outcome& outcome, double seconds);

}  // namespace edgeeval::economics
