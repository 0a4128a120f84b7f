// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>

#include "economics/band.hpp"
#include "economics/outcome_table.hpp"
#include "economics/shared_draws.hpp"

namespace edgeeval::economics {
namespace {

// The figures whose bands are wanted.
std::vector<OutcomeField> banded_fields() {
  std::vector<OutcomeField> fields;
  for (const OutcomeField& field : outcome_table())
    if (field.band != nullptr) fields.push_back(field);
  return fields;
}

bool within(const std::optional<double>& time, double horizon) { return time && *time <= horizon; }

double or_zero(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Draws variants on top of what they share and summarises; one for each thread.
class Simulation {
 public:
  explicit Simulation(const SharedDraws& shared)
      : shared_(shared), fields_(banded_fields()), columns_(fields_.size() * shared.size()) {
    for (const InputField& field : input_table())
      if (field.owner == Owner::variant) variant_members_.push_back(field.member);
  }

  [[nodiscard]] Spread run(const UncertainInputs& inputs, std::uint32_t variant) {
    const std::vector<DrawSource> spread = shared_.sources(inputs, Owner::variant, variant);
    const Inputs values = clipped_values(inputs);
    Counts counts;
    for (std::uint32_t draw = 0; draw < shared_.size(); ++draw) {
      const auto& [scenario, terms] = shared_.scenario(draw);
      Inputs drawn = scenario;
      for (const auto member : variant_members_) drawn.*member = values.*member;
      for (const DrawSource& source : spread) drawn.*source.input.member = source.at(shared_.seed(), draw);
      const Outcome outcome = evaluate_with(drawn, terms);
      counts.add(outcome, terms.horizon_s);
      // What holds of paying draws alone is kept without gaps; the rest is at the place of its draw.
      for (std::size_t i = 0; i < fields_.size(); ++i)
        if (!fields_[i].of_paying || outcome.break_even_s)
          column(i)[fields_[i].of_paying ? counts.paying - 1 : draw] = fields_[i].drawn(outcome);
    }
    return summary(counts);
  }

 private:
  // In how many draws something holds.
  struct Counts {
    std::size_t cheaper = 0, never = 0, paying = 0, pays_within = 0, reversed_within = 0;

    void add(const Outcome& outcome, double horizon) {
      cheaper += outcome.saving_usd > 0.0 ? 1U : 0U;
      never += outcome.verdict == Verdict::never ? 1U : 0U;
      paying += outcome.break_even_s ? 1U : 0U;
      pays_within += within(outcome.break_even_s, horizon) ? 1U : 0U;
      reversed_within += within(outcome.reversal_s, horizon) ? 1U : 0U;
    }
  };

  [[nodiscard]] std::span<double> column(std::size_t figure) {
    return std::span(columns_).subspan(figure * shared_.size(), shared_.size());
  }

  [[nodiscard]] Spread summary(const Counts& counts) {
    Spread spread;
    spread.draws = shared_.size();
    spread.local_cheaper = or_zero(counts.cheaper, spread.draws);
    spread.never = or_zero(counts.never, spread.draws);
    spread.pays_within = or_zero(counts.pays_within, spread.draws);
    spread.reversed_within = or_zero(counts.reversed_within, spread.draws);
    for (std::size_t i = 0; i < fields_.size(); ++i)
      spread.*fields_[i].band = band_of(column(i).first(fields_[i].of_paying ? counts.paying : spread.draws));
    return spread;
  }

  const SharedDraws& shared_;
  std::vector<OutcomeField> fields_;
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
