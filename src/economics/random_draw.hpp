// SPDX-License-Identifier: Apache-2.0
// The hash behind draw_uniform(), its words and how they become a number.
#pragma once

#include <array>
#include <cstdint>

namespace edgeeval::economics {

/// pcg3d of Jarzynski and Olano 2020 ("Hash Functions for GPU Rendering", JCGT 9(3)): three words to three,
/// in 32-bit wrapping arithmetic.
[[nodiscard]] std::array<std::uint32_t, 3> pcg3d(std::array<std::uint32_t, 3> words);

/// (x·2²¹ + (y >> 11) + ½)/2⁵³. The sum rounds to 2⁵³ where all its bits are set: then the largest double
/// below 1.
[[nodiscard]] double open_unit(std::uint32_t x, std::uint32_t y);

}  // namespace edgeeval::economics
