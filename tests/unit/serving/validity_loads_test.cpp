// SPDX-License-Identifier: Apache-2.0
// Checks that depend on what kind of load was asked for: all at once, or so many in flight.
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "serving/validity.hpp"
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

TEST(ValidityOfLoads, MeasuresTheLagOfWhatIsDueAtOnceAgainstTheWholeLoad) {
  auto builder = open_load(100);
  // All due at once, and sent within 5 ms: a small part of a load of 12 s, though more than 1 ms.
  const auto due = builder.requests().front().scheduled_ns;
  for (auto& request : builder.requests()) {
    request.scheduled_ns = due;
    request.issued_ns = due + ms(5.0);
  }
  const auto load = checked(builder);
  EXPECT_EQ(load["schedule-lag"], CheckVerdict::passed) << load.check("schedule-lag").found;
  EXPECT_GT(*load.check("schedule-lag").limit, 0.1);
  // With one of them a second earlier there is a schedule, and the median time to the first token (6 s)
  // counts.
  builder.requests().front().scheduled_ns -= ms(1000.0);
  EXPECT_LT(*checked(builder).check("schedule-lag").limit, 0.1);
}

TEST(ValidityOfLoads, TellsTheClientsFaultFromTheServers) {
  EXPECT_EQ(client_fault(checked(open_load(100)).validity), "");
  auto late = open_load(100);
  for (int i = 0; i < 5; ++i) late.requests()[static_cast<std::size_t>(10 * i)].scheduled_ns -= ms(2.0);
  const auto fault = client_fault(checked(late).validity);
  EXPECT_EQ(fault.rfind("schedule-lag: 99 % of requests were sent within 2.00 ms", 0), 0U) << fault;
  // With failures of the server beside it, it is not the client alone.
  auto& both = late;
  for (std::size_t i = 0; i < 10; ++i) both.requests()[i].failure = FailureClass::server_error;
  EXPECT_FALSE(checked(both).validity.valid);
  EXPECT_EQ(client_fault(checked(both).validity), "");
  auto failing = open_load(100);
  for (std::size_t i = 0; i < 10; ++i) failing.requests()[i].failure = FailureClass::server_error;
  EXPECT_EQ(client_fault(checked(failing).validity), "");
}

TEST(ValidityOfLoads, TellsNoDriftOfALoadThatHasNotSettled) {
  // Sixty at once, tokens 5 ms apart; as they end, sixty more with tokens 3 ms apart.
  const auto rounds = [](int count) {
    LoadBuilder builder(60);
    for (int i = 0; i < 60 * count; ++i) {
      const double at = 60.0 * (i / 60) + 0.1 * (i % 60);
      builder.request(at, at, at + 60.0).completion_tokens = 2;
      builder.stream(at + 20.0, i < 30 * count ? 5.0 : 3.0, 2);
    }
    return builder;
  };
  EXPECT_EQ(checked(rounds(2))["drift"], CheckVerdict::not_checked);
  EXPECT_EQ(checked(rounds(60))["drift"], CheckVerdict::failed);
}

TEST(ValidityOfLoads, FailsAConcurrencyThatSoFewRequestsCannotReach) {
  auto builder = steady_load(6);
  builder.header().concurrency = 7;
  const auto load = checked(builder);
  EXPECT_EQ(load["concurrency"], CheckVerdict::failed);
  EXPECT_NE(load.check("concurrency").found.find("only 6 requests"), std::string::npos);
  builder.header().concurrency = 6;
  EXPECT_EQ(checked(builder)["concurrency"], CheckVerdict::not_checked);
}

}  // namespace
}  // namespace edgeeval
