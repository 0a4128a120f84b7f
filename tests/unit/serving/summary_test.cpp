// SPDX-License-Identifier: Apache-2.0
#include "serving/summary.hpp"

#include <gtest/gtest.h>

#include <set>

#include "catalog/serving_metrics.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::figure;
using testing::LoadBuilder;
using testing::steady_load;
using testing::summarised;

/// The mean of a distribution that must be there.
double mean_of(const ServingSummary& summary, const std::string& metric) {
  const auto* const found = figure(summary, metric);
  if (found == nullptr || !found->distribution) return -1.0;
  return found->distribution->mean;
}

/// One request with a head, a role, two reasoning tokens and bundles: due at 0, sent at 5, closed at 130.
LoadBuilder one_of_everything() {
  LoadBuilder builder;
  auto& request = builder.request(0.0, 5.0, 130.0);
  request.connect_begun_ns = testing::ms(1.0);
  request.connected_ns = testing::ms(4.0);
  request.headers_ns = testing::ms(20.0);
  request.completion_tokens = 8;
  request.prompt_tokens = 40;
  request.cached_tokens = 10;
  builder.event(21.0, EventClass::role)
      .event(30.0, EventClass::reasoning, 2)
      .event(50.0, EventClass::reasoning, 1)
      .event(90.0, EventClass::content, 4)
      .event(100.0, EventClass::content, 1)
      .event(101.0, EventClass::finish)
      .event(102.0, EventClass::usage)
      .event(103.0, EventClass::done);
  return builder;
}

TEST(Summary, DerivesEachLatencyFromItsStamps) {
  const auto summary = summarised(one_of_everything());
  EXPECT_DOUBLE_EQ(mean_of(summary, "schedule_lag"), 0.005);
  EXPECT_DOUBLE_EQ(mean_of(summary, "connect"), 0.003);
  EXPECT_DOUBLE_EQ(mean_of(summary, "ttfb"), 0.015);
  EXPECT_DOUBLE_EQ(mean_of(summary, "ttfe"), 0.016);
  EXPECT_DOUBLE_EQ(mean_of(summary, "ttft_service"), 0.025);
  EXPECT_DOUBLE_EQ(mean_of(summary, "ttft_user"), 0.030);
  EXPECT_DOUBLE_EQ(mean_of(summary, "ttfo"), 0.085);
  EXPECT_DOUBLE_EQ(mean_of(summary, "ttst"), 0.020);
  EXPECT_DOUBLE_EQ(mean_of(summary, "e2e_service"), 0.095);
  EXPECT_DOUBLE_EQ(mean_of(summary, "e2e_user"), 0.100);
  EXPECT_DOUBLE_EQ(mean_of(summary, "e2e_close_service"), 0.125);
  EXPECT_DOUBLE_EQ(mean_of(summary, "e2e_close_user"), 0.130);
  EXPECT_DOUBLE_EQ(mean_of(summary, "longest_gap"), 0.040);
  EXPECT_DOUBLE_EQ(mean_of(summary, "output_tokens"), 8.0);
  EXPECT_DOUBLE_EQ(mean_of(summary, "prompt_tokens"), 40.0);
  // (100 − 30) ms over 8 tokens less the 2 of the first chunk.
  EXPECT_DOUBLE_EQ(mean_of(summary, "tpot"), 0.070 / 6.0);
}

TEST(Summary, KeepsTheThreeGapsApart) {
  const auto summary = summarised(one_of_everything());
  const auto& icg = *figure(summary, "icg")->distribution;
  EXPECT_EQ(icg.count, 3U);
  EXPECT_NEAR(icg.mean, 0.070 / 3.0, 1e-9);
  EXPECT_NEAR(icg.max, 0.040, 1e-9);
  // Delivered: tokens 2 to 8 waited 0, 20, 40, 0, 0, 0 and 10 ms.
  const auto& delivered = *figure(summary, "itl_delivered")->distribution;
  EXPECT_EQ(delivered.count, 7U);
  EXPECT_NEAR(delivered.mean, 0.010, 1e-9);
  EXPECT_EQ(delivered.quantiles[0].value, 0.0);
  EXPECT_NEAR(delivered.quantiles[1].value, 0.040, 1e-9);
  // Amortised: 20, then 10 four times, then 10.
  const auto& amortised = *figure(summary, "itl_amortised")->distribution;
  EXPECT_EQ(amortised.count, 6U);
  EXPECT_NEAR(amortised.mean, 0.070 / 6.0, 1e-9);
  EXPECT_NEAR(amortised.quantiles[0].value, 0.010, 1e-9);
  EXPECT_NEAR(amortised.max, 0.020, 1e-9);
}

