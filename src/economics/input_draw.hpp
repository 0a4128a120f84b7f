// SPDX-License-Identifier: Apache-2.0
// How one input is drawn: its place, its slot, and its distribution with what can be computed once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "economics/inputs.hpp"
#include "economics/uncertainty.hpp"

namespace edgeeval::economics {

/// A random number as both kinds of shapes need it.
struct Chance {
  double uniform = 0.5;
  double normal = 0.0;  ///< normal_quantile(uniform).
};

/// The chance of a slot; `normal` is left 0 where it is not `wanted`.
[[nodiscard]] Chance chance_of(std::uint32_t seed, std::uint32_t draw, std::uint32_t slot, bool wanted);

/// One input that spreads.
struct InputDraw {
  double Inputs::*member = nullptr;
  std::uint32_t slot = 0;
  std::uint32_t group = 0;  ///< Correlation group; 0: none.
  Shape shape = Shape::fixed;
  double value = 0.0;
  double below = 0.0;  ///< Width per unit of z below the value; for uniform: lo.
  double above = 0.0;  ///< Width per unit of z above it; for uniform: hi − lo.
  double least = 0.0;
  double most = 0.0;

  /// The input's value at `chance`, clipped to [least, most].
  [[nodiscard]] double at(const Chance& chance) const {
    const double width = chance.normal < 0.0 ? below : above;
    double drawn = value;
    switch (shape) {
      case Shape::fixed:
        break;
      case Shape::split_normal:
        drawn = value + chance.normal * width;
        break;
      case Shape::split_lognormal:
        drawn = value * std::exp(chance.normal * width);
        break;
      case Shape::uniform:
        drawn = below + chance.uniform * above;
        break;
    }
    return std::clamp(drawn, least, most);
  }
};

/// The inputs of `inputs` that spread and belong to `owner`.
[[nodiscard]] std::vector<InputDraw> input_draws(const UncertainInputs& inputs, Owner owner,
                                                 std::uint32_t variant);

/// The values of all inputs, each clipped to its range.
[[nodiscard]] Inputs clipped_values(const UncertainInputs& inputs);

/// Slot of a correlation group.
[[nodiscard]] constexpr std::uint32_t group_slot(std::uint32_t group) { return 1000U + group; }

}  // namespace edgeeval::economics
