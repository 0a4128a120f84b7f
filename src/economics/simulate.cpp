// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <system_error>
#include <thread>

#include "economics/band.hpp"
#include "economics/shared_draws.hpp"

namespace edgeeval::economics {
namespace {

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

double or_zero(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Draws variants on top of what they share and summarises; one for each thread.
class Simulation {
 public:
  explicit Simulation(const SharedDraws& shared)
      : shared_(shared), columns_(kFigures.size() * shared.size()) {
    for (const InputField& field : input_table())
      if (field.owner == Owner::variant) variant_members_.push_back(field.member);
  }

  [[nodiscard]] Spread run(const UncertainInputs& inputs, std::uint32_t variant) {
    const std::vector<DrawSource> spread = shared_.sources(inputs, Owner::variant, variant);
    const Inputs values = clipped_values(inputs);
    std::size_t cheaper = 0, never = 0, pays = 0;
    for (std::uint32_t draw = 0; draw < shared_.size(); ++draw) {
      const auto& [scenario, terms] = shared_.scenario(draw);
      Inputs drawn = scenario;
      for (const auto member : variant_members_) drawn.*member = values.*member;
      for (const DrawSource& source : spread) drawn.*source.input.member = source.at(shared_.seed(), draw);
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
    return std::span(columns_).subspan(figure * shared_.size(), shared_.size());
  }

  [[nodiscard]] Spread summary(std::size_t cheaper, std::size_t never, std::size_t pays) {
    Spread spread;
    spread.draws = shared_.size();
    spread.local_cheaper = or_zero(cheaper, spread.draws);
    spread.never = or_zero(never, spread.draws);
    spread.pays_within = or_zero(pays, spread.draws);
    for (std::size_t i = 0; i < kFigures.size(); ++i) spread.*kFigures[i].band = band_of(column(i));
    return spread;
  }

  const SharedDraws& shared_;
  std::vector<double> columns_;  // One a figure.
  std::vector<double Inputs::*> variant_members_;
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
  const SharedDraws shared(std::span(&inputs, 1), seed, draws);
  return Simulation(shared).run(inputs, variant);
}

std::vector<Spread> simulate_all(std::span<const UncertainInputs> all, std::uint32_t seed,
                                 std::uint32_t draws, unsigned threads) {
  std::vector<Spread> spreads(all.size());
  if (all.empty()) return spreads;
  const SharedDraws shared(all, seed, draws);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    Simulation simulation(shared);
    for (std::size_t i = next++; i < all.size(); i = next++) {
      const auto variant = static_cast<std::uint32_t>(i);
      spreads[i] = same_scenario(all.front(), all[i]) ? simulation.run(all[i], variant)
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
