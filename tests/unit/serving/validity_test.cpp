// SPDX-License-Identifier: Apache-2.0
#include "serving/validity.hpp"

#include <gtest/gtest.h>

#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::checked;
using testing::LoadBuilder;
using testing::ms;
using testing::steady_load;

/// steady_load as an open loop.
LoadBuilder open_load(int count) {
  auto builder = steady_load(count);
  builder.header().concurrency = 0;
  return builder;
}

TEST(Validity, OfACleanLoadIsValid) {
  const auto load = checked(open_load(700));
  EXPECT_TRUE(load.validity.valid);
  for (const auto& check : load.validity.checks) {
    EXPECT_NE(check.verdict, CheckVerdict::failed) << check.id << ": " << check.found;
    EXPECT_NE(check.verdict, CheckVerdict::warned) << check.id << ": " << check.found;
    EXPECT_FALSE(check.found.empty()) << check.id;
    EXPECT_TRUE(check.advice.empty()) << check.id;
  }
}

TEST(Validity, FailsRequestsThatWereSentLate) {
  auto builder = open_load(100);
  for (int i = 0; i < 5; ++i) builder.requests()[static_cast<std::size_t>(10 * i)].scheduled_ns -= ms(2.0);
  const auto load = checked(builder);
  EXPECT_EQ(load["schedule-lag"], CheckVerdict::failed);
  EXPECT_NEAR(*load.check("schedule-lag").value, 0.002, 1e-12);
  EXPECT_DOUBLE_EQ(*load.check("schedule-lag").limit, 0.001);
  EXPECT_FALSE(load.validity.valid);
  builder.header().concurrency = 1;
  EXPECT_EQ(checked(builder)["schedule-lag"], CheckVerdict::warned);
}

TEST(Validity, LetsLagGrowWithTheTimeToTheFirstToken) {
  auto builder = open_load(100);
  for (auto& request : builder.requests()) request.scheduled_ns -= ms(2.0);
  ValidityLimits limits;
  limits.lag_share = 0.2;  // Of 20 ms.
  EXPECT_EQ(checked(builder, limits)["schedule-lag"], CheckVerdict::passed);
}

TEST(Validity, FailsARateThatWasNotAchieved) {
  auto builder = open_load(100);
  for (std::size_t i = 0; i < 100; ++i)
    builder.requests()[i].scheduled_ns = ms(118.0 * static_cast<double>(i));
  const auto load = checked(builder);
  EXPECT_EQ(load["rate"], CheckVerdict::failed);
  EXPECT_NEAR(*load.check("rate").value, 1.0 - 118.0 / 120.0, 1e-9);
  EXPECT_EQ(checked(open_load(100))["rate"], CheckVerdict::passed);
  EXPECT_EQ(checked(steady_load(100))["rate"], CheckVerdict::not_checked);
}

TEST(Validity, FailsASaturatedClient) {
  auto builder = steady_load(20);
  builder.header().client->cpu_s = 1.7;
  builder.header().client->threads = 2;
  EXPECT_EQ(checked(builder)["client-saturation"], CheckVerdict::failed);
  builder.header().client->threads = 3;
  EXPECT_EQ(checked(builder)["client-saturation"], CheckVerdict::passed);
  builder.header().client.reset();
  EXPECT_EQ(checked(builder)["client-saturation"], CheckVerdict::not_checked);
}

TEST(Validity, WarnsOfAClientThatWaitedForItsCore) {
  auto builder = steady_load(20);
  auto& client = *builder.header().client;
  client.threads = 2;
  client.core_wait_s = 0.05 * client.wall_s * client.threads;
  EXPECT_EQ(checked(builder)["client-saturation"], CheckVerdict::passed);
  client.core_wait_s = 0.25 * client.wall_s * client.threads;
  const auto waited = checked(builder);
  EXPECT_EQ(waited["client-saturation"], CheckVerdict::warned);
  EXPECT_NE(waited.check("client-saturation").found.find("25.0 % of it other programs"), std::string::npos);
  EXPECT_NE(waited.check("client-saturation").advice.find("--cpus"), std::string::npos);
}

TEST(Validity, FailsTokensThatShareReads) {
  auto builder = steady_load(10);  // 100 token events, ten a reply.
  auto& events = builder.events();
  const auto join = [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i <= last; ++i) {
      events[i].flags |= kCoalesced;
      events[i].read = events[first].read;
    }
  };
  join(0, 9);    // Nine came with an earlier one.
  join(10, 11);  // The tenth.
  EXPECT_EQ(checked(builder)["coalesced"], CheckVerdict::passed);
  join(10, 12);
  EXPECT_EQ(checked(builder)["coalesced"], CheckVerdict::failed);
}

