// SPDX-License-Identifier: Apache-2.0
// Intervals of the figures of which a window has one each.
#include <gtest/gtest.h>

#include <vector>

#include "serving/summary.hpp"
#include "stats/block_bootstrap.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::figure;
using testing::LoadBuilder;
using testing::steady_load;
using testing::summarised;

/// Its figure over the whole, which must have bounds on both sides of its value.
Fact bounded(const ServingSummary& summary, const std::string& metric) {
  const auto* const found = figure(summary, metric);
  if (found == nullptr || !found->fact || !found->fact->lo || !found->fact->hi) {
    ADD_FAILURE() << metric << " has no interval";
    return {};
  }
  EXPECT_LE(*found->fact->lo, found->fact->value + 1e-9) << metric;
  EXPECT_GE(*found->fact->hi, found->fact->value - 1e-9) << metric;
  return *found->fact;
}

TEST(Intervals, OfTheShareFromTheCacheComeFromBlocksOfReplies) {
  auto builder = steady_load(100);
  std::vector<double> cached;
  std::vector<double> prompts;
  for (std::size_t i = 0; i < 100; ++i) {
    builder.requests()[i].cached_tokens = i % 3 == 0 ? 20 : 0;
    builder.requests()[i].prompt_tokens = i % 2 == 0 ? 30 : 50;
    cached.push_back(i % 3 == 0 ? 20.0 : 0.0);
    prompts.push_back(i % 2 == 0 ? 30.0 : 50.0);
  }
  const auto share = bounded(summarised(builder), "cache_hit_share");
  EXPECT_DOUBLE_EQ(share.value, 34.0 * 20.0 / (50.0 * 30.0 + 50.0 * 50.0));
  // Below one in flight, so that blocks are as long as the number of replies alone makes them.
  const auto expected = block_ratio_interval(cached, prompts, block_length(100, 1.0), {2000, 1});
  ASSERT_TRUE(expected);
  EXPECT_DOUBLE_EQ(*share.lo, expected->lo);
  EXPECT_DOUBLE_EQ(*share.hi, expected->hi);
  EXPECT_LT(expected->lo, expected->hi);
}

TEST(Intervals, OfTokensAChunkComeFromBlocksOfReplies) {
  LoadBuilder builder;
  std::vector<double> tokens;
  for (int i = 0; i < 60; ++i) {
    const double at = 100.0 * i;
    const int second = 1 + i % 7 / 2;
    builder.request(at, at, at + 50.0).completion_tokens = 1 + second;
    builder.event(at + 10.0, EventClass::content, 1).event(at + 40.0, EventClass::content, second);
    tokens.push_back(1.0 + second);
  }
  const auto chunk = bounded(summarised(builder), "tokens_per_chunk");
  // Of each seven replies two have 1, 2 or 3 tokens in their second chunk and one has 4; the last four 1, 1,
  // 2, 2.
  EXPECT_DOUBLE_EQ(chunk.value, (60.0 + 8.0 * 16.0 + 6.0) / 120.0);
  const auto expected =
      block_ratio_interval(tokens, std::vector<double>(60, 2.0), block_length(60, 1.0), {2000, 1});
  ASSERT_TRUE(expected);
  EXPECT_DOUBLE_EQ(*chunk.lo, expected->lo);
  EXPECT_DOUBLE_EQ(*chunk.hi, expected->hi);
  EXPECT_LT(expected->lo, expected->hi);
}

TEST(Intervals, OfRequestsInFlightAreNarrowWhereTheyAreAlwaysAsMany) {
  const auto full = bounded(summarised(steady_load(100, 111.0)), "concurrency");
  EXPECT_NEAR(full.value, 1.0, 1e-9);
  EXPECT_NEAR(*full.lo, 1.0, 1e-9);
  EXPECT_NEAR(*full.hi, 1.0, 1e-9);
  // In flight for a half of the time, by stretches of ten requests: all of it, then a third.
  LoadBuilder builder;
  double at = 0.0;
  for (int i = 0; i < 100; ++i) {
    builder.request(at, at, at + 100.0).completion_tokens = 1;
    builder.event(at + 50.0, EventClass::content, 1);
    at += (i / 10) % 2 == 0 ? 100.0 : 300.0;
  }
  const auto half = bounded(summarised(builder), "concurrency");
  EXPECT_NEAR(half.value, 0.5, 0.01);
  EXPECT_LT(*half.lo, 0.45);
  EXPECT_GT(*half.hi, 0.55);
  EXPECT_GT(*half.lo, 0.33);
  EXPECT_LT(*half.hi, 1.0);
}

TEST(Intervals, OfAllTokensAreThoseOfOutputTokensInProportionWherePromptsAreAsLongAsReplies) {
  // A reply is one token at the very moment its prompt counts, so that both rise and fall together.
  LoadBuilder builder;
  double at = 0.0;
  for (int i = 0; i < 100; ++i) {
    auto& request = builder.request(at, at, at + 50.0);
    request.completion_tokens = 1;
    request.prompt_tokens = 3;
    builder.event(at + 40.0, EventClass::content, 1);
    at += i % 7 < 3 ? 60.0 : 200.0;
  }
  const auto summary = summarised(builder);
  const auto output = bounded(summary, "output_rate");
  const auto total = bounded(summary, "total_rate");
  EXPECT_NEAR(total.value, 4.0 * output.value, 1e-9);
  EXPECT_NEAR(*total.lo, 4.0 * *output.lo, 1e-9);
  EXPECT_NEAR(*total.hi, 4.0 * *output.hi, 1e-9);
  EXPECT_LT(*total.lo, *total.hi);
}

TEST(Intervals, AreAbsentWhereThereAreTooFewStretches) {
  const auto summary = summarised(steady_load(10));
  for (const char* const metric : {"total_rate", "concurrency"})
    EXPECT_FALSE(figure(summary, metric)->fact->lo.has_value()) << metric;
}

}  // namespace
}  // namespace edgeeval
