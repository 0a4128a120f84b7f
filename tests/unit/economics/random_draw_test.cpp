// SPDX-License-Identifier: Apache-2.0
#include "economics/random_draw.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "economics/uncertainty.hpp"

namespace edgeeval::economics {
namespace {

using Words = std::array<std::uint32_t, 3>;
constexpr std::uint32_t kAll = 0xffffffffU;

// The published steps worked through with unbounded integers and a mask.
TEST(Pcg3d, GivesThePublishedHash) {
  EXPECT_EQ(pcg3d({0, 0, 0}), (Words{0x9bafd7c6, 0xa8e88a6b, 0x3f15482c}));
  EXPECT_EQ(pcg3d({1, 2, 3}), (Words{0xfa9f79a6, 0x48f2f44c, 0x596f5ab1}));
  EXPECT_EQ(pcg3d({kAll, kAll, kAll}), (Words{0xa5f48f40, 0xa4533e83, 0x515b8a62}));
  EXPECT_EQ(pcg3d({7, 9999, 1003}), (Words{0x1717473a, 0xd1ddf677, 0x964a1c3c}));
}

TEST(OpenUnit, StaysBetweenZeroAndOne) {
  EXPECT_EQ(open_unit(0, 0), 0x1p-54);
  EXPECT_EQ(open_unit(kAll, kAll), 1.0 - 0x1p-53) << "the sum alone would round to 1";
  EXPECT_EQ(open_unit(0x80000000U, 0), 0.5) << "a half less than the last place there is";
  EXPECT_EQ(open_unit(0x40000000U, 0x800U), 0.25 + 1.5 * 0x1p-53);
}

TEST(DrawUniform, IsTheHashOfSeedDrawAndSlot) {
  EXPECT_EQ(draw_uniform(0, 0, 0), 0.608151899338653);
  EXPECT_EQ(draw_uniform(1, 2, 3), 0.9789958983391889);
  EXPECT_EQ(draw_uniform(1, 0, 100005), 0.6037501237208269);
  EXPECT_EQ(draw_uniform(7, 9999, 1003), 0.09019894777326681);
}

TEST(DrawUniform, FillsTheUnitEvenlyAndWithoutTiesBetweenSlots) {
  constexpr int kDraws = 100'000;
  std::array<int, 20> bins{};
  double product = 0.0, sum = 0.0;
  for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
    const double u = draw_uniform(3, draw, 11), v = draw_uniform(3, draw, 12);
    ++bins.at(static_cast<std::size_t>(u * 20.0));
    sum += u;
    product += (u - 0.5) * (v - 0.5);
  }
  // Five standard errors: 1/√12n of the mean, √(n·0.05·0.95) of a bin, 1/12√n of the product.
  EXPECT_NEAR(sum / kDraws, 0.5, 5.0 / std::sqrt(12.0 * kDraws));
  EXPECT_NEAR(product / kDraws, 0.0, 5.0 / 12.0 / std::sqrt(kDraws));
  for (const int bin : bins) EXPECT_NEAR(bin, 5000, 5.0 * std::sqrt(kDraws * 0.05 * 0.95));
}

}  // namespace
}  // namespace edgeeval::economics