TEST(Validity, LetsTokensShareReadsWithWhatCarriesNone) {
  auto builder = steady_load(10);
  for (auto& event : builder.events()) event.flags |= kCoalesced;
  EXPECT_EQ(checked(builder)["coalesced"], CheckVerdict::passed);
}

TEST(Validity, FailsClockStepsAndLostEvents) {
  auto builder = steady_load(10);
  EXPECT_EQ(checked(builder)["clock-step"], CheckVerdict::passed);
  EXPECT_EQ(checked(builder)["lost-events"], CheckVerdict::passed);
  builder.header().client->clock_steps = 1;
  builder.header().client->lost_events = 3;
  EXPECT_EQ(checked(builder)["clock-step"], CheckVerdict::failed);
  EXPECT_EQ(checked(builder)["lost-events"], CheckVerdict::failed);
}

TEST(Validity, FailsStampsInAnImpossibleOrder) {
  auto builder = steady_load(10);
  builder.events()[5].kernel_ns = builder.events()[4].kernel_ns - 1'001;
  EXPECT_EQ(checked(builder)["stamp-order"], CheckVerdict::failed);
  // The map between the two clocks moves by nanoseconds from one reading of them to the next.
  builder.events()[5].kernel_ns = builder.events()[4].kernel_ns - 10;
  EXPECT_EQ(checked(builder)["stamp-order"], CheckVerdict::passed);
  auto early = steady_load(10);
  early.requests()[4].headers_ns = ms(4 * 120.0 + 25.0);  // The first event came at 20 ms.
  EXPECT_EQ(checked(early)["stamp-order"], CheckVerdict::failed);
}

/// Streams of ten events; of each `every`-th reply four gaps are 40 ms with the next chunk at once.
LoadBuilder comb_load(int count, int every) {
  LoadBuilder builder;
  for (int i = 0; i < count; ++i) {
    double at = i * 400.0;
    builder.request(at, at, at + 390.0).completion_tokens = 10;
    at += 15.0;
    for (int k = 0; k < 10; ++k) {
      builder.event(at, EventClass::content, 1);
      at += i % every == 0 && k < 8 ? (k % 2 == 0 ? 41.0 : 0.2) : 20.0;
    }
  }
  return builder;
}

TEST(Validity, NamesChunksHeldBackForFortyMilliseconds) {
  const auto all = checked(comb_load(50, 1));
  EXPECT_EQ(all["nagle"], CheckVerdict::failed);
  EXPECT_NEAR(*all.check("nagle").value, 4.0 / 9.0, 1e-6);
  EXPECT_EQ(checked(comb_load(50, 10))["nagle"], CheckVerdict::warned);
  EXPECT_EQ(checked(comb_load(50, 1000))["nagle"], CheckVerdict::passed);
}

TEST(Validity, DoesNotTakeAStepOfFortyMillisecondsForAComb) {
  LoadBuilder builder;
  for (int i = 0; i < 50; ++i) {
    builder.request(i * 500.0, i * 500.0, i * 500.0 + 480.0).completion_tokens = 10;
    builder.stream(i * 500.0 + 60.0, 40.0, 10);
  }
  EXPECT_EQ(checked(builder)["nagle"], CheckVerdict::passed);
}

TEST(Validity, NamesFirstTokensAtFortyMilliseconds) {
  LoadBuilder builder;
  for (int i = 0; i < 60; ++i) {
    const double at = i * 300.0;
    const double first = i % 3 == 0 ? 40.5 : 5.0 + 0.1 * i;
    builder.request(at, at, at + 250.0).completion_tokens = 10;
    builder.stream(at + first, 20.0, 10);
  }
  EXPECT_EQ(checked(builder)["nagle"], CheckVerdict::warned);
}

TEST(Validity, FailsRepliesThatAreStreamedOnlyInName) {
  LoadBuilder builder;
  for (int i = 0; i < 20; ++i) {
    const double at = i * 1000.0;
    builder.request(at, at, at + 910.0).completion_tokens = 10;
    builder.stream(at + 900.0, 0.5, 10);
  }
  EXPECT_EQ(checked(builder)["synthetic-stream"], CheckVerdict::failed);
  EXPECT_EQ(checked(steady_load(20))["synthetic-stream"], CheckVerdict::passed);
}