TEST(Summary, CountsEventsByClassAndSharesByTokens) {
  const auto summary = summarised(one_of_everything());
  EXPECT_EQ(summary.events, 8U);
  EXPECT_EQ(summary.token_events, 4U);
  EXPECT_EQ(summary.tokens, 8U);
  EXPECT_EQ(summary.events_by_class.at("reasoning"), 2U);
  EXPECT_EQ(summary.events_by_class.at("usage"), 1U);
  EXPECT_DOUBLE_EQ(figure(summary, "cache_hit_share")->fact->value, 0.25);
  EXPECT_DOUBLE_EQ(figure(summary, "tokens_per_chunk")->fact->value, 2.0);
  // 125 ms from sending to the close.
  EXPECT_DOUBLE_EQ(figure(summary, "output_rate")->fact->value, 8.0 / 0.125);
  EXPECT_DOUBLE_EQ(figure(summary, "total_rate")->fact->value, 48.0 / 0.125);
  EXPECT_DOUBLE_EQ(figure(summary, "request_rate")->fact->value, 8.0);
  EXPECT_DOUBLE_EQ(figure(summary, "concurrency")->fact->value, 1.0);
}

TEST(Summary, LeavesWarmUpOutAndFailuresOutOfLatencies) {
  auto builder = steady_load(4);
  builder.requests()[0].phase = LoadPhase::warmup;
  builder.requests()[1].failure = FailureClass::truncated;
  builder.requests()[1].error = "closed midway";
  const auto summary = summarised(builder);
  EXPECT_EQ(summary.requests, 3U);
  EXPECT_EQ(summary.ok, 2U);
  EXPECT_EQ(summary.failed, 1U);
  EXPECT_EQ(summary.failures.at("truncated"), 1U);
  EXPECT_EQ(summary.failure_examples.at("truncated"), "closed midway");
  EXPECT_EQ(summary.tokens, 20U);
  const auto& ttft = *figure(summary, "ttft_service");
  EXPECT_EQ(ttft.distribution->count, 2U);
  EXPECT_NE(ttft.note.find("1 failed requests are not in it"), std::string::npos);
  EXPECT_EQ(figure(summary, "icg")->distribution->count, 18U);
  EXPECT_NEAR(figure(summary, "error_share")->fact->value, 1.0 / 3.0, 1e-12);
}

TEST(Summary, HasNoTpotOfOneTokenAndCountsIt) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 30.0).completion_tokens = 1;
  builder.event(20.0, EventClass::content, 1);
  builder.request(50.0, 50.0, 90.0).completion_tokens = 2;
  builder.event(70.0, EventClass::content, 1).event(80.0, EventClass::content, 1);
  const auto summary = summarised(builder);
  const auto& tpot = *figure(summary, "tpot")->distribution;
  EXPECT_EQ(tpot.count, 1U);
  EXPECT_EQ(tpot.undefined, 1U);
  EXPECT_DOUBLE_EQ(tpot.mean, 0.010);
}

TEST(Summary, InfersOneTokenAnEventWhereTheCountsAgree) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 60.0).completion_tokens = 3;
  builder.event(10.0, EventClass::content).event(20.0, EventClass::content).event(40.0, EventClass::content);
  const auto summary = summarised(builder);
  const auto& amortised = *figure(summary, "itl_amortised");
  ASSERT_TRUE(amortised.distribution.has_value());
  EXPECT_EQ(amortised.distribution->count, 2U);
  EXPECT_NE(amortised.note.find("in 1 replies the tokens of events follow"), std::string::npos);
  EXPECT_DOUBLE_EQ(mean_of(summary, "tpot"), 0.015);
}

