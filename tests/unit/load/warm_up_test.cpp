// SPDX-License-Identifier: Apache-2.0
// What goes before the measured requests of a load.
#include <gtest/gtest.h>

#include <algorithm>

#include "load/client.hpp"
#include "load/steady.hpp"
#include "unit/load/load_fixture.hpp"

namespace edgeeval::testing {
namespace {

/// A job that warms up until latencies are steady, by windows of `window` replies.
LoadJob steady_job(const MockRun& server, std::uint64_t requests, std::uint64_t window) {
  auto job = job_for(server.target(), requests);
  job.warmup = window;
  job.warmup_until_steady = true;
  return job;
}

std::uint64_t warmed(const Loaded& loaded) {
  return static_cast<std::uint64_t>(
      std::count_if(loaded.requests.begin(), loaded.requests.end(),
                    [](const auto& r) { return r.phase == LoadPhase::warmup; }));
}

TEST(WarmUp, WarmsUpUntilLatenciesAreSteady) {
  auto script = quick_script();
  // Replies of 50 ms: what a busy machine adds is little of that.
  script.reply.ttft = {mock::Law::Kind::constant, std::chrono::milliseconds(50)};
  const MockRun server(script);
  const auto loaded = make_load(steady_job(server, 6, 3), "closed:3");
  ASSERT_GE(warmed(loaded), 6U) << "two windows at least";
  EXPECT_LE(warmed(loaded), 3 * SteadyRule::kMostWindows);
  EXPECT_EQ(loaded.requests.size(), warmed(loaded) + 6);
  EXPECT_EQ(loaded.outcome.warmup, warmed(loaded));
  for (std::size_t i = 0; i < loaded.requests.size(); ++i) EXPECT_EQ(loaded.requests[i].index, i);
}

TEST(WarmUp, AWarmUpThatFailsEndsAtItsBound) {
  auto script = quick_script();
  script.faults.push_back({"server-error", 1.0, {}});
  const MockRun server(script);
  const auto loaded = make_load(steady_job(server, 4, 2), "closed:2");
  EXPECT_EQ(warmed(loaded), 2 * SteadyRule::kMostWindows) << "no reply ended well, so nothing became steady";
  EXPECT_FALSE(loaded.outcome.steady);
}

TEST(WarmUp, AnOpenLoopWarmsUpAtItsOwnRate) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 5);
  job.warmup = 8;
  const auto loaded = make_load(job, "open:const@1000");
  ASSERT_EQ(loaded.requests.size(), 13U);
  for (std::size_t i = 1; i < 8; ++i)
    EXPECT_EQ(loaded.requests[i].scheduled_ns - loaded.requests[i - 1].scheduled_ns, 1'000'000) << i;
  EXPECT_EQ(warmed(loaded), 8U);
}

/// Notes the numbers of the measured.
class Numbers final : public RequestSource {
 public:
  std::string_view body(const Planned& planned, std::string& out) override {
    if (!planned.warmup) numbers.push_back(planned.number);
    words_.body(planned, out);
    return {};
  }
  std::vector<std::uint32_t> numbers;

 private:
  WordSource words_{dialects_of(ServerKind::openai_chat).front()};
};

TEST(WarmUp, NumbersMeasuredRequestsAlikeWhateverWarmUpCameBefore) {
  const MockRun server(quick_script());
  for (const std::uint64_t warmup : {0U, 3U}) {
    auto job = job_for(server.target(), 4);
    job.warmup = warmup;
    Numbers source;
    job.source = &source;
    ScheduleWish wish;
    wish.scenario = parse_scenario("closed:1").value();
    wish.stop.requests = 4;
    const auto schedule = Schedule::make(wish).value();
    job.schedule = &schedule;
    MemorySink sink;
    ASSERT_TRUE(run_load(job, {&sink}, CancelToken()));
    EXPECT_EQ(source.numbers, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  }
}

}  // namespace
}  // namespace edgeeval::testing
