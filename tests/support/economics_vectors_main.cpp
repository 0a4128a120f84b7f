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

#include "economics/outcome_table.hpp"
#include "support/economics_samples.hpp"

namespace {

using namespace edgeeval::economics;
using Json = nlohmann::ordered_json;

Json number(double value) { return std::isinf(value) ? Json("inf") : Json(value); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

Json outcome_json(const Outcome& out) {
  Json json;
  for (const OutcomeField& field : outcome_table()) json[std::string(field.key)] = number(field.of(out));
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
            {"reversed_within", spread.reversed_within},
            {"decision", std::string(to_string(decide(spread)))}};
  for (const OutcomeField& field : outcome_table())
    if (field.band != nullptr) json[std::string(field.key)] = band_json(spread.*field.band);
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