TEST(Summary, TakesAnEndTokenWithoutTextAsNotStreamed) {
  LoadBuilder builder;
  auto& request = builder.request(0.0, 0.0, 60.0);
  request.completion_tokens = 4;
  request.finish_reason = "stop";
  builder.event(10.0, EventClass::content).event(20.0, EventClass::content).event(40.0, EventClass::content);
  const auto summary = summarised(builder);
  EXPECT_EQ(figure(summary, "itl_amortised")->distribution->count, 2U);
  EXPECT_DOUBLE_EQ(mean_of(summary, "tpot"), 0.015);
  EXPECT_DOUBLE_EQ(mean_of(summary, "output_tokens"), 4.0);
}

TEST(Summary, HasNoAmortisedLatencyWhereEventsCannotBeCounted) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 60.0).completion_tokens = 9;
  builder.event(10.0, EventClass::content).event(20.0, EventClass::content).event(40.0, EventClass::content);
  const auto summary = summarised(builder);
  EXPECT_FALSE(figure(summary, "itl_amortised")->distribution.has_value());
  EXPECT_NE(figure(summary, "itl_amortised")->absent.find("1 replies"), std::string::npos);
  // Nine tokens: eight waits, two of them gaps.
  const auto& delivered = *figure(summary, "itl_delivered")->distribution;
  EXPECT_EQ(delivered.count, 8U);
  EXPECT_NEAR(delivered.mean, 0.030 / 8.0, 1e-9);
  EXPECT_DOUBLE_EQ(mean_of(summary, "tpot"), 0.030 / 8.0);
  EXPECT_NE(figure(summary, "tpot")->note.find("taken as one"), std::string::npos);
}

TEST(Summary, HasNoOutputRateWhereARepliesTokensAreUnknown) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 60.0);
  builder.event(10.0, EventClass::content).event(20.0, EventClass::content);
  const auto summary = summarised(builder);
  EXPECT_FALSE(figure(summary, "output_rate")->fact.has_value());
  EXPECT_EQ(figure(summary, "output_rate")->absent, "the tokens of 1 replies are not known");
  EXPECT_EQ(figure(summary, "tpot")->absent, "none of 1 replies has it");
}

TEST(Summary, CountsHiddenReasoningInTheReplyAndNotInTheStream) {
  LoadBuilder builder;
  auto& request = builder.request(0.0, 0.0, 60.0);
  request.completion_tokens = 103;
  request.reasoning_tokens = 100;
  builder.event(10.0, EventClass::content).event(20.0, EventClass::content).event(30.0, EventClass::content);
  const auto summary = summarised(builder);
  EXPECT_DOUBLE_EQ(mean_of(summary, "tpot"), 0.010);
  EXPECT_DOUBLE_EQ(mean_of(summary, "output_tokens"), 103.0);
}

TEST(Summary, BoundsQuantilesAndSaysWhereThereAreTooFew) {
  LoadBuilder builder;
  for (int i = 0; i < 100; ++i) {
    builder.request(i * 1000.0, i * 1000.0, i * 1000.0 + 500.0).completion_tokens = 1;
    builder.event(i * 1000.0 + 1.0 + i, EventClass::content, 1);
  }
  const auto summary = summarised(builder);
  const auto& quantiles = figure(summary, "ttft_service")->distribution->quantiles;
  ASSERT_EQ(quantiles.size(), 5U);
  // TTFTs are 1, 2, …, 100 ms: the value is its rank.
  EXPECT_NEAR(quantiles[0].value, 0.050, 1e-12);
  EXPECT_NEAR(*quantiles[0].lo, 0.040, 1e-12);
  EXPECT_NEAR(*quantiles[0].hi, 0.061, 1e-12);
  EXPECT_NEAR(quantiles[1].value, 0.090, 1e-12);
  EXPECT_TRUE(quantiles[1].upper_99.has_value());
  EXPECT_FALSE(quantiles[3].upper_99.has_value());  // p99 takes 662.
  EXPECT_FALSE(quantiles[3].hi.has_value());
}

