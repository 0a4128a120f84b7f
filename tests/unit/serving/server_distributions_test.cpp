// SPDX-License-Identifier: Apache-2.0
#include "serving/server_distributions.hpp"

#include <gtest/gtest.h>

#include "loads.hpp"

namespace edgeeval {
namespace {

using testing::LoadBuilder;
using testing::steady_load;

std::vector<ServerDistribution> server_side(const LoadBuilder& builder) {
  auto load = builder.build();
  auto checks = check_server_distributions(load);
  EXPECT_TRUE(checks.has_value());
  return checks ? std::move(*checks) : std::vector<ServerDistribution>();
}

/// Ten requests as steady_load has them: first token after 20 ms, nine gaps of 10 ms, last token after 110
/// ms. The first is warm-up, which a server's histograms hold as well.
LoadBuilder ten() {
  auto builder = steady_load(10);
  builder.requests().front().phase = LoadPhase::warmup;
  return builder;
}

TEST(ServerDistributions, HistogramsAreHeldAgainstTheWire) {
  auto builder = ten();
  builder.header().histograms = {
      {"vllm:time_to_first_token_seconds", 10, 0.180, {{0.01, 0}, {0.02, 9}, {0.04, 10}}},
      {"vllm:inter_token_latency_seconds", 90, 0.9, {{0.005, 0}, {0.0075, 89}, {1.0, 90}}},
      {"vllm:e2e_request_latency_seconds", 10, 1.1, {{0.05, 4}, {0.1, 9}}},
      {"vllm:request_prompt_tokens", 10, 300.0, {{50.0, 10}}}};
  const auto checks = server_side(builder);
  ASSERT_EQ(checks.size(), 3U) << "what is no latency has nothing on the wire";
  const auto& first = checks[0];
  EXPECT_EQ(first.name, "vllm:time_to_first_token_seconds");
  EXPECT_EQ(first.wire, "time to first token, from sending");
  EXPECT_EQ(first.server_count, 10U);
  EXPECT_EQ(first.wire_count, 10U) << "warm-up included";
  EXPECT_NEAR(first.server_mean_s, 0.018, 1e-12);
  EXPECT_NEAR(first.wire_mean_s, 0.020, 1e-9);
  ASSERT_EQ(first.quantiles.size(), 3U);
  // Rank 5 of 10 and rank 9 lie in (0.01, 0.02], rank 10 in (0.02, 0.04].
  EXPECT_EQ(first.quantiles[0].p, 0.5);
  EXPECT_EQ(first.quantiles[0].server_lo_s, 0.01);
  EXPECT_EQ(first.quantiles[0].server_hi_s, 0.02);
  EXPECT_NEAR(first.quantiles[0].wire_s, 0.020, 1e-9);
  EXPECT_EQ(first.quantiles[1].server_hi_s, 0.02);
  EXPECT_EQ(first.quantiles[2].server_lo_s, 0.02);
  EXPECT_EQ(first.quantiles[2].server_hi_s, 0.04);

  const auto& between = checks[1];
  EXPECT_EQ(between.wire_count, 90U);
  EXPECT_NEAR(between.wire_mean_s, 0.010, 1e-9);
  EXPECT_NEAR(between.quantiles[0].difference_s(), 0.0025, 1e-9) << "10 ms lie 2.5 ms above its bucket";

  const auto& whole = checks[2];
  EXPECT_NEAR(whole.wire_mean_s, 0.110, 1e-9);
  EXPECT_EQ(whole.quantiles[2].server_lo_s, 0.1);
  EXPECT_FALSE(whole.quantiles[2].server_hi_s) << "above the last bucket there is no bound";
  EXPECT_EQ(whole.quantiles[2].difference_s(), 0.0);
}

TEST(ServerDistributions, ATimeBelowItsBucketIsNegative) {
  EXPECT_NEAR((ServerQuantile{0.5, 0.03, 0.04, 0.02}).difference_s(), -0.01, 1e-12);
  EXPECT_EQ((ServerQuantile{0.5, 0.01, 0.04, 0.02}).difference_s(), 0.0);
}

TEST(ServerDistributions, TimesOfRequestsAreExact) {
  auto builder = ten();
  for (int i = 0; i < 8; ++i)
    builder.header().server_requests.push_back({0.001, 0.018, i < 7 ? std::optional(0.1) : std::nullopt});
  const auto checks = server_side(builder);
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0].name, "first_token_time");
  EXPECT_EQ(checks[0].server_count, 8U) << "the server kept fewer than were sent, and it shows";
  EXPECT_EQ(checks[0].wire_count, 10U);
  EXPECT_EQ(checks[0].quantiles[0].server_lo_s, 0.018);
  EXPECT_EQ(checks[0].quantiles[0].server_hi_s, 0.018);
  EXPECT_NEAR(checks[0].quantiles[0].difference_s(), 0.002, 1e-9);
  EXPECT_EQ(checks[1].server_count, 7U);
  EXPECT_NEAR(checks[1].wire_mean_s - checks[1].server_mean_s, 0.010, 1e-9);
}

TEST(ServerDistributions, AreNoneWhereEitherSideHasNothing) {
  EXPECT_TRUE(server_side(ten()).empty());
  LoadBuilder silent;
  silent.request(0.0, 0.0, 10.0);
  silent.header().histograms = {{"vllm:time_to_first_token_seconds", 1, 0.1, {{1.0, 1}}}};
  EXPECT_TRUE(server_side(silent).empty());
}

}  // namespace
}  // namespace edgeeval
