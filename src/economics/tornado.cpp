// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "economics/outcome.hpp"
#include "economics/uncertainty.hpp"

namespace edgeeval::economics {
namespace {

constexpr double kFixedReach = 0.2;        // A fixed input is moved by so much, as a share of it.
constexpr double kElasticityReach = 0.01;  // The step of central differences, as a share.

Outcome outcome_at(Inputs inputs, const InputField& field, double value) {
  inputs.*field.member = value;
  return evaluate(inputs);
}

double within(const InputField& field, double value) { return std::clamp(value, field.least, field.most); }

std::optional<double> elasticity(const Inputs& centre, const InputField& field) {
  const double value = centre.*field.member;
  if (value <= 0.0 || field.scale == Scale::yes_no) return std::nullopt;
  // Machines are whole: a hundredth of one is none, and no slope.
  if (field.member == &Inputs::replicas) return std::nullopt;
  const double lower = within(field, value * (1.0 - kElasticityReach));
  const double upper = within(field, value * (1.0 + kElasticityReach));
  const double cost_lower = outcome_at(centre, field, lower).local_usd;
  const double cost_upper = outcome_at(centre, field, upper).local_usd;
  const bool sound = cost_lower > 0.0 && cost_upper > 0.0 && std::isfinite(cost_lower) &&
                     std::isfinite(cost_upper) && lower < upper;
  if (!sound) return std::nullopt;
  return std::log(cost_upper / cost_lower) / std::log(upper / lower);
}

std::optional<Lever> lever(const Inputs& centre, const Uncertain& input, const InputField& field,
                           std::size_t place) {
  const bool fixed = input.shape == Shape::fixed;
  if (fixed && (input.value == 0.0 || field.scale == Scale::yes_no)) return std::nullopt;
  Lever lever;
  lever.input = place;
  lever.at_lo = within(field, fixed ? input.value * (1.0 - kFixedReach) : input.lo);
  lever.at_hi = within(field, fixed ? input.value * (1.0 + kFixedReach) : input.hi);
  if (fixed && field.member == &Inputs::replicas) {
    lever.at_lo = std::floor(lever.at_lo + 0.5);
    lever.at_hi = std::floor(lever.at_hi + 0.5);
  }
  lever.saving_at_lo = outcome_at(centre, field, lever.at_lo).saving_usd;
  lever.saving_at_hi = outcome_at(centre, field, lever.at_hi).saving_usd;
  lever.swing = std::abs(lever.saving_at_hi - lever.saving_at_lo);
  if (!(lever.swing > 0.0)) return std::nullopt;
  lever.elasticity = elasticity(centre, field);
  return lever;
}

}  // namespace

std::vector<Lever> tornado(const UncertainInputs& inputs) {
  const Inputs centre = central(inputs);
  const auto table = input_table();
  std::vector<Lever> levers;
  for (std::size_t place = 0; place < table.size(); ++place)
    if (auto found = lever(centre, inputs.at(place), table[place], place)) levers.push_back(*found);
  std::stable_sort(levers.begin(), levers.end(),
                   [](const Lever& a, const Lever& b) { return a.swing > b.swing; });
  return levers;
}

}  // namespace edgeeval::economics
