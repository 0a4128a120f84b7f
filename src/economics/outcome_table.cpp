// SPDX-License-Identifier: Apache-2.0
#include "economics/outcome_table.hpp"

#include <algorithm>
#include <array>

namespace edgeeval::economics {
namespace {

using Always = double Outcome::*;
using Maybe = std::optional<double> Outcome::*;

constexpr OutcomeField row(std::string_view key, std::string_view unit, Always figure,
                           Band Spread::*band = nullptr) {
  return {.key = key, .unit = unit, .always = figure, .band = band};
}

constexpr OutcomeField row(std::string_view key, std::string_view unit, Maybe figure,
                           Band Spread::*band = nullptr, bool of_paying = false) {
  return {.key = key, .unit = unit, .maybe = figure, .band = band, .of_paying = of_paying};
}

constexpr bool kOfPaying = true;

constexpr std::array kTable{
    row("replicas", "1", &Outcome::replicas),
    row("utilisation", "1", &Outcome::utilisation),
    row("hardware_usd_per_s", "USD/s", &Outcome::hardware_usd_per_s),
    row("maintenance_usd_per_s", "USD/s", &Outcome::maintenance_usd_per_s),
    row("staff_usd_per_s", "USD/s", &Outcome::staff_usd_per_s),
    row("idle_usd_per_s", "USD/s", &Outcome::idle_usd_per_s),
    row("retrain_usd_per_s", "USD/s", &Outcome::retrain_usd_per_s),
    row("fixed_usd_per_s", "USD/s", &Outcome::fixed_usd_per_s),
    row("variable_usd", "USD", &Outcome::variable_usd),
    row("api_usd", "USD", &Outcome::api_usd, &Spread::api_usd),
    row("local_usd", "USD", &Outcome::local_usd, &Spread::local_usd),
    row("adapt_usd", "USD", &Outcome::adapt_usd),
    row("upfront_usd", "USD", &Outcome::upfront_usd),
    row("demand_floor_per_s", "1/s", &Outcome::demand_floor_per_s, &Spread::demand_floor_per_s),
    row("utilisation_floor", "1", &Outcome::utilisation_floor, &Spread::utilisation_floor),
    row("break_even_s", "s", &Outcome::break_even_s, &Spread::break_even_s),
    row("break_even_requests", "requests", &Outcome::break_even_requests, &Spread::break_even_requests),
    row("reversal_s", "s", &Outcome::reversal_s, &Spread::reversal_s, kOfPaying),
    row("reversal_requests", "requests", &Outcome::reversal_requests, &Spread::reversal_requests, kOfPaying),
    row("saving_usd", "USD", &Outcome::saving_usd, &Spread::saving_usd),
    row("npv_usd", "USD", &Outcome::npv_usd, &Spread::npv_usd),
    row("local_usd_per_mtok", "USD/Mtok", &Outcome::local_usd_per_mtok, &Spread::local_usd_per_mtok),
    row("api_usd_per_mtok", "USD/Mtok", &Outcome::api_usd_per_mtok),
    row("local_usd_per_mtok_out", "USD/Mtok", &Outcome::local_usd_per_mtok_out),
    row("api_usd_per_mtok_out", "USD/Mtok", &Outcome::api_usd_per_mtok_out),
    row("local_usd_per_correct", "USD", &Outcome::local_usd_per_correct, &Spread::local_usd_per_correct),
    row("api_usd_per_correct", "USD", &Outcome::api_usd_per_correct),
    row("cascade_usd", "USD", &Outcome::cascade_usd),
    row("energy_j", "J", &Outcome::energy_j, &Spread::energy_j),
    row("operational_g", "g", &Outcome::operational_g),
    row("embodied_g", "g", &Outcome::embodied_g),
    row("adaptation_g", "g", &Outcome::adaptation_g),
    row("carbon_g", "g", &Outcome::carbon_g, &Spread::carbon_g),
    row("api_g", "g", &Outcome::api_g),
    row("park_w", "W", &Outcome::park_w),
    row("keep_warm_gap_s", "s", &Outcome::keep_warm_gap_s, &Spread::keep_warm_gap_s),
    row("c_tax", "1", &Outcome::c_tax),
};

}  // namespace

std::span<const OutcomeField> outcome_table() { return kTable; }

const OutcomeField& field_of(Band Spread::*band) {
  return *std::find_if(kTable.begin(), kTable.end(),
                       [&](const OutcomeField& field) { return field.band == band; });
}

}  // namespace edgeeval::economics
