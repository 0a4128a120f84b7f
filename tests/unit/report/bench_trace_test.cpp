// SPDX-License-Identifier: Apache-2.0
#include "report/bench_trace.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/json.hpp"
#include "support/sample_bench.hpp"

namespace edgeeval {
namespace {

class BenchTrace : public testing::Test {
 protected:
  void SetUp() override {
    auto load = sample_trace_load();
    std::ostringstream out;
    ASSERT_TRUE(write_bench_trace(load, sample_trace_power(), out));
    auto json = parse_json(out.str(), "trace");
    ASSERT_TRUE(json) << json.error().message;
    events_ = json->at("traceEvents");
  }
  /// The events of that name.
  [[nodiscard]] std::vector<Json> named(const std::string& name) const {
    std::vector<Json> found;
    for (const auto& event : events_) {
      if (event.at("name") == name) found.push_back(event);
    }
    return found;
  }

 private:
  Json events_;
};

TEST_F(BenchTrace, PhasesLieWhereTheStampsSay) {
  const auto whole = named("request 0");
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole[0].at("ts"), 10'000.0);
  EXPECT_EQ(whole[0].at("dur"), 240'000.123);
  EXPECT_EQ(whole[0].at("args").at("tokens_seen"), 5);
  const auto queued = named("queued");
  ASSERT_EQ(queued.size(), 3U);
  EXPECT_EQ(queued[0].at("dur"), 100.0) << "to where connecting began";
  EXPECT_EQ(queued[1].at("dur"), 200.0) << "to the first byte";
  const auto connect = named("connect");
  ASSERT_EQ(connect.size(), 1U);
  EXPECT_EQ(connect[0].at("dur"), 250.0);
  const auto prefill = named("prefill");
  ASSERT_EQ(prefill.size(), 2U);
  EXPECT_EQ(prefill[0].at("ts"), 10'400.0);
  EXPECT_EQ(prefill[0].at("dur"), 20'600.0) << "the role is no token";
  EXPECT_EQ(named("decode").at(0).at("dur"), 209'000.0);
}

TEST_F(BenchTrace, RequestsThatOverlapLieInSlotsOfTheirOwn) {
  EXPECT_EQ(named("request 0").at(0).at("tid"), 0);
  EXPECT_EQ(named("request 1").at(0).at("tid"), 1);
  EXPECT_EQ(named("request 2").at(0).at("tid"), 0) << "which is free again";
  EXPECT_EQ(named("thread_name").size(), 2U);
}

TEST_F(BenchTrace, AFailureTellsItsClassAndWords) {
  const auto failed = named("request 1").at(0).at("args");
  EXPECT_EQ(failed.at("failure"), "server_error");
  EXPECT_EQ(failed.at("error"), "<b>\x01 \xEF\xBF\xBD");
}

TEST_F(BenchTrace, CountersTellRequestsInFlightTokensAndPower) {
  const auto in_flight = named("in flight");
  ASSERT_EQ(in_flight.size(), 6U);
  EXPECT_EQ(in_flight[1].at("args").at("requests"), 2);
  EXPECT_EQ(in_flight.back().at("args").at("requests"), 0);
  const auto rate = named("tok/s");
  ASSERT_EQ(rate.size(), 4U) << "300 ms in tenths of a second";
  EXPECT_EQ(rate[0].at("args").at("tokens"), 20.0);
  EXPECT_EQ(rate[2].at("args").at("tokens"), 30.0 + 10.0 + 70.0)
      << "3 tokens, an unknown number that counts as one, and 7 of a request that had not ended";
  const auto power = named("power cpu package");
  ASSERT_EQ(power.size(), 2U);
  EXPECT_EQ(power[1].at("ts"), 100'000.0);
  EXPECT_EQ(power[1].at("args").at("W"), 21.25);
}

TEST(BenchTraceErrors, AStreamThatCannotTakeItIsAnError) {
  auto load = sample_trace_load();
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  const auto written = write_bench_trace(load, {}, out);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
