// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <system_error>
#include <thread>

#include "economics/band.hpp"
#include "economics/input_draw.hpp"
#include "economics/terms.hpp"

namespace edgeeval::economics {
namespace {

// One draw of what all variants share.
struct ScenarioDraw {
  Inputs inputs;
  Terms terms;
};

// All draws of the scenario.
std::vector<ScenarioDraw> draw_scenario(const UncertainInputs& inputs, std::uint32_t seed,
                                        std::uint32_t draws) {
  const std::vector<InputDraw> spread = input_draws(inputs, Owner::scenario, 0);
  std::vector<ScenarioDraw> drawn(draws);
  const Inputs values = clipped_values(inputs);
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    ScenarioDraw& one = drawn[draw];
    one.inputs = values;
    for (const InputDraw& input : spread)
      one.inputs.*input.member = input.at(chance_of(seed, draw, input.slot, input.shape != Shape::uniform));
    one.terms = terms_of(one.inputs);
  }
  return drawn;
}

// A figure whose band is wanted: where it goes, and where it comes from.
struct Figure {
  Band Spread::*band;
  double (*of)(const Outcome&);
};

double or_infinite(const std::optional<double>& value) {
  return value.value_or(std::numeric_limits<double>::infinity());
}

constexpr std::array<Figure, 13> kFigures{{
    {&Spread::local_usd, [](const Outcome& o) { return o.local_usd; }},
    {&Spread::api_usd, [](const Outcome& o) { return o.api_usd; }},
    {&Spread::demand_floor_per_s, [](const Outcome& o) { return or_infinite(o.demand_floor_per_s); }},
    {&Spread::utilisation_floor, [](const Outcome& o) { return or_infinite(o.utilisation_floor); }},
    {&Spread::break_even_s, [](const Outcome& o) { return or_infinite(o.break_even_s); }},
    {&Spread::break_even_requests, [](const Outcome& o) { return or_infinite(o.break_even_requests); }},
    {&Spread::saving_usd, [](const Outcome& o) { return o.saving_usd; }},
    {&Spread::npv_usd, [](const Outcome& o) { return o.npv_usd; }},
    {&Spread::local_usd_per_mtok, [](const Outcome& o) { return or_infinite(o.local_usd_per_mtok); }},
    {&Spread::local_usd_per_correct, [](const Outcome& o) { return or_infinite(o.local_usd_per_correct); }},
    {&Spread::energy_j, [](const Outcome& o) { return o.energy_j; }},
    {&Spread::carbon_g, [](const Outcome& o) { return o.carbon_g; }},
    {&Spread::keep_warm_gap_s, [](const Outcome& o) { return or_infinite(o.keep_warm_gap_s); }},
}};

// Draws one variant on top of the scenario's draws and summarises.
class Simulation {
 public:
  Simulation(const std::vector<ScenarioDraw>& scenario, std::uint32_t seed)
      : scenario_(scenario), seed_(seed), figures_(kFigures.size() * scenario.size()) {}

  [[nodiscard]] Spread run(const UncertainInputs& inputs, std::uint32_t variant) {
    const std::vector<InputDraw> spread = input_draws(inputs, Owner::variant, variant);
    const Inputs values = clipped_values(inputs);
    std::size_t cheaper = 0, never = 0, pays = 0;
    for (std::uint32_t draw = 0; draw < scenario_.size(); ++draw) {
      const Terms& terms = scenario_[draw].terms;
      const Inputs drawn = one_draw(scenario_[draw].inputs, values, spread, draw);
      const Outcome outcome = evaluate_with(drawn, terms, false);
      cheaper += outcome.saving_usd > 0.0 ? 1U : 0U;
      never += outcome.verdict == Verdict::never ? 1U : 0U;
      pays += or_infinite(outcome.break_even_s) <= terms.horizon_s ? 1U : 0U;
      for (std::size_t i = 0; i < kFigures.size(); ++i) column(i)[draw] = kFigures[i].of(outcome);
    }
    return summary(cheaper, never, pays);
  }

 private:
  [[nodiscard]] std::span<double> column(std::size_t figure) {
    return std::span(figures_).subspan(figure * scenario_.size(), scenario_.size());
  }

  [[nodiscard]] Inputs one_draw(const Inputs& scenario, const Inputs& values,
                                const std::vector<InputDraw>& spread, std::uint32_t draw) const {
    Inputs drawn = scenario;
    for (const InputField& field : input_table())
      if (field.owner == Owner::variant) drawn.*field.member = values.*field.member;
    for (const InputDraw& input : spread)
      drawn.*input.member = input.at(chance_of(seed_, draw, input.slot, input.shape != Shape::uniform));
    return drawn;
  }

  [[nodiscard]] Spread summary(std::size_t cheaper, std::size_t never, std::size_t pays) {
    Spread spread;
    spread.draws = static_cast<std::uint32_t>(scenario_.size());
    const auto share = [this](std::size_t count) {
      return scenario_.empty() ? 0.0 : static_cast<double>(count) / static_cast<double>(scenario_.size());
    };
    spread.local_cheaper = share(cheaper);
    spread.never = share(never);
    spread.pays_within = share(pays);
    for (std::size_t i = 0; i < kFigures.size(); ++i) spread.*kFigures[i].band = band_of(column(i));
    return spread;
  }

  const std::vector<ScenarioDraw>& scenario_;
  std::uint32_t seed_;
  std::vector<double> figures_;  // One column a figure.
};

bool same(const Uncertain& a, const Uncertain& b) {
  return a.value == b.value && a.lo == b.lo && a.hi == b.hi && a.shape == b.shape &&
         a.correlation == b.correlation;
}

bool same_scenario(const UncertainInputs& a, const UncertainInputs& b) {
  const auto table = input_table();
  for (std::size_t place = 0; place < table.size(); ++place)
    if (table[place].owner == Owner::scenario && !same(a.at(place), b.at(place))) return false;
  return true;
}

}  // namespace

Spread simulate(const UncertainInputs& inputs, std::uint32_t variant, std::uint32_t seed,
                std::uint32_t draws) {
  const std::vector<ScenarioDraw> scenario = draw_scenario(inputs, seed, draws);
  return Simulation(scenario, seed).run(inputs, variant);
}

std::vector<Spread> simulate_all(std::span<const UncertainInputs> all, std::uint32_t seed,
                                 std::uint32_t draws, unsigned threads) {
  std::vector<Spread> spreads(all.size());
  if (all.empty()) return spreads;
  const std::vector<ScenarioDraw> scenario = draw_scenario(all.front(), seed, draws);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    Simulation shared(scenario, seed);
    for (std::size_t i = next++; i < all.size(); i = next++) {
      const auto variant = static_cast<std::uint32_t>(i);
      spreads[i] = same_scenario(all.front(), all[i]) ? shared.run(all[i], variant)
                                                      : simulate(all[i], variant, seed, draws);
    }
  };
  std::vector<std::jthread> helpers;
  try {
    for (unsigned i = 1; i < std::min<std::size_t>(threads, all.size()); ++i) helpers.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads to be had: those that run, this one at least, do it all.
  }
  work();
  helpers.clear();
  return spreads;
}

Decision decide(const Spread& spread) {
  if (spread.draws == 0) return Decision::undecided;
  if (spread.local_cheaper >= 0.95) return Decision::local;
  if (spread.never >= 0.95) return Decision::never;
  return spread.local_cheaper <= 0.05 ? Decision::api : Decision::undecided;
}

}  // namespace edgeeval::economics
