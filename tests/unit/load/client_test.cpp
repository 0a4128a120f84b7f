// SPDX-License-Identifier: Apache-2.0
#include "load/client.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "core/json.hpp"
#include "load/clock_map.hpp"
#include "unit/load/load_fixture.hpp"

namespace edgeeval {
namespace {

using testing::job_for;
using testing::Loaded;
using testing::make_load;
using testing::MockRun;
using testing::quick_script;

std::size_t failures(const Loaded& loaded) {
  return static_cast<std::size_t>(
      std::count_if(loaded.requests.begin(), loaded.requests.end(), [](const auto& r) { return !r.ok(); }));
}

struct Served {
  mock::Dialect mock;
  ServerKind kind;
};

class ClientDialects : public ::testing::TestWithParam<Served> {};

TEST_P(ClientDialects, CountEveryTokenOnEveryRoute) {
  const MockRun server(quick_script(GetParam().mock));
  for (const auto& dialect : dialects_of(GetParam().kind)) {
    auto job = job_for(server.target(), 3);
    job.dialect = dialect;
    const auto loaded = make_load(job, "closed:2");
    ASSERT_EQ(loaded.requests.size(), 3U) << dialect.path;
    for (const auto& request : loaded.requests) {
      EXPECT_TRUE(request.ok()) << dialect.path << ": " << request.error;
      EXPECT_EQ(loaded.token_events(request.index).size(), 8U) << dialect.path;
      EXPECT_EQ(request.completion_tokens, 8) << dialect.path;
      // LM Studio's own route tells no reason.
      EXPECT_EQ(request.finish_reason.empty(), dialect.route == RouteKind::lm_studio_chat) << dialect.path;
    }
    EXPECT_EQ(loaded.outcome.client.events, loaded.events.size());
    EXPECT_EQ(loaded.outcome.sent, 3U);
    EXPECT_EQ(loaded.outcome.ended, 3U);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ClientDialects,
                         ::testing::Values(Served{mock::Dialect::openai_chat, ServerKind::openai_chat},
                                           Served{mock::Dialect::openai_completions,
                                                  ServerKind::openai_completions},
                                           Served{mock::Dialect::llama_server, ServerKind::llama_server},
                                           Served{mock::Dialect::ollama, ServerKind::ollama},
                                           Served{mock::Dialect::vllm, ServerKind::vllm},
                                           Served{mock::Dialect::sglang, ServerKind::sglang},
                                           Served{mock::Dialect::tgi, ServerKind::tgi},
                                           Served{mock::Dialect::tensorrt_llm, ServerKind::tensorrt_llm},
                                           Served{mock::Dialect::lm_studio, ServerKind::lm_studio}));

/// The stamps of a request that went well, in the order in which they must lie.
void expect_order(const RequestRecord& request) {
  std::vector<std::int64_t> stamps{request.scheduled_ns};
  for (const auto& stamp : {request.connect_begun_ns, request.connected_ns, request.issued_ns,
                            request.first_byte_ns, request.headers_ns, request.closed_ns})
    if (stamp) stamps.push_back(*stamp);
  EXPECT_TRUE(std::is_sorted(stamps.begin(), stamps.end())) << ::testing::PrintToString(stamps);
  ASSERT_TRUE(request.issued_ns && request.tx_ns && request.written_ns);
  // Not before the first byte of the answer: over loopback it may be there before the send has returned.
  EXPECT_GE(*request.written_ns, *request.issued_ns);
  EXPECT_GE(*request.tx_ns, *request.issued_ns);
}

TEST(Client, FillsEveryStampInOrder) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 6);
  job.preconnect = false;
  const auto loaded = make_load(job, "closed:1");
  ASSERT_EQ(loaded.requests.size(), 6U);
  for (const auto& request : loaded.requests) {
    ASSERT_TRUE(request.ok()) << request.error;
    expect_order(request);
    const bool first = request.index == 0;
    EXPECT_EQ(request.reused_connection, !first);
    EXPECT_EQ(request.connect_begun_ns.has_value(), first);
    EXPECT_EQ(request.connected_ns.has_value(), first);
    EXPECT_EQ(request.item, "item-" + std::to_string(request.prompt));
    EXPECT_EQ(request.prompt_tokens, 3);
    EXPECT_GT(request.request_bytes, 100U);
    EXPECT_GT(request.reply_bytes, 500U);
    EXPECT_TRUE(request.text.empty());
  }
  EXPECT_TRUE(loaded.outcome.client.tx_stamps);
  EXPECT_EQ(loaded.outcome.client.kernel_stamped_reads, loaded.outcome.client.reads);
  EXPECT_GE(loaded.outcome.ended_ns, loaded.outcome.measured_ns);
}

TEST(Client, SchedulesTheNextRequestWhenItsSlotFellFree) {
  const MockRun server(quick_script());
  const auto loaded = make_load(job_for(server.target(), 5), "closed:1");
  ASSERT_EQ(loaded.requests.size(), 5U);
  EXPECT_EQ(loaded.requests[0].scheduled_ns, loaded.outcome.measured_ns);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_GE(loaded.requests[i].scheduled_ns, *loaded.requests[i - 1].closed_ns);
    EXPECT_LE(loaded.requests[i].scheduled_ns, *loaded.requests[i].issued_ns);
  }
}

