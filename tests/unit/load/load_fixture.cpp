// SPDX-License-Identifier: Apache-2.0
#include "unit/load/load_fixture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <chrono>

#include <algorithm>
#include <utility>

namespace edgeeval::testing {

std::string_view WordSource::body(const Planned& planned, std::string& out) {
  item_ = fmt::format("item-{}", planned.prompt);
  Asking asking;
  asking.model = "mock";
  asking.text = "three short words";
  asking.max_tokens = planned.max_tokens;
  write_body(dialect_, asking, out);
  return item_;
}

MockRun::MockRun(mock::Script script) {
  auto server = mock::MockServer::start(std::move(script));
  EXPECT_TRUE(server) << server.error().message;
  server_ = std::make_unique<mock::MockServer>(std::move(*server));
  port_ = server_->port();
  thread_ = std::thread([this] {
    auto totals = server_->run(stop_);
    EXPECT_TRUE(totals) << totals.error().message;
    if (totals) totals_ = *totals;
  });
}

Target MockRun::target() const {
  Target target;
  target.host = "127.0.0.1";
  target.port = port_;
  return target;
}

const mock::Totals& MockRun::stop() {
  stop_.request();
  if (thread_.joinable()) thread_.join();
  return totals_;
}

mock::Script quick_script(mock::Dialect dialect, std::uint32_t tokens) {
  mock::Script script;
  script.dialect = dialect;
  script.reply.tokens_from = script.reply.tokens_to = tokens;
  script.reply.ttft = {mock::Law::Kind::constant, std::chrono::milliseconds(2)};
  script.reply.itl = {mock::Law::Kind::constant, std::chrono::milliseconds(1)};
  script.reply.stall = std::chrono::milliseconds(20);
  script.reply.drip = std::chrono::microseconds(20);
  script.reply.giant_bytes = 3U << 20U;
  // A reply cut at every byte has some 2,600 parts; a millisecond between them is long on a busy machine.
  script.reply.gap = std::chrono::microseconds(100);
  return script;
}

RequestLimits short_limits() {
  RequestLimits limits;
  limits.connect_s = 5.0;
  limits.first_byte_s = 0.4;
  limits.idle_s = 0.4;
  limits.total_s = 60.0;  // Replies byte by byte take seconds where others want the cores too.
  return limits;
}

LoadJob job_for(const Target& target, std::uint64_t requests) {
  LoadJob job;
  job.target = target;
  job.dialect = dialects_of(ServerKind::openai_chat).front();
  job.stop.requests = requests;
  return job;
}

std::vector<EventRecord> Loaded::token_events(std::uint32_t request) const {
  std::vector<EventRecord> own;
  std::copy_if(events.begin(), events.end(), std::back_inserter(own), [&](const EventRecord& event) {
    return event.request == request && carries_tokens(event.kind);
  });
  return own;
}

Loaded make_load(LoadJob job, const std::string& scenario, const CancelToken& cancel,
                 const ClientHooks& hooks) {
  Loaded loaded;
  ScheduleWish wish;
  const auto shape = parse_scenario(scenario);
  EXPECT_TRUE(shape) << shape.error().message;
  wish.scenario = *shape;
  wish.stop = job.stop;
  wish.prompts = 4;
  const auto schedule = Schedule::make(wish);
  EXPECT_TRUE(schedule) << schedule.error().message;
  if (!schedule) return loaded;
  job.concurrency = shape->kind == Scenario::Kind::offline ? static_cast<int>(job.stop.requests.value_or(1))
                                                           : shape->concurrency;
  WordSource source(job.dialect);
  job.schedule = &*schedule;
  job.source = &source;
  std::vector<MemorySink> sinks(static_cast<std::size_t>(job.threads));
  std::vector<LoadSink*> lanes;
  for (auto& sink : sinks) lanes.push_back(&sink);
  auto outcome = run_load(job, lanes, cancel, hooks);
  EXPECT_TRUE(outcome) << outcome.error().message;
  if (!outcome) return loaded;
  loaded.outcome = std::move(*outcome);
  for (auto& sink : sinks) {
    std::move(sink.requests.begin(), sink.requests.end(), std::back_inserter(loaded.requests));
    loaded.events.insert(loaded.events.end(), sink.events.begin(), sink.events.end());
  }
  std::sort(loaded.requests.begin(), loaded.requests.end(),
            [](const RequestRecord& a, const RequestRecord& b) { return a.index < b.index; });
  return loaded;
}

}  // namespace edgeeval::testing
