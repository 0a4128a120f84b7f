// SPDX-License-Identifier: Apache-2.0
#include "economics/random_draw.hpp"

#include <algorithm>

#include "economics/uncertainty.hpp"

namespace edgeeval::economics {

std::array<std::uint32_t, 3> pcg3d(std::array<std::uint32_t, 3> words) {
  auto [x, y, z] = words;
  x = x * 1664525U + 1013904223U;
  y = y * 1664525U + 1013904223U;
  z = z * 1664525U + 1013904223U;
  x += y * z;
  y += z * x;
  z += x * y;
  x ^= x >> 16U;
  y ^= y >> 16U;
  z ^= z >> 16U;
  x += y * z;
  y += z * x;
  z += x * y;
  return {x, y, z};
}

double open_unit(std::uint32_t x, std::uint32_t y) {
  constexpr double kLargest = 1.0 - 0x1p-53;
  return std::min((x * 0x1p21 + (y >> 11U) + 0.5) * 0x1p-53, kLargest);
}

double draw_uniform(std::uint32_t seed, std::uint32_t draw, std::uint32_t slot) {
  const auto [x, y, z] = pcg3d({seed, draw, slot});
  return open_unit(x, y);
}

}  // namespace edgeeval::economics