/// Events as the mock's log has them: by request, when each with tokens was handed to the kernel.
using Sends = std::map<std::uint64_t, std::vector<std::pair<std::int64_t, std::int64_t>>>;

Sends read_sends(const std::filesystem::path& log) {
  Sends sends;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    const auto entry = Json::parse(line);
    if (entry.value("tokens", 0) > 0 && entry.contains("before_ns"))
      sends[entry["request"]].emplace_back(entry["before_ns"], entry["after_ns"]);
  }
  return sends;
}

TEST(Client, StampsLieAfterTheServersSendAndBeforeItsOwn) {
  const auto log = std::filesystem::path(::testing::TempDir()) / ("client-log-" + std::to_string(::getpid()));
  auto script = quick_script();
  script.log = log;
  MockRun server(script);
  const auto loaded = make_load(job_for(server.target(), 4), "closed:1");
  server.stop();
  auto sends = read_sends(log);
  std::filesystem::remove(log);
  ASSERT_EQ(sends.size(), 4U);
  for (std::uint32_t index = 0; index < 4; ++index) {
    const auto events = loaded.token_events(index);
    const auto& sent = sends[index + 1];
    ASSERT_EQ(events.size(), sent.size());
    std::int64_t before = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_NE(events[i].flags & kKernelStamp, 0);
      EXPECT_GE(events[i].kernel_ns, sent[i].first);
      EXPECT_LE(events[i].kernel_ns, events[i].user_ns);
      EXPECT_GE(events[i].kernel_ns, before);
      before = events[i].kernel_ns;
    }
  }
}

TEST(Client, MarksEventsThatCameInOneRead) {
  auto script = quick_script();
  script.reply.merge = 4;
  const MockRun server(script);
  const auto loaded = make_load(job_for(server.target(), 1), "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  std::map<std::uint32_t, std::size_t> of_read;
  for (const auto& event : loaded.events) ++of_read[event.read];
  for (const auto& event : loaded.events) EXPECT_EQ((event.flags & kCoalesced) != 0, of_read[event.read] > 1);
  EXPECT_LE(of_read.size(), 4U);
}

TEST(Client, MarksEventsThatWereCutApart) {
  auto script = quick_script();
  script.reply.cut = mock::Cut::random;
  const MockRun server(script);
  const auto loaded = make_load(job_for(server.target(), 1), "single");
  const auto events = loaded.token_events(0);
  ASSERT_EQ(events.size(), 8U);
  EXPECT_TRUE(
      std::any_of(events.begin(), events.end(), [](const auto& e) { return (e.flags & kSplit) != 0; }));
}

TEST(Client, KeepsTextUpToItsLimit) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 1);
  job.limits.kept_text = 1000;
  const auto whole = make_load(job, "single");
  ASSERT_EQ(whole.requests.size(), 1U);
  const auto text = whole.requests[0].text;
  EXPECT_EQ(std::count(text.begin(), text.end(), ' '), 8);
  job.limits.kept_text = 10;
  const auto cut = make_load(job, "single");
  EXPECT_EQ(cut.requests[0].text.size(), 10U);
}

TEST(Client, KeepsSoManyInFlightAndUsesConnectionsAgain) {
  MockRun server(quick_script());
  const auto loaded = make_load(job_for(server.target(), 40), "closed:4");
  EXPECT_EQ(failures(loaded), 0U);
  ASSERT_EQ(loaded.requests.size(), 40U);
  const auto& totals = server.stop();
  EXPECT_EQ(totals.connections, 4U);
  EXPECT_EQ(totals.most_streams, 4U);
  EXPECT_EQ(totals.requests, 40U);
}

TEST(Client, OpensAConnectionARequestWhereNoneIsToBeKept) {
  MockRun server(quick_script());
  auto job = job_for(server.target(), 6);
  job.keep_alive = false;
  const auto loaded = make_load(job, "closed:2");
  EXPECT_EQ(failures(loaded), 0U);
  EXPECT_EQ(server.stop().connections, 6U);
}

TEST(Client, WarmsUpAndDrainsBeforeItMeasures) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 6);
  job.warmup = 4;
  job.first_index = 100;
  std::int64_t measured = 0;
  ClientHooks hooks;
  hooks.on_measured = [&] { measured = monotonic_ns(); };
  const auto loaded = make_load(job, "closed:2", CancelToken(), hooks);
  ASSERT_EQ(loaded.requests.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    const auto& request = loaded.requests[i];
    EXPECT_EQ(request.index, 100 + i);
    EXPECT_EQ(request.phase, i < 4 ? LoadPhase::warmup : LoadPhase::measured);
    const auto at = i < 4 ? *request.closed_ns : request.scheduled_ns;
    EXPECT_EQ(at < measured, i < 4);
  }
  EXPECT_GE(loaded.outcome.measured_ns, measured);
}

