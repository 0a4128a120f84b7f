// SPDX-License-Identifier: Apache-2.0
#include "workload/permutation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace edgeeval {
namespace {

std::vector<std::uint32_t> pass_of(std::uint64_t seed, std::uint32_t count, std::uint64_t pass) {
  std::vector<std::uint32_t> order;
  for (std::uint64_t i = 0; i < count; ++i) order.push_back(prompt_at(seed, count, pass * count + i));
  return order;
}

TEST(Permutation, EachPassHoldsEveryPromptOnce) {
  for (const std::uint32_t count : {1U, 2U, 3U, 5U, 63U, 64U, 65U, 66U, 100U, 257U, 1000U, 4097U}) {
    for (const std::uint64_t pass : {0U, 1U, 2U, 1'000'000U}) {
      auto order = pass_of(7, count, pass);
      std::sort(order.begin(), order.end());
      for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(order[i], i) << count << " pass " << pass;
    }
  }
}

TEST(Permutation, DiffersByPassAndSeed) {
  for (const std::uint32_t count : {50U, 500U}) {
    std::set<std::vector<std::uint32_t>> seen;
    for (std::uint64_t pass = 0; pass < 20; ++pass) seen.insert(pass_of(1, count, pass));
    for (std::uint64_t seed = 2; seed < 22; ++seed) seen.insert(pass_of(seed, count, 0));
    EXPECT_EQ(seen.size(), 40U);
  }
}

TEST(Permutation, AllOrdersOfFewPromptsAreEquallyLikely) {
  // 24 orders of 4 prompts over 24,000 passes: chi squared with 23 degrees of freedom is below 49.7 in 99.9 %
  // of all fair shuffles.
  std::map<std::vector<std::uint32_t>, int> seen;
  for (std::uint64_t pass = 0; pass < 24'000; ++pass) ++seen[pass_of(3, 4, pass)];
  ASSERT_EQ(seen.size(), 24U);
  double chi = 0.0;
  for (const auto& [order, times] : seen) chi += (times - 1000.0) * (times - 1000.0) / 1000.0;
  EXPECT_LT(chi, 49.7);
}

TEST(Permutation, PlacesOfManyPromptsAreEquallyLikely) {
  // Where prompts 0…99 of 100 land over 20,000 passes, by ciphering: 9,801 degrees of freedom, mean 9,801 and
  // standard deviation 140.
  constexpr std::uint32_t kCount = 100;
  constexpr std::uint64_t kPasses = 20'000;
  std::vector<std::array<int, kCount>> seen(kCount);
  for (std::uint64_t pass = 0; pass < kPasses; ++pass)
    for (std::uint32_t i = 0; i < kCount; ++i) ++seen[i].at(prompt_at(11, kCount, pass * kCount + i));
  double chi = 0.0;
  for (const auto& row : seen)
    for (const int times : row) chi += (times - 200.0) * (times - 200.0) / 200.0;
  EXPECT_NEAR(chi, 9801.0, 4.0 * 140.0);
}

TEST(Permutation, NeighboursAreNotKeptTogether) {
  // In a random order of 1,000, prompts k and k+1 follow each other once a pass in the mean (999 pairs, each
  // with chance 1/1000).
  int together = 0;
  constexpr int kPasses = 2000;
  for (std::uint64_t pass = 0; pass < kPasses; ++pass) {
    const auto order = pass_of(5, 1000, pass);
    for (std::size_t i = 1; i < order.size(); ++i) together += order[i] == order[i - 1] + 1 ? 1 : 0;
  }
  EXPECT_NEAR(together, kPasses, 4.0 * std::sqrt(kPasses));
}

TEST(Permutation, WorksFarOut) {
  constexpr std::uint64_t kFar = std::uint64_t{1} << 62U;
  EXPECT_LT(prompt_at(1, 4'000'000'000U, kFar), 4'000'000'000U);
  EXPECT_NE(prompt_at(1, 4'000'000'000U, kFar), prompt_at(1, 4'000'000'000U, kFar + 1));
}

}  // namespace
}  // namespace edgeeval