TEST(Validity, DoesNotTakeALongPromptForASyntheticStream) {
  LoadBuilder builder;
  for (int i = 0; i < 20; ++i) {
    const double at = i * 9000.0;
    builder.request(at, at, at + 8910.0).completion_tokens = 10;
    builder.stream(at + 8000.0, 20.0, 10);
  }
  EXPECT_EQ(checked(builder)["synthetic-stream"], CheckVerdict::passed);
}

TEST(Validity, WarnsOfRequestsSentTwice) {
  auto builder = steady_load(50);
  builder.requests()[3].attempts = 2;
  EXPECT_EQ(checked(builder)["connections"], CheckVerdict::warned);
  EXPECT_EQ(checked(steady_load(50))["connections"], CheckVerdict::passed);
}

TEST(Validity, WarnsOfCertificatesThatWereNotChecked) {
  auto builder = steady_load(10);
  builder.header().url = "https://server:8443";
  EXPECT_EQ(checked(builder)["tls"], CheckVerdict::passed);
  builder.header().warnings = {"certificates were not checked (--insecure)"};
  EXPECT_EQ(checked(builder)["tls"], CheckVerdict::warned);
}

TEST(Validity, FailsCacheHitsUnlessTheyAreWanted) {
  auto builder = steady_load(20);
  EXPECT_EQ(checked(builder)["cache-hits"], CheckVerdict::not_checked);
  for (auto& request : builder.requests()) request.cached_tokens = 0;
  EXPECT_EQ(checked(builder)["cache-hits"], CheckVerdict::passed);
  builder.requests()[0].cached_tokens = 24;  // Of 600.
  EXPECT_EQ(checked(builder)["cache-hits"], CheckVerdict::failed);
  ValidityLimits limits;
  limits.cache_wanted = true;
  EXPECT_EQ(checked(builder, limits)["cache-hits"], CheckVerdict::passed);
}

/// Twenty prompts asked twice, the second time with `again` ms to the first token instead of 20.
LoadBuilder repeated_load(double again) {
  LoadBuilder builder;
  for (int i = 0; i < 40; ++i) {
    const double at = 200.0 * i;
    auto& request = builder.request(at, at, at + 150.0);
    request.prompt = static_cast<std::uint32_t>(i % 20);
    request.completion_tokens = 10;
    builder.stream(at + (i < 20 ? 20.0 : again) + 0.01 * (i % 7), 10.0, 10);
  }
  return builder;
}

TEST(Validity, FailsPromptsThatAreFasterWhenAskedAgain) {
  EXPECT_EQ(checked(repeated_load(12.0))["repeat-speedup"], CheckVerdict::failed);
  EXPECT_EQ(checked(repeated_load(19.0))["repeat-speedup"], CheckVerdict::passed);
  EXPECT_EQ(checked(steady_load(40))["repeat-speedup"], CheckVerdict::not_checked);
}

TEST(Validity, FailsRepliesShorterThanAskedWhereTheyMayNotEndThemselves) {
  auto builder = steady_load(20);
  EXPECT_EQ(checked(builder)["output-length"], CheckVerdict::not_checked);
  builder.header().settings["ignore_eos"] = "yes";
  EXPECT_EQ(checked(builder)["output-length"], CheckVerdict::passed);
  for (auto& request : builder.requests()) request.asked_tokens = 12;
  EXPECT_EQ(checked(builder)["output-length"], CheckVerdict::failed);
}

TEST(Validity, FailsRepliesThatBecomeLonger) {
  auto builder = steady_load(40);
  EXPECT_EQ(checked(builder)["length-drift"], CheckVerdict::passed);
  for (std::size_t i = 20; i < 40; ++i) builder.requests()[i].completion_tokens = 14;
  EXPECT_EQ(checked(builder)["length-drift"], CheckVerdict::failed);
}

TEST(Validity, WarnsOfCountsThatDisagree) {
  auto builder = steady_load(20);
  EXPECT_EQ(checked(builder)["token-counts"], CheckVerdict::passed);
  builder.requests()[2].completion_tokens = 11;  // An end token without text.
  EXPECT_EQ(checked(builder)["token-counts"], CheckVerdict::passed);
  builder.requests()[2].completion_tokens = 13;
  EXPECT_EQ(checked(builder)["token-counts"], CheckVerdict::warned);
}

