// SPDX-License-Identifier: Apache-2.0
#include "stats/float_ranks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

struct Weighted {
  float value;
  std::uint64_t weight;
};

FloatRanks ranked(const std::vector<Weighted>& values, const std::vector<std::uint64_t>& wanted) {
  FloatRanks ranks;
  for (const auto& [value, weight] : values) ranks.count(value, weight);
  ranks.want(wanted);
  for (const auto& [value, weight] : values) ranks.refine(value, weight);
  return ranks;
}

TEST(FloatRanks, GiveExactlyWhatSortingGives) {
  SplitMix64 random(7);
  std::vector<Weighted> values;
  std::vector<float> expanded;
  for (int i = 0; i < 5000; ++i) {
    // From nothing to 1e12, many of them close together.
    const auto base = static_cast<float>(random.below(1000));
    const float value = i % 3 == 0 ? 2e7F + base : base * base * base * base;
    const auto weight = 1 + random.below(4);
    values.push_back({value, weight});
    expanded.insert(expanded.end(), weight, value);
  }
  std::sort(expanded.begin(), expanded.end());
  std::vector<std::uint64_t> wanted;
  for (std::uint64_t rank = 0; rank < expanded.size(); rank += 97) wanted.push_back(rank);
  const auto ranks = ranked(values, wanted);
  EXPECT_EQ(ranks.total(), expanded.size());
  for (const auto rank : wanted) EXPECT_EQ(ranks.at(rank), expanded[rank]) << rank;
}

TEST(FloatRanks, SortBucketsThatHoldLittleAndCountThoseThatHoldMuch) {
  SplitMix64 random(11);
  std::vector<Weighted> values;
  std::vector<float> expanded;
  // Three buckets: one of 400 values, many of them alike, one of 2,000, and one heavy value.
  const auto put = [&](float value, std::uint64_t weight) {
    values.push_back({value, weight});
    expanded.insert(expanded.end(), weight, value);
  };
  for (int i = 0; i < 400; ++i) put(1.0F + static_cast<float>(random.below(50)) * 1e-6F, 1);
  for (int i = 0; i < 2000; ++i) put(2.0F + static_cast<float>(random.below(5000)) * 1e-6F, 1);
  put(4.5F, 600);
  std::sort(expanded.begin(), expanded.end());
  std::vector<std::uint64_t> wanted(expanded.size());
  for (std::uint64_t i = 0; i < wanted.size(); ++i) wanted[i] = i;
  const auto ranks = ranked(values, wanted);
  for (const auto rank : wanted) ASSERT_EQ(ranks.at(rank), expanded[rank]) << rank;
}

TEST(FloatRanks, TellNeighbouringFloatsApart) {
  const float one = 1.0F;
  const float next = std::nextafter(one, 2.0F);
  const auto ranks = ranked({{next, 3}, {one, 2}}, {1, 2});
  EXPECT_EQ(ranks.at(1), one);
  EXPECT_EQ(ranks.at(2), next);
}

TEST(FloatRanks, TakeARankBeyondTheEndAsTheLast) {
  const auto ranks = ranked({{4.0F, 1}, {9.0F, 1}}, {100});
  EXPECT_EQ(ranks.at(100), 9.0F);
}

}  // namespace
}  // namespace edgeeval