TEST(Summary, GivesMeansAnInterval) {
  auto builder = steady_load(40);
  const auto summary = summarised(builder);
  const auto& icg = *figure(summary, "icg")->distribution;
  EXPECT_NEAR(icg.mean, 0.010, 1e-9);
  EXPECT_NEAR(*icg.mean_lo, 0.010, 1e-9);
  EXPECT_NEAR(*icg.mean_hi, 0.010, 1e-9);
  EXPECT_EQ(icg.count, 360U);
  EXPECT_NEAR(icg.sd, 0.0, 1e-9);
}

TEST(Summary, PutsFailuresIntoTheDenominatorOfGoodput) {
  auto builder = steady_load(10);
  builder.requests()[3].failure = FailureClass::stalled;
  builder.requests()[7].scheduled_ns -= testing::ms(500.0);  // Its user waited half a second more.
  SummaryOptions options;
  options.objectives = *parse_objectives("ttft_p99=200ms,tpot=20ms");
  const auto summary = summarised(builder, options);
  EXPECT_DOUBLE_EQ(figure(summary, "goodput_share")->fact->value, 0.8);
  const double length = 9 * 0.120 + 0.111;
  EXPECT_NEAR(figure(summary, "goodput_requests")->fact->value, 8.0 / length, 1e-9);
  EXPECT_NEAR(figure(summary, "goodput_tokens")->fact->value, 80.0 / length, 1e-9);
  options.objectives = *parse_objectives("itl=9ms");
  EXPECT_DOUBLE_EQ(figure(summarised(builder, options), "goodput_share")->fact->value, 0.0);
  options.objectives = *parse_objectives("itl=10.001ms");
  EXPECT_DOUBLE_EQ(figure(summarised(builder, options), "goodput_share")->fact->value, 0.9);
}

TEST(Summary, TellsTheErrorOfItsStamps) {
  auto builder = steady_load(20);
  const auto summary = summarised(builder);
  EXPECT_EQ(summary.stamps, "kernel");
  EXPECT_TRUE(summary.stamp_error_known);
  EXPECT_DOUBLE_EQ(summary.stamp_error_p99_s, 1e-6);  // Half of the pair's 2 µs.
  EXPECT_DOUBLE_EQ(*figure(summary, "ttft_service")->distribution->quantiles[0].stamp_error, 1e-6);
  EXPECT_DOUBLE_EQ(*figure(summary, "icg")->distribution->quantiles[0].stamp_error, 2e-6);
  EXPECT_DOUBLE_EQ(*figure(summary, "tpot")->distribution->quantiles[0].stamp_error, 2e-6 / 9.0);
  EXPECT_FALSE(figure(summary, "schedule_lag")->distribution->quantiles[0].stamp_error.has_value());
}

TEST(Summary, JudgesUserStampsByTheirDelay) {
  auto builder = steady_load(20);
  for (auto& event : builder.events()) event.flags &= static_cast<std::uint8_t>(~kKernelStamp);
  EXPECT_FALSE(summarised(builder).stamp_error_known);
  builder.header().client->user_delay_p50_ns = 10'000.0;
  builder.header().client->user_delay_p99_ns = 900'000.0;
  const auto summary = summarised(builder);
  EXPECT_EQ(summary.stamps, "user");
  EXPECT_DOUBLE_EQ(summary.stamp_error_p99_s, 900e-6);
}

TEST(Summary, TakesCoalescedEventsAsUpperBounds) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 100.0).completion_tokens = 4;
  builder.event(10.0, EventClass::content, 1)
      .event(20.0, EventClass::content, 1)
      .event(50.0, EventClass::content, 1, kCoalesced)
      .event(50.0, EventClass::content, 1, kCoalesced);
  const auto summary = summarised(builder);
  EXPECT_DOUBLE_EQ(figure(summary, "coalesced_share")->fact->value, 0.5);
  // The first of the two may have come up to 30 ms earlier; the stamp is that of the second.
  EXPECT_NEAR(summary.stamp_error_p99_s, 0.030001, 1e-9);
  EXPECT_NEAR(summary.stamp_error_p50_s, 1e-6, 1e-12);
}

