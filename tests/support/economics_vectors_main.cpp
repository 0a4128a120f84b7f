// SPDX-License-Identifier: Apache-2.0
// Deployments with all their figures, for another implementation of the same formulas to be held against.
//
//   economics_vectors [N] [SEED] [SPREADS] [DRAWS]      1000 1 20 200
//
// Prints N lines {"inputs": {key: number}, "outcome": {field: number | null | "inf" | true | word}}, then
// SPREADS lines {"uncertain": {key: {value, lo, hi, shape, correlation}}, "variant", "seed", "spread": {…}},
// bands as {lo, median, hi, defined}. null is absent, or unbounded in a band.
#include <cmath>
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "economics/outcome.hpp"
#include "support/economics_samples.hpp"

namespace {

using namespace edgeeval::economics;
using Json = nlohmann::ordered_json;

Json number(double value) { return std::isinf(value) ? Json("inf") : Json(value); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

constexpr std::pair<const char*, double Outcome::*> kFigures[] = {
    {"replicas", &Outcome::replicas},
    {"utilisation", &Outcome::utilisation},
    {"hardware_usd_per_s", &Outcome::hardware_usd_per_s},
    {"maintenance_usd_per_s", &Outcome::maintenance_usd_per_s},
    {"staff_usd_per_s", &Outcome::staff_usd_per_s},
    {"idle_usd_per_s", &Outcome::idle_usd_per_s},
    {"retrain_usd_per_s", &Outcome::retrain_usd_per_s},
    {"fixed_usd_per_s", &Outcome::fixed_usd_per_s},
    {"variable_usd", &Outcome::variable_usd},
    {"api_usd", &Outcome::api_usd},
    {"local_usd", &Outcome::local_usd},
    {"adapt_usd", &Outcome::adapt_usd},
    {"upfront_usd", &Outcome::upfront_usd},
    {"saving_usd", &Outcome::saving_usd},
    {"npv_usd", &Outcome::npv_usd},
    {"cascade_usd", &Outcome::cascade_usd},
    {"energy_j", &Outcome::energy_j},
    {"operational_g", &Outcome::operational_g},
    {"embodied_g", &Outcome::embodied_g},
    {"adaptation_g", &Outcome::adaptation_g},
    {"carbon_g", &Outcome::carbon_g},
    {"api_g", &Outcome::api_g},
    {"park_w", &Outcome::park_w}};

constexpr std::pair<const char*, std::optional<double> Outcome::*> kPartialFigures[] = {
    {"demand_floor_per_s", &Outcome::demand_floor_per_s},
    {"utilisation_floor", &Outcome::utilisation_floor},
    {"break_even_s", &Outcome::break_even_s},
    {"break_even_requests", &Outcome::break_even_requests},
    {"reversal_s", &Outcome::reversal_s},
    {"local_usd_per_mtok", &Outcome::local_usd_per_mtok},
    {"api_usd_per_mtok", &Outcome::api_usd_per_mtok},
    {"local_usd_per_mtok_out", &Outcome::local_usd_per_mtok_out},
    {"api_usd_per_mtok_out", &Outcome::api_usd_per_mtok_out},
    {"local_usd_per_correct", &Outcome::local_usd_per_correct},
    {"api_usd_per_correct", &Outcome::api_usd_per_correct},
    {"keep_warm_gap_s", &Outcome::keep_warm_gap_s},
    {"c_tax", &Outcome::c_tax}};

Json outcome_json(const Outcome& out) {
  Json json;
  for (const auto& [name, figure] : kFigures) json[name] = number(out.*figure);
  for (const auto& [name, figure] : kPartialFigures) json[name] = number(out.*figure);
  json["keep_warm"] = out.keep_warm;
  json["verdict"] = std::string(to_string(out.verdict));
  return json;
}

Json band_json(const Band& band) {
  return {{"lo", number(band.lo)},
          {"median", number(band.median)},
          {"hi", number(band.hi)},
          {"defined", band.defined}};
}

Json spread_json(const Spread& spread) {
  Json json{{"draws", spread.draws},
            {"local_cheaper", spread.local_cheaper},
            {"never", spread.never},
            {"pays_within", spread.pays_within},
            {"decision", std::string(to_string(decide(spread)))}};
  const std::pair<const char*, Band Spread::*> bands[] = {
      {"local_usd", &Spread::local_usd},
      {"api_usd", &Spread::api_usd},
      {"demand_floor_per_s", &Spread::demand_floor_per_s},
      {"utilisation_floor", &Spread::utilisation_floor},
      {"break_even_s", &Spread::break_even_s},
      {"break_even_requests", &Spread::break_even_requests},
      {"saving_usd", &Spread::saving_usd},
      {"npv_usd", &Spread::npv_usd},
      {"local_usd_per_mtok", &Spread::local_usd_per_mtok},
      {"local_usd_per_correct", &Spread::local_usd_per_correct},
      {"energy_j", &Spread::energy_j},
      {"carbon_g", &Spread::carbon_g},
      {"keep_warm_gap_s", &Spread::keep_warm_gap_s}};
  for (const auto& [name, band] : bands) json[name] = band_json(spread.*band);
  return json;
}

std::string_view word(Shape shape) {
  switch (shape) {
    case Shape::fixed:
      return "fixed";
    case Shape::split_normal:
      return "split_normal";
    case Shape::split_lognormal:
      return "split_lognormal";
    case Shape::uniform:
      return "uniform";
  }
  return "fixed";
}

Json uncertain_json(const UncertainInputs& inputs) {
  Json json;
  const auto table = input_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Uncertain& input = inputs.at(i);
    json[std::string(table[i].key)] = {{"value", input.value},
                                       {"lo", input.lo},
                                       {"hi", input.hi},
                                       {"shape", std::string(word(input.shape))},
                                       {"correlation", input.correlation}};
  }
  return json;
}

void print_outcomes(edgeeval::SplitMix64& random, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const Inputs inputs = samples::random_inputs(random);
    Json keys;
    for (const InputField& field : input_table()) keys[std::string(field.key)] = inputs.*field.member;
    std::cout << Json{{"inputs", keys}, {"outcome", outcome_json(evaluate(inputs))}}.dump() << '\n';
  }
}

void print_spreads(edgeeval::SplitMix64& random, std::uint32_t count, std::uint32_t draws) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const UncertainInputs inputs = samples::random_uncertain(random);
    const auto seed = static_cast<std::uint32_t>(random.next());
    std::cout << Json{{"uncertain", uncertain_json(inputs)},
                      {"variant", i},
                      {"seed", seed},
                      {"spread", spread_json(simulate(inputs, i, seed, draws))}}
                     .dump()
              << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int place, std::uint32_t otherwise) {
    return argc > place ? static_cast<std::uint32_t>(std::stoul(argv[place])) : otherwise;
  };
  edgeeval::SplitMix64 random(argument(2, 1));
  print_outcomes(random, argument(1, 1000));
  print_spreads(random, argument(3, 20), argument(4, 200));
}
