// SPDX-License-Identifier: Apache-2.0
// What deciding a study costs: 10,000 draws of 72 variants on one thread, most inputs uncertain, beside an
// API whose price falls. Look at the CPU column where the machine is shared.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "economics/uncertainty.hpp"

namespace {

using namespace edgeeval::economics;

struct Spreading {
  std::string_view key;
  double value, lo, hi;
  Shape shape;
  std::uint32_t correlation = 0;
};

// Every input of a measured variant, and the assumptions that matter.
constexpr Spreading kStudy[] = {
    {"demand_per_day", 20000.0, 5000.0, 80000.0, Shape::split_lognormal},
    {"capacity_per_s", 4.0, 3.5, 4.4, Shape::split_normal},
    {"rent_usd_per_h", 0.35, 0.3, 0.6, Shape::uniform},
    {"rent_includes_power", 0.0, 0.0, 0.0, Shape::fixed},
    {"staff_usd_per_month", 200.0, 100.0, 500.0, Shape::split_lognormal},
    {"busy_w", 140.0, 130.0, 150.0, Shape::split_normal, 1},
    {"idle_w", 40.0, 35.0, 45.0, Shape::split_normal, 1},
    {"off_w", 15.0, 12.0, 18.0, Shape::split_normal, 1},
    {"boundary_factor", 1.6, 1.2, 2.4, Shape::split_lognormal},
    {"pue", 1.54, 1.1, 1.8, Shape::uniform},
    {"electricity_usd_per_kwh", 0.12, 0.08, 0.3, Shape::split_lognormal},
    {"cold_start_j", 3000.0, 2500.0, 4000.0, Shape::split_lognormal, 1},
    {"input_tokens", 400.0, 380.0, 420.0, Shape::split_normal},
    {"output_tokens", 100.0, 90.0, 110.0, Shape::split_normal},
    {"api_input_usd_per_mtok", 2.5, 1.0, 4.0, Shape::split_lognormal},
    {"api_output_usd_per_mtok", 10.0, 5.0, 15.0, Shape::split_lognormal},
    {"api_decay_per_year", 0.5, 0.2, 0.9, Shape::uniform},
    {"adapt_s", 5000.0, 4000.0, 7000.0, Shape::split_lognormal},
    {"adapt_j", 7e5, 5e5, 9e5, Shape::split_lognormal, 1},
    {"adapt_waste", 2.0, 1.0, 5.0, Shape::uniform},
    {"retrains_per_year", 4.0, 1.0, 12.0, Shape::uniform},
    {"setup_usd", 500.0, 200.0, 2000.0, Shape::split_lognormal},
    {"quality", 0.75, 0.7, 0.8, Shape::split_normal},
    {"carbon_g_per_kwh", 380.0, 300.0, 460.0, Shape::split_normal},
    {"embodied_kg", 150.0, 75.0, 300.0, Shape::split_lognormal},
};

std::vector<UncertainInputs> study(std::size_t variants) {
  UncertainInputs inputs{};
  const auto table = input_table();
  for (std::size_t i = 0; i < table.size(); ++i) inputs.at(i).value = Inputs{}.*table[i].member;
  for (const Spreading& row : kStudy)
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table[i].key == row.key) inputs.at(i) = {row.value, row.lo, row.hi, row.shape, row.correlation};
  return std::vector<UncertainInputs>(variants, inputs);
}

void simulate_study(benchmark::State& state) {
  const auto all = study(72);
  for (auto run : state) {
    auto spreads = simulate_all(all, 1, 10000);
    benchmark::DoNotOptimize(spreads);
  }
}
BENCHMARK(simulate_study)->Unit(benchmark::kMillisecond)->MinTime(2.0);

void evaluate_once(benchmark::State& state) {
  const Inputs inputs = central(study(1).front());
  for (auto run : state) {
    auto outcome = evaluate(inputs);
    benchmark::DoNotOptimize(outcome);
  }
}
BENCHMARK(evaluate_once);

void rank_levers(benchmark::State& state) {
  const UncertainInputs inputs = study(1).front();
  for (auto run : state) {
    auto levers = tornado(inputs);
    benchmark::DoNotOptimize(levers);
  }
}
BENCHMARK(rank_levers)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
