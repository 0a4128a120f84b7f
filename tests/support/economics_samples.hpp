// SPDX-License-Identifier: Apache-2.0
// Deployments to reckon with: one with round numbers, and any number of random ones.
#pragma once

#include <cstdint>
#include <string_view>

#include "economics/uncertainty.hpp"
#include "stats/random.hpp"

namespace edgeeval::economics::samples {

/// A number in [0, 1).
[[nodiscard]] double unit(SplitMix64& random);

/// A number whose logarithm is even between those of `lo` and `hi`.
[[nodiscard]] double log_unit(SplitMix64& random, double lo, double hi);

/// Inputs within their ranges and mostly between the ends of their sliders, small values more often; one in
/// ten at the least that it may be.
[[nodiscard]] Inputs random_inputs(SplitMix64& random);

/// Such inputs, about half of them spread in one of the shapes, some in correlation groups 1 and 2.
[[nodiscard]] UncertainInputs random_uncertain(SplitMix64& random);

/// `inputs`, all fixed.
[[nodiscard]] UncertainInputs certain(const Inputs& inputs);

/// The place of `key` in the table; throws where there is none.
[[nodiscard]] std::size_t place(std::string_view key);

/// A deployment that pays: one rented machine beside a dear API, with round numbers.
[[nodiscard]] Inputs paying();

}  // namespace edgeeval::economics::samples
