// SPDX-License-Identifier: Apache-2.0
#include "economics/shared_draws.hpp"

namespace edgeeval::economics {

SharedDraws::SharedDraws(std::span<const UncertainInputs> all, std::uint32_t seed, std::uint32_t draws)
    : seed_(seed), scenario_(draws) {
  for (const UncertainInputs& inputs : all) draw_groups(inputs, draws);
  const Inputs values = clipped_values(all.front());
  const std::vector<DrawSource> spread = sources(all.front(), Owner::scenario, 0);
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    ScenarioDraw& one = scenario_[draw];
    one.inputs = values;
    for (const DrawSource& source : spread) one.inputs.*source.input.member = source.at(seed_, draw);
    one.terms = terms_of(one.inputs);
  }
}

void SharedDraws::draw_groups(const UncertainInputs& inputs, std::uint32_t draws) {
  for (const Uncertain& input : inputs) {
    if (input.correlation == 0 || groups_.contains(input.correlation)) continue;
    std::vector<Chance>& chances = groups_[input.correlation];
    chances.reserve(draws);
    for (std::uint32_t draw = 0; draw < draws; ++draw)
      chances.push_back(chance_of(seed_, draw, group_slot(input.correlation), true));
  }
}

std::vector<DrawSource> SharedDraws::sources(const UncertainInputs& inputs, Owner owner,
                                             std::uint32_t variant) const {
  std::vector<DrawSource> found;
  for (const InputDraw& input : input_draws(inputs, owner, variant)) {
    const auto group = groups_.find(input.group);
    found.push_back({.input = input, .group = group == groups_.end() ? nullptr : group->second.data()});
  }
  return found;
}

}  // namespace edgeeval::economics