TEST(Validity, ComparesTheServersTimesWithTheWires) {
  auto builder = steady_load(20);
  EXPECT_EQ(checked(builder)["server-timings"], CheckVerdict::not_checked);
  ServerTimings timings;
  timings.prompt_ms = 19.0;
  timings.predicted_ms = 100.0;
  for (auto& request : builder.requests()) request.server = timings;
  EXPECT_EQ(checked(builder)["server-timings"], CheckVerdict::passed);
  EXPECT_EQ(checked(builder)["squeezed-gaps"], CheckVerdict::passed);
  timings.prompt_ms = 12.0;
  timings.predicted_ms = 120.0;  // 108 ms for nine tokens; the wire has 90.
  for (auto& request : builder.requests()) request.server = timings;
  const auto load = checked(builder);
  EXPECT_EQ(load["server-timings"], CheckVerdict::warned);
  EXPECT_EQ(load["squeezed-gaps"], CheckVerdict::failed);
  EXPECT_NEAR(*load.check("squeezed-gaps").value, 1.0 - 90.0 / 108.0, 1e-9);
}

TEST(Validity, FailsErrorsBeyondTheLimit) {
  auto builder = steady_load(100);
  builder.requests()[9].failure = FailureClass::stalled;
  EXPECT_EQ(checked(builder)["errors"], CheckVerdict::passed);
  builder.requests()[10].failure = FailureClass::stalled;
  const auto load = checked(builder);
  EXPECT_EQ(load["errors"], CheckVerdict::failed);
  EXPECT_NE(load.check("errors").found.find("stalled 2"), std::string::npos);
  EXPECT_EQ(checked(LoadBuilder())["errors"], CheckVerdict::failed);
}

/// An open loop at 100 requests a second, each 100 ms in the system; every `stuck`-th is stuck to the end.
LoadBuilder queueing_load(int stuck) {
  LoadBuilder builder(0);
  for (int i = 0; i < 2000; ++i) {
    const double due = 10.0 * i;
    const double residence = i % stuck == stuck - 1 ? 25000.0 - due : 100.0;
    builder.request(due, due, due + residence).completion_tokens = 2;
    builder.event(due + 50.0, EventClass::content, 1).event(due + residence, EventClass::content, 1);
  }
  return builder;
}

TEST(Validity, ChecksLittlesLawInTheSteadyWindow) {
  const auto load = checked(queueing_load(5000));
  EXPECT_EQ(load["littles-law"], CheckVerdict::passed);
  EXPECT_NEAR(*load.check("littles-law").value, 0.0, 0.01);
  // Forty stay in flight and do not depart within the window.
  const auto stuck = checked(queueing_load(50));
  EXPECT_EQ(stuck["littles-law"], CheckVerdict::failed);
  EXPECT_GT(*stuck.check("littles-law").value, 0.5);
}

TEST(Validity, FailsAConcurrencyThatWasNotHeld) {
  auto builder = steady_load(200);  // 111 of every 120 ms in flight: 7.5 % below one.
  const auto load = checked(builder);
  EXPECT_EQ(load["concurrency"], CheckVerdict::failed);
  EXPECT_NEAR(*load.check("concurrency").value, 1.0 - 111.0 / 120.0, 0.005);
  EXPECT_EQ(checked(steady_load(200, 112.0))["concurrency"], CheckVerdict::passed);
}

TEST(Validity, WarnsOfTooFewRepliesAndTooShortALoad) {
  const auto few = checked(steady_load(30));
  EXPECT_EQ(few["enough"], CheckVerdict::warned);
  EXPECT_EQ(few["duration"], CheckVerdict::warned);
  const auto enough = checked(steady_load(662));
  EXPECT_EQ(enough["enough"], CheckVerdict::passed);
  EXPECT_EQ(enough["duration"], CheckVerdict::passed);
}

TEST(Validity, TellsALoadThatDidNotComeToItsEnd) {
  auto builder = steady_load(30);
  EXPECT_EQ(checked(builder)["completeness"], CheckVerdict::passed);
  builder.header().how_ended = "cancelled";
  EXPECT_EQ(checked(builder)["completeness"], CheckVerdict::warned);
  builder.header().how_ended.clear();
  EXPECT_EQ(checked(builder)["completeness"], CheckVerdict::failed);
}

}  // namespace
}  // namespace edgeeval