TEST(Client, SendsAnOpenLoopWhenItIsDueWhateverIsInFlight) {
  auto script = quick_script();
  script.reply.ttft = {mock::Law::Kind::constant, std::chrono::milliseconds(50)};
  MockRun server(script);
  // 20 requests at 1,000 a second are all due before the first answer comes.
  const auto loaded = make_load(job_for(server.target(), 20), "open:const@1000");
  ASSERT_EQ(loaded.requests.size(), 20U);
  EXPECT_EQ(failures(loaded), 0U);
  for (std::size_t i = 1; i < 20; ++i) {
    EXPECT_EQ(loaded.requests[i].scheduled_ns - loaded.requests[i - 1].scheduled_ns, 1'000'000);
    EXPECT_GE(*loaded.requests[i].issued_ns, loaded.requests[i].scheduled_ns);
  }
  EXPECT_EQ(server.stop().most_streams, 20U);
}

TEST(Client, DealsAnOpenLoopOutToItsThreads) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 21);
  job.threads = 3;
  const auto loaded = make_load(job, "open:poisson@2000");
  ASSERT_EQ(loaded.requests.size(), 21U);
  EXPECT_EQ(failures(loaded), 0U);
  for (std::uint32_t i = 0; i < 21; ++i) EXPECT_EQ(loaded.requests[i].index, i);
  EXPECT_EQ(loaded.outcome.client.threads, 3);
}

TEST(Client, DividesAClosedLoopOverItsThreads) {
  MockRun server(quick_script());
  auto job = job_for(server.target(), 30);
  job.threads = 2;
  job.warmup = 3;
  const auto loaded = make_load(job, "closed:5");
  ASSERT_EQ(loaded.requests.size(), 33U);
  EXPECT_EQ(failures(loaded), 0U);
  std::set<std::uint32_t> indices;
  for (const auto& request : loaded.requests) indices.insert(request.index);
  EXPECT_EQ(indices.size(), 33U);
  EXPECT_EQ(server.stop().most_streams, 5U);
}

TEST(Client, EndsByTimeAndCountTogether) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 1);
  job.stop = {};
  job.stop.min_duration_s = 0.05;
  job.stop.min_requests = 12;
  const auto loaded = make_load(job, "closed:2");
  EXPECT_GE(loaded.requests.size(), 12U);
  EXPECT_GE(loaded.outcome.ended_ns - loaded.outcome.measured_ns, 50'000'000);
  job.stop.min_duration_s.reset();
  job.stop.max_duration_s = 0.02;
  job.stop.min_requests = 100'000;
  const auto cut = make_load(job, "closed:2");
  EXPECT_LT(cut.requests.size(), 100U);
  EXPECT_EQ(failures(cut), 0U);
}

TEST(Client, GlancesAtTheLoad) {
  const MockRun server(quick_script(mock::Dialect::openai_chat, 300));
  auto job = job_for(server.target(), 4);
  std::vector<LoadGlance> glances;
  ClientHooks hooks;
  hooks.on_glance = [&](const LoadGlance& glance) { glances.push_back(glance); };
  const auto loaded = make_load(job, "closed:4", CancelToken(), hooks);
  ASSERT_FALSE(glances.empty());
  for (const auto& glance : glances) {
    EXPECT_EQ(glance.planned, 4U);
    EXPECT_EQ(glance.sent, glance.ended + glance.in_flight);
    EXPECT_FALSE(glance.warming_up);
  }
}

TEST(Client, RefusesJobsThatMakeNoSense) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 1);
  const auto schedule = Schedule::make({*parse_scenario("single"), job.stop, 1, 8, {}, {}, {}});
  ASSERT_TRUE(schedule);
  testing::WordSource source(job.dialect);
  testing::MemorySink sink;
  EXPECT_EQ(run_load(job, {&sink}, CancelToken()).error().code, ErrorCode::internal);
  job.schedule = &*schedule;
  job.source = &source;
  EXPECT_EQ(run_load(job, {}, CancelToken()).error().code, ErrorCode::internal);
  job.threads = 0;
  EXPECT_EQ(run_load(job, {}, CancelToken()).error().code, ErrorCode::usage);
  job.threads = 1;
  job.concurrency = 0;
  EXPECT_EQ(run_load(job, {&sink}, CancelToken()).error().code, ErrorCode::usage);
  job.concurrency = 1;
  job.target.headers = {"no colon"};
  EXPECT_EQ(run_load(job, {&sink}, CancelToken()).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace edgeeval
