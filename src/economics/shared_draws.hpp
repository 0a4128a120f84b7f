// SPDX-License-Identifier: Apache-2.0
// The draws that all variants of a study share: the scenario's inputs, and one number for each correlation
// group.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "economics/input_draw.hpp"
#include "economics/terms.hpp"

namespace edgeeval::economics {

/// An input with where its chances come from.
struct DrawSource {
  InputDraw input;
  const Chance* group = nullptr;  ///< The chances of its group, one a draw; null: of its own slot.

  /// The input's value in `draw`.
  [[nodiscard]] double at(std::uint32_t seed, std::uint32_t draw) const {
    if (group != nullptr) return input.at(group[draw]);
    return input.at(chance_of(seed, draw, input.slot, input.shape != Shape::uniform));
  }
};

/// One draw of the scenario.
struct ScenarioDraw {
  Inputs inputs;
  Terms terms;
};

/// All of them, drawn when it is made; only read afterwards, by any number of threads.
class SharedDraws {
 public:
  /// Takes the scenario of the first of `all`, and the groups of each.
  SharedDraws(std::span<const UncertainInputs> all, std::uint32_t seed, std::uint32_t draws);

  [[nodiscard]] std::uint32_t seed() const { return seed_; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(scenario_.size()); }
  [[nodiscard]] const ScenarioDraw& scenario(std::uint32_t draw) const { return scenario_[draw]; }

  /// The inputs of `inputs` that spread and belong to `owner`, as input_draws() gives them.
  [[nodiscard]] std::vector<DrawSource> sources(const UncertainInputs& inputs, Owner owner,
                                                std::uint32_t variant) const;

 private:
  void draw_groups(const UncertainInputs& inputs, std::uint32_t draws);

  std::uint32_t seed_;
  std::map<std::uint32_t, std::vector<Chance>> groups_;
  std::vector<ScenarioDraw> scenario_;
};

}  // namespace edgeeval::economics
