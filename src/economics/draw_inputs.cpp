// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "economics/input_draw.hpp"

namespace edgeeval::economics {
namespace {

constexpr double kNormal975 = 1.96;  // lo and hi stand so many standard deviations from the value.

InputDraw input_draw(const InputField& field, const Uncertain& input, std::uint32_t slot) {
  InputDraw draw{.member = field.member,
                 .slot = slot,
                 .group = input.correlation,
                 .shape = input.shape,
                 .value = input.value,
                 .least = field.least,
                 .most = field.most};
  switch (input.shape) {
    case Shape::fixed:
      break;
    case Shape::split_normal:
      draw.below = (input.value - input.lo) / kNormal975;
      draw.above = (input.hi - input.value) / kNormal975;
      break;
    case Shape::split_lognormal:
      draw.below = std::log(input.value / input.lo) / kNormal975;
      draw.above = std::log(input.hi / input.value) / kNormal975;
      break;
    case Shape::uniform:
      draw.below = input.lo;
      draw.above = input.hi - input.lo;
      break;
  }
  return draw;
}

std::uint32_t slot_of(const InputField& field, std::uint32_t place, const Uncertain& input,
                      std::uint32_t variant) {
  if (input.correlation != 0) return group_slot(input.correlation);
  return field.owner == Owner::scenario ? place : 100000U + 100U * variant + place;
}

// A spread that its shape cannot have stays at its value: a lognormal one that touches 0.
bool spreads(const Uncertain& input) {
  if (input.shape == Shape::split_lognormal) return input.lo > 0.0 && input.value > 0.0 && input.hi > 0.0;
  return input.shape != Shape::fixed;
}

}  // namespace

Chance chance_of(std::uint32_t seed, std::uint32_t draw, std::uint32_t slot, bool wanted) {
  const double uniform = draw_uniform(seed, draw, slot);
  return {.uniform = uniform, .normal = wanted ? normal_quantile(uniform) : 0.0};
}

std::vector<InputDraw> input_draws(const UncertainInputs& inputs, Owner owner, std::uint32_t variant) {
  std::vector<InputDraw> draws;
  const auto table = input_table();
  for (std::uint32_t place = 0; place < table.size(); ++place) {
    const InputField& field = table[place];
    const Uncertain& input = inputs.at(place);
    if (field.owner != owner || !spreads(input)) continue;
    draws.push_back(input_draw(field, input, slot_of(field, place, input, variant)));
  }
  return draws;
}

Inputs clipped_values(const UncertainInputs& inputs) {
  Inputs values;
  const auto table = input_table();
  for (std::size_t place = 0; place < table.size(); ++place)
    values.*table[place].member = std::clamp(inputs.at(place).value, table[place].least, table[place].most);
  return values;
}

Inputs central(const UncertainInputs& inputs) {
  Inputs values;
  const auto table = input_table();
  for (std::size_t place = 0; place < table.size(); ++place)
    values.*table[place].member = inputs.at(place).value;
  return values;
}

Inputs draw_inputs(const UncertainInputs& inputs, std::uint32_t variant, std::uint32_t seed,
                   std::uint32_t draw) {
  Inputs values = clipped_values(inputs);
  for (const Owner owner : {Owner::scenario, Owner::variant})
    for (const InputDraw& input : input_draws(inputs, owner, variant))
      values.*input.member = input.at(chance_of(seed, draw, input.slot, input.shape != Shape::uniform));
  return values;
}

}  // namespace edgeeval::economics
