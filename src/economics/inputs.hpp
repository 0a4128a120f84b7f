// SPDX-License-Identifier: Apache-2.0
// What a deployment of one variant is reckoned from: every input by name, with its unit, its range and its
// meaning.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace edgeeval::economics {

/// The inputs of one variant's deployment, as plain numbers in the units of their names. Symbols are those of
/// docs/economics.md. Every member has a row in input_table(); nothing else enters a formula.
struct Inputs {
  // Demand and machine
  double demand_per_day = 10000.0;  ///< λ: requests that come a day.
  double capacity_per_s = 1.0;      ///< μ: requests a second that one replica completes at most.
  double replicas = 1.0;            ///< At least so many machines; demand above their capacity adds more.
  double horizon_years = 3.0;       ///< H: the time within which it must have paid.
  // Hardware
  double owned = 0.0;                      ///< 1: bought; 0: rented.
  double rent_usd_per_h = 0.0;             ///< Of one machine.
  double rent_includes_power = 1.0;        ///< 1: the landlord pays the electricity.
  double capex_usd = 0.0;                  ///< Price of one machine.
  double salvage_usd = 0.0;                ///< What it brings after its life.
  double life_years = 4.0;                 ///< L.
  double interest_per_year = 0.08;         ///< r, as a share.
  double maintenance_usd_per_month = 0.0;  ///< Of one machine.
  double staff_usd_per_month = 0.0;        ///< S: for all machines together.
  // Energy, of one replica, at the boundary where it was measured
  double busy_w = 0.0;           ///< P_sat: mean power while serving at capacity.
  double idle_w = 0.0;           ///< P_idle: the engine is up, nothing is in flight.
  double off_w = 0.0;            ///< P_off: the bare machine, no engine.
  double boundary_factor = 1.0;  ///< k: joules of the whole machine for a joule at the measured boundary.
  double pue = 1.0;              ///< Joules of the site for a joule of its machines.
  double electricity_usd_per_kwh = 0.12;  ///< π.
  double cold_start_j = 0.0;              ///< E_load: joules from process start to first token.
  double cold_starts_per_day = 0.0;       ///< Of each replica.
  // Tokens and the API that would serve instead
  double input_tokens = 0.0;             ///< T_in of a request.
  double output_tokens = 0.0;            ///< T_out of a request.
  double api_input_usd_per_mtok = 0.0;   ///< p_in.
  double api_output_usd_per_mtok = 0.0;  ///< p_out.
  double api_cached_usd_per_mtok = 0.0;  ///< p_cache: input tokens that hit the API's cache.
  double api_cache_share = 0.0;          ///< h: of input tokens, 0…1.
  double api_retry_share = 0.0;          ///< Paid requests that had to be asked again, for each that counts.
  double api_tokenizer_ratio = 1.0;      ///< κ: tokens the API counts for a token counted here.
  double api_decay_per_year = 0.0;       ///< d: share by which the API's price falls each year, 0…<1.
  // Adaptation
  double adapt_s = 0.0;      ///< Machine time of all stages that make the variant once.
  double adapt_j = 0.0;      ///< Their joules, at the measured boundary.
  double adapt_waste = 0.0;  ///< Failed and searching runs for each that counts.
  double data_usd = 0.0;     ///< Data and labels.
  double labour_h = 0.0;     ///< Hours of people for one adaptation.
  double wage_usd_per_h = 0.0;
  double setup_usd = 0.0;  ///< C_setup: once, before the first request; no hardware that stands in capex.
  double retrains_per_year = 0.0;  ///< Each costs an adaptation again.
  // Quality
  double quality = 0.0;      ///< q: share of answers that are right, or the mean score, 0…1.
  double api_quality = 1.0;  ///< q_api: the same of the API; 1 where nobody measured it: the best it can be.
  double cascade_acceptance = 0.8;  ///< a: share of local answers that need not be asked of the API again.
  // Carbon
  double carbon_g_per_kwh = 0.0;    ///< I: of the grid, location-based.
  double embodied_kg = 0.0;         ///< TE: CO2e of making one machine.
  double api_wh_per_request = 0.0;  ///< Energy of the API's request (Wh).
};

/// How an input moves on a slider and how its distribution is shaped.
enum class Scale {
  linear,
  log,    ///< Positive, over orders of magnitude.
  yes_no  ///< 0 or 1.
};

/// Whose an input is.
enum class Owner {
  scenario,  ///< One value for all variants: prices, demand, the site.
  variant,   ///< Measured of each variant: power, capacity, tokens, quality.
};

/// One input's row.
struct InputField {
  std::string_view key;  ///< As in scenario files, on the command line and in the page: the member's name.
  double Inputs::*member;
  std::string_view title;  ///< "Electricity price".
  std::string_view unit;   ///< "USD/kWh"; "1" for plain shares and counts.
  std::string_view group;  ///< "demand", "hardware", "energy", "api", "adaptation", "quality", "carbon".
  Scale scale = Scale::linear;
  Owner owner = Owner::scenario;
  double least = 0.0;      ///< What is refused below.
  double most = 0.0;       ///< What is refused above.
  double slider_lo = 0.0;  ///< Ends of the slider.
  double slider_hi = 0.0;
  std::string_view meaning;  ///< One sentence.
};

/// All inputs, in the order of Inputs.
[[nodiscard]] std::span<const InputField> input_table();

/// The row of `key`, or nothing.
[[nodiscard]] const InputField* find_input(std::string_view key);

}  // namespace edgeeval::economics
