// SPDX-License-Identifier: Apache-2.0
#include "economics/inputs.hpp"

#include <algorithm>
#include <array>

#include "economics/uncertainty.hpp"

namespace edgeeval::economics {
namespace {

using enum Scale;
using enum Owner;

// A row's last four numbers: the range, then the slider's ends.
constexpr InputField kTable[] = {
    {"demand_per_day", &Inputs::demand_per_day, "Demand", "requests/day", "demand", log, scenario, 0.0, 1e10,
     10.0, 1e8, "Requests that come a day."},
    {"capacity_per_s", &Inputs::capacity_per_s, "Capacity of a replica", "requests/s", "demand", log, variant,
     1e-6, 1e6, 0.01, 1000.0, "Requests a second that one replica completes at most within the objectives."},
    {"replicas", &Inputs::replicas, "Replicas at least", "1", "demand", linear, scenario, 1.0, 1e6, 1.0, 16.0,
     "Machines that run whatever the demand; demand above their capacity adds more."},
    {"horizon_years", &Inputs::horizon_years, "Horizon", "years", "demand", linear, scenario, 0.01, 50.0,
     0.25, 10.0, "The time within which the deployment must have paid."},
    {"owned", &Inputs::owned, "Owned", "1", "hardware", yes_no, scenario, 0.0, 1.0, 0.0, 1.0,
     "1 where the machines are bought, 0 where they are rented."},
    {"rent_usd_per_h", &Inputs::rent_usd_per_h, "Rent", "USD/h", "hardware", linear, scenario, 0.0, 1e5, 0.0,
     10.0, "Rent of one machine; counts where it is not owned."},
    {"rent_includes_power", &Inputs::rent_includes_power, "Rent includes power", "1", "hardware", yes_no,
     scenario, 0.0, 1.0, 0.0, 1.0, "1 where the landlord of a rented machine pays its electricity."},
    {"capex_usd", &Inputs::capex_usd, "Price of a machine", "USD", "hardware", linear, scenario, 0.0, 1e8,
     0.0, 20000.0, "What one machine costs to buy; counts where it is owned."},
    {"salvage_usd", &Inputs::salvage_usd, "Salvage", "USD", "hardware", linear, scenario, 0.0, 1e8, 0.0,
     10000.0, "What an owned machine brings after its life."},
    {"life_years", &Inputs::life_years, "Life of a machine", "years", "hardware", linear, scenario, 0.1, 50.0,
     1.0, 10.0, "Years over which a machine's price and its making are spread."},
    {"interest_per_year", &Inputs::interest_per_year, "Interest", "1/year", "hardware", linear, scenario, 0.0,
     2.0, 0.0, 0.3,
     "What capital costs a year, as a share; also the rate at which the future is discounted."},
    {"maintenance_usd_per_month", &Inputs::maintenance_usd_per_month, "Maintenance", "USD/month", "hardware",
     linear, scenario, 0.0, 1e6, 0.0, 500.0, "Repairs, housing and network of one machine."},
    {"staff_usd_per_month", &Inputs::staff_usd_per_month, "Staff", "USD/month", "hardware", linear, scenario,
     0.0, 1e8, 0.0, 20000.0, "People who keep it all running, for all machines together."},
    {"busy_w", &Inputs::busy_w, "Power at capacity", "W", "energy", linear, variant, 0.0, 1e6, 0.0, 1000.0,
     "Mean power of a replica while it serves at capacity, at the measured boundary."},
    {"idle_w", &Inputs::idle_w, "Power idle", "W", "energy", linear, variant, 0.0, 1e6, 0.0, 500.0,
     "Power of a replica whose engine is up with nothing in flight, at the measured boundary."},
    {"off_w", &Inputs::off_w, "Power without engine", "W", "energy", linear, variant, 0.0, 1e6, 0.0, 500.0,
     "Power of the bare machine with no engine, at the measured boundary."},
    {"boundary_factor", &Inputs::boundary_factor, "Boundary factor", "1", "energy", linear, scenario, 1.0,
     20.0, 1.0, 4.0, "Joules of the whole machine for a joule at the measured boundary."},
    {"pue", &Inputs::pue, "PUE", "1", "energy", linear, scenario, 1.0, 10.0, 1.0, 2.5,
     "Joules of the site for a joule of its machines; 1 on a desk."},
    {"electricity_usd_per_kwh", &Inputs::electricity_usd_per_kwh, "Electricity price", "USD/kWh", "energy",
     linear, scenario, 0.0, 10.0, 0.0, 0.6, "What a kilowatt-hour costs whoever runs the machines."},
    {"cold_start_j", &Inputs::cold_start_j, "Energy of a cold start", "J", "energy", log, variant, 0.0, 1e9,
     10.0, 1e6, "Joules from the start of the process to the first token, at the measured boundary."},
    {"cold_starts_per_day", &Inputs::cold_starts_per_day, "Cold starts", "1/day", "energy", linear, scenario,
     0.0, 86400.0, 0.0, 100.0, "Cold starts of each replica a day."},
    {"input_tokens", &Inputs::input_tokens, "Input tokens", "tokens", "api", log, variant, 0.0, 1e8, 1.0, 1e5,
     "Input tokens of a request, as the local tokenizer counts."},
    {"output_tokens", &Inputs::output_tokens, "Output tokens", "tokens", "api", log, variant, 0.0, 1e8, 1.0,
     1e4, "Output tokens of a request, as the local tokenizer counts."},
    {"api_input_usd_per_mtok", &Inputs::api_input_usd_per_mtok, "API price of input", "USD/Mtok", "api",
     linear, scenario, 0.0, 1e5, 0.0, 20.0, "The API's price of a million input tokens today."},
    {"api_output_usd_per_mtok", &Inputs::api_output_usd_per_mtok, "API price of output", "USD/Mtok", "api",
     linear, scenario, 0.0, 1e5, 0.0, 80.0, "The API's price of a million output tokens today."},
    {"api_cached_usd_per_mtok", &Inputs::api_cached_usd_per_mtok, "API price of cached input", "USD/Mtok",
     "api", linear, scenario, 0.0, 1e5, 0.0, 20.0,
     "The API's price of a million input tokens that hit its cache today."},
    {"api_cache_share", &Inputs::api_cache_share, "API cache share", "1", "api", linear, scenario, 0.0, 1.0,
     0.0, 1.0, "Share of input tokens that hit the API's cache."},
    {"api_retry_share", &Inputs::api_retry_share, "API retries", "1", "api", linear, scenario, 0.0, 100.0,
     0.0, 1.0, "Paid API requests that had to be asked again, for each that counts."},
    {"api_tokenizer_ratio", &Inputs::api_tokenizer_ratio, "API tokenizer ratio", "1", "api", linear, scenario,
     0.05, 20.0, 0.5, 2.0, "Tokens that the API counts for a token counted here."},
    {"api_decay_per_year", &Inputs::api_decay_per_year, "Fall of the API's price", "1/year", "api", linear,
     scenario, 0.0, 0.999, 0.0, 0.95, "Share by which the API's price falls each year."},
    {"adapt_s", &Inputs::adapt_s, "Machine time of adaptation", "s", "adaptation", log, variant, 0.0, 1e9,
     10.0, 1e6, "Machine time of all stages that make the variant once."},
    {"adapt_j", &Inputs::adapt_j, "Energy of adaptation", "J", "adaptation", log, variant, 0.0, 1e13, 1000.0,
     1e9, "Joules of all stages that make the variant once, at the measured boundary."},
    {"adapt_waste", &Inputs::adapt_waste, "Wasted adaptations", "1", "adaptation", linear, scenario, 0.0, 1e4,
     0.0, 20.0, "Failed and searching runs for each that counts."},
    {"data_usd", &Inputs::data_usd, "Data", "USD", "adaptation", linear, scenario, 0.0, 1e9, 0.0, 20000.0,
     "Data and labels of one adaptation."},
    {"labour_h", &Inputs::labour_h, "Labour", "h", "adaptation", linear, scenario, 0.0, 1e6, 0.0, 200.0,
     "Hours of people for one adaptation."},
    {"wage_usd_per_h", &Inputs::wage_usd_per_h, "Wage", "USD/h", "adaptation", linear, scenario, 0.0, 1e5,
     0.0, 200.0, "What an hour of them costs."},
    {"setup_usd", &Inputs::setup_usd, "Set-up", "USD", "adaptation", linear, scenario, 0.0, 1e9, 0.0, 50000.0,
     "Spent once before the first request; no hardware that stands in the price of a machine."},
    {"retrains_per_year", &Inputs::retrains_per_year, "Adaptations a year", "1/year", "adaptation", linear,
     scenario, 0.0, 1e4, 0.0, 52.0, "Each costs an adaptation again, spread evenly over the year."},
    {"quality", &Inputs::quality, "Quality", "1", "quality", linear, variant, 0.0, 1.0, 0.0, 1.0,
     "Share of answers that are right, or the mean score."},
    {"api_quality", &Inputs::api_quality, "Quality of the API", "1", "quality", linear, scenario, 0.0, 1.0,
     0.0, 1.0, "The same of the API; 1 where nobody measured it."},
    {"cascade_acceptance", &Inputs::cascade_acceptance, "Accepted local answers", "1", "quality", linear,
     scenario, 0.0, 1.0, 0.0, 1.0, "Share of local answers that need not be asked of the API again."},
    {"carbon_g_per_kwh", &Inputs::carbon_g_per_kwh, "Carbon of electricity", "g/kWh", "carbon", linear,
     scenario, 0.0, 5000.0, 0.0, 1000.0, "CO2e of a kilowatt-hour of the grid, location-based."},
    {"embodied_kg", &Inputs::embodied_kg, "Embodied carbon", "kg", "carbon", linear, scenario, 0.0, 1e6, 0.0,
     2000.0, "CO2e of making one machine."},
    {"api_wh_per_request", &Inputs::api_wh_per_request, "Energy of an API request", "Wh", "carbon", linear,
     scenario, 0.0, 1e5, 0.0, 5.0, "Energy of the API's request."},
};
static_assert(std::size(kTable) == kInputs);
static_assert(sizeof(Inputs) == kInputs * sizeof(double), "every member has a row");

}  // namespace

std::span<const InputField> input_table() { return kTable; }

const InputField* find_input(std::string_view key) {
  const auto* found =
      std::find_if(std::begin(kTable), std::end(kTable), [key](const auto& row) { return row.key == key; });
  return found == std::end(kTable) ? nullptr : found;
}

}  // namespace edgeeval::economics
