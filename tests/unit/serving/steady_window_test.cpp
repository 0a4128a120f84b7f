// SPDX-License-Identifier: Apache-2.0
// When a load has a steady window, and where it lies.
#include <gtest/gtest.h>

#include "serving/summary.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::figure;
using testing::LoadBuilder;
using testing::steady_load;
using testing::summarised;

TEST(SteadyWindow, CutsTheStartOfALoadThatSettles) {
  // One in flight: the first ten replies take 600 ms more, the other 90 are alike.
  LoadBuilder builder;
  double at = 0.0;
  for (int i = 0; i < 100; ++i) {
    const double extra = i < 10 ? 600.0 : 0.1 * (i % 3);
    builder.request(at, at, at + 100.0 + extra).completion_tokens = 2;
    builder.event(at + 50.0 + extra, EventClass::content, 1).event(at + 90.0 + extra, EventClass::content, 1);
    at += 100.0 + extra;
  }
  const auto summary = summarised(builder);
  ASSERT_TRUE(summary.steady.has_value());
  EXPECT_EQ(summary.steady->begin_ns, testing::ms(7000.0));
  EXPECT_EQ(summary.steady->end_ns, *builder.requests().back().issued_ns);
  EXPECT_EQ(figure(summary, "ttft_service", "steady")->distribution->count, 90U);
  EXPECT_EQ(figure(summary, "ttft_service")->distribution->count, 100U);
  EXPECT_NEAR(figure(summary, "output_rate", "steady")->fact->value, 20.0, 0.5);
  EXPECT_LT(figure(summary, "output_rate")->fact->value, 13.0);
}

TEST(SteadyWindow, HasNoSteadyWindowWhereThereAreTooFew) {
  const auto summary = summarised(steady_load(30));
  EXPECT_FALSE(summary.steady.has_value());
  EXPECT_NE(summary.steady_absent.find("fewer than 50"), std::string::npos);
  EXPECT_EQ(figure(summary, "icg", "steady"), nullptr);
  const auto* const rate = figure(summary, "output_rate", "steady");
  ASSERT_NE(rate, nullptr);
  EXPECT_FALSE(rate->fact.has_value());
  EXPECT_EQ(rate->absent, "no steady window: " + summary.steady_absent);
}

/// 64 in flight, all of 40 ms and each taken up again at once: `rounds` bursts of 64 completions, 0.02 ms
/// apart. (Replies of equal length to the last bit would leave the start of a load to the rounding of sums.)
LoadBuilder bursts(int rounds) {
  LoadBuilder builder(64);
  for (int i = 0; i < 64 * rounds; ++i) {
    const double at = 40.0 * (i / 64) + 0.02 * (i % 64);
    builder.request(at, at, at + 40.0 + 0.01 * (i % 3)).completion_tokens = 1;
    builder.event(at + 39.0, EventClass::content, 1);
  }
  return builder;
}

TEST(SteadyWindow, TakesNoBurstForASteadyWindow) {
  // 64 completions within 1.26 ms, before the last of the second round is sent: 50,000 a second, though the
  // server does 64 in 40 ms.
  const auto summary = summarised(bursts(2));
  EXPECT_FALSE(summary.steady.has_value());
  EXPECT_NE(summary.steady_absent.find("are fewer than 20 times a request's 40.0"), std::string::npos)
      << summary.steady_absent;
  EXPECT_FALSE(figure(summary, "request_rate", "steady")->fact.has_value());
  EXPECT_NEAR(figure(summary, "request_rate")->fact->value, 128.0 / 0.08126, 2.0);
  // 21 times as long as a request it is right within what 20 times promises, and not there just below it.
  const auto longer = summarised(bursts(22));
  ASSERT_TRUE(longer.steady.has_value()) << longer.steady_absent;
  EXPECT_NEAR(figure(longer, "request_rate", "steady")->fact->value, 1600.0, 0.05 * 1600.0);
  EXPECT_FALSE(summarised(bursts(20)).steady.has_value());
}

}  // namespace
}  // namespace edgeeval