TEST(Summary, TakesTheLastTokenOfAReadAsExact) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 100.0).completion_tokens = 2;
  builder.event(40.0, EventClass::role, std::nullopt, kCoalesced)
      .event(40.0, EventClass::content, 1, kCoalesced)
      .event(50.0, EventClass::ping)
      .event(60.0, EventClass::content, 1, kCoalesced)
      .event(60.0, EventClass::finish, std::nullopt, kCoalesced);
  const auto summary = summarised(builder);
  EXPECT_DOUBLE_EQ(figure(summary, "coalesced_share")->fact->value, 1.0);
  EXPECT_DOUBLE_EQ(summary.stamp_error_p50_s, 1e-6);  // Half of the pair's 2 µs.
  EXPECT_DOUBLE_EQ(summary.stamp_error_p99_s, 1e-6);
}

TEST(Summary, BoundsATokenWhoseReadHeldTheBeginningOfTheNext) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 100.0).completion_tokens = 2;
  builder.event(50.0, EventClass::content, 1).event(60.0, EventClass::content, 1, kSplit);
  const auto summary = summarised(builder);
  EXPECT_NEAR(summary.stamp_error_p99_s, 0.050001, 1e-9);  // Since the request was sent.
  EXPECT_NEAR(summary.stamp_error_p50_s, 1e-6, 1e-12);
}

TEST(Summary, LeavesOutEventsOfNoRequest) {
  auto builder = steady_load(3);
  builder.events()[0].request = 99;
  const auto summary = summarised(builder);
  EXPECT_EQ(summary.events, 29U);
  ASSERT_EQ(summary.warnings.size(), 1U);
  EXPECT_NE(summary.warnings[0].find("1 events belong to no recorded request"), std::string::npos);
}

TEST(Summary, FindsRequestsWhoseIndicesHaveGaps) {
  auto builder = steady_load(3);
  builder.requests().erase(builder.requests().begin() + 1);
  const auto summary = summarised(builder);
  EXPECT_EQ(summary.requests, 2U);
  EXPECT_EQ(summary.events, 20U);
}

TEST(Summary, OfNothingHasReasonsAndNoNumbers) {
  const auto summary = summarised(LoadBuilder());
  EXPECT_FALSE(summary.steady.has_value());
  ASSERT_FALSE(summary.figures.empty());
  for (const auto& each : summary.figures) {
    EXPECT_FALSE(each.fact.has_value()) << each.metric;
    EXPECT_FALSE(each.distribution.has_value()) << each.metric;
    EXPECT_FALSE(each.absent.empty()) << each.metric;
  }
}

TEST(Summary, HasDensityOfTheEnginesMemory) {
  auto builder = steady_load(60);
  EXPECT_NE(figure(summarised(builder), "density", "steady")->absent, "");
  SummaryOptions options;
  options.resident_gb = 2.0;
  options.resident_source = "VmHWM";
  const auto summary = summarised(builder, options);
  EXPECT_DOUBLE_EQ(figure(summary, "density", "steady")->fact->value,
                   figure(summary, "output_rate", "steady")->fact->value / 2.0);
}

TEST(MetricTable, NamesEachMetricOnceAndSaysWhatItIs) {
  std::set<std::string_view> ids;
  for (const auto& metric : serving_metrics()) {
    EXPECT_TRUE(ids.insert(metric.id).second) << metric.id;
    EXPECT_FALSE(metric.definition.empty()) << metric.id;
    EXPECT_FALSE(metric.source.empty()) << metric.id;
    EXPECT_EQ(find_serving_metric(metric.id), &metric);
  }
  EXPECT_EQ(find_serving_metric("nothing"), nullptr);
}

TEST(MetricTable, HoldsEveryFigureOfASummary) {
  for (const auto& each : summarised(steady_load(5)).figures)
    EXPECT_NE(find_serving_metric(each.metric), nullptr) << each.metric;
}

}  // namespace
}  // namespace edgeeval
