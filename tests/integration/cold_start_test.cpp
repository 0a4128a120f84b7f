// SPDX-License-Identifier: Apache-2.0
// Cold starts of the mock server as a program, and of commands that are no servers.
#include "bench/cold_start.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <fstream>
#include <set>

#include "integration/cold_start_fixture.hpp"

namespace edgeeval {
namespace {

/// A model of two watts, whatever runs.
class TwoWatts final : public Probe {
 public:
  TwoWatts() {
    info_.id = "two-watts";
    info_.domain = "cpu";
    info_.boundary = "package";
    info_.grade = Grade::modelled;
    info_.kind = ReadingKind::model;
  }
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    const auto now = std::chrono::steady_clock::now();
    const Joules joules(2.0 * std::chrono::duration<double>(now - opened_).count());
    return EnergyReading{now, now, joules, {joules, joules}};
  }

 private:
  ProbeInfo info_;
  SteadyTime opened_ = std::chrono::steady_clock::now();
};

/// Starts of a server that is known to be llama-server.
class ColdStartTest : public testing::ColdStartFixture {
 protected:
  ColdStartTest() { job_.dialect = dialects_of(ServerKind::llama_server).front(); }
  std::string mock(const std::string& script, const std::string& port = "{port}") {
    return ColdStartFixture::mock("llama-server", script, port);
  }
};

TEST_F(ColdStartTest, SeesAServerThatSaysItIsLoading) {
  job_.command = mock("loading: {for: 500ms, how: 503}\n");
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_TRUE(start.refused_first);
  EXPECT_TRUE(start.loading_seen);
  EXPECT_FALSE(start.lazy);
  ASSERT_TRUE(start.accepting && start.ready && start.first_token && start.first_reply);
  EXPECT_GT(start.accepting->at_s, 0.0);
  EXPECT_LE(start.accepting->not_before_s, start.accepting->at_s);
  // The load is scripted, so it takes no less, and the last look before its end came after the port was open.
  EXPECT_GE(start.ready->at_s, 0.5);
  EXPECT_GT(start.ready->not_before_s, start.accepting->at_s);
  EXPECT_GE(start.first_token->at_s - start.ready->at_s, 0.02);
  EXPECT_GE(start.first_reply->at_s - start.first_token->at_s, 0.003);
  EXPECT_GE(start.first_ttft_s.value_or(0.0), 0.02);
  EXPECT_EQ(start.asked_again, 0);
  EXPECT_EQ(start.ended, "exit 0");
  EXPECT_EQ(start.strays, 0);
  EXPECT_EQ(start.processes, 1);
  EXPECT_GT(start.peak_resident_b.value_or(0.0), 1e6);
}

TEST_F(ColdStartTest, SeesAServerThatRefusesWhileItLoads) {
  job_.command = mock("loading: {for: 300ms, how: refuse}\n");
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_TRUE(start.refused_first);
  EXPECT_FALSE(start.loading_seen);
  EXPECT_GE(start.accepting->at_s, 0.3);
  EXPECT_LE(start.accepting->at_s, start.ready->at_s);
}

TEST_F(ColdStartTest, FindsTheLazyLoadInTheFirstRequest) {
  job_.command = mock("loading: {for: 300ms, how: lazy}\n");
  job_.dialect->lazy_load = true;
  const auto report = run();
  ASSERT_EQ(report.repeats.size(), 1U);
  const auto& start = report.repeats.front();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_TRUE(start.lazy);
  EXPECT_FALSE(start.ready.has_value());
  EXPECT_GE(start.first_token->at_s, 0.3);
  EXPECT_GT(start.first_ttft_s.value_or(0.0), 0.1);
  std::set<std::string> ids;
  for (const auto& figure : report.figures) ids.insert(figure.id);
  EXPECT_TRUE(ids.contains("load_and_first_token_phase"));
  EXPECT_FALSE(ids.contains("ready"));
}

TEST_F(ColdStartTest, AsksTheFirstRequestAgainWhereNothingElseTellsReadiness) {
  job_.command = mock("loading: {for: 300ms, how: 503}\n");
  job_.dialect->ready_path.clear();
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_FALSE(start.ready.has_value());
  EXPECT_TRUE(start.loading_seen);
  EXPECT_GT(start.asked_again, 0);
}

TEST_F(ColdStartTest, RecognisesTheServerOnce) {
  job_.command = mock("");
  job_.repeats = 2;
  job_.dialect.reset();
  const auto report = run();
  ASSERT_EQ(report.failed, 0U);
  ASSERT_TRUE(report.dialect.has_value());
  EXPECT_EQ(report.dialect->server, ServerKind::llama_server);
  EXPECT_EQ(report.repeats[0].notes.size(), 1U);
  EXPECT_TRUE(report.repeats[1].notes.empty());
}

TEST_F(ColdStartTest, SumsUpRepeatsAndSettles) {
  job_.command = mock("");
  job_.repeats = 3;
  job_.settle_requests = 5;
  job_.settle_share = 1e3;  // Whatever this machine does, the first request is then within it.
  const auto report = run();
  EXPECT_EQ(report.failed, 0U);
  for (const auto& start : report.repeats) {
    EXPECT_EQ(start.requests.size(), 6U);
    EXPECT_EQ(start.settled_request, 1);
    EXPECT_EQ(start.settled->at_s, start.first_reply->at_s);
  }
  const auto found = std::find_if(report.figures.begin(), report.figures.end(),
                                  [](const auto& figure) { return figure.id == "first_token"; });
  ASSERT_NE(found, report.figures.end());
  EXPECT_EQ(found->count, 3U);
  const auto& starts = report.repeats;
  EXPECT_NEAR(found->mean->value,
              (starts[0].first_token->at_s + starts[1].first_token->at_s + starts[2].first_token->at_s) / 3.0,
              1e-12);
  EXPECT_GT(found->geometric_mean->lo.value(), 0.0);
  EXPECT_LT(found->geometric_mean->lo.value(), found->geometric_mean->value);
  EXPECT_EQ(found->mean->unit, "s");
}

TEST_F(ColdStartTest, NotesRequestsThatFailOnceTheStartHasSucceeded) {
  job_.command = mock("faults: [{name: server-error, requests: [2, 4]}]\n");
  job_.settle_requests = 5;
  job_.settle_share = 1e3;
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_EQ(start.requests.size(), 6U);
  EXPECT_FALSE(start.requests[1].latency_s.has_value());
  EXPECT_FALSE(start.requests[3].latency_s.has_value());
  EXPECT_EQ(start.notes.size(), 2U);
  EXPECT_EQ(start.settled_request, 1);
}

TEST_F(ColdStartTest, WeighsEachPhase) {
  std::vector<std::unique_ptr<Probe>> probes;
  probes.push_back(std::make_unique<TwoWatts>());
  const SystemClock clock;
  WindowMeter meter(std::move(probes), clock, clock.now(), {});
  job_.command = mock("loading: {for: 400ms, how: 503}\n");
  const auto report = run_cold_starts(job_, contact_by_client, &meter, cancel_);
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->failed, 0U);
  const auto& start = report->repeats.front();
  std::vector<std::string> names;
  for (const auto& window : start.windows) names.push_back(window.name);
  EXPECT_EQ(names, (std::vector<std::string>{"cold-start", "launch", "load", "first-token"}));
  ASSERT_EQ(start.windows[2].energy.size(), 1U);
  EXPECT_NEAR(start.windows[2].duration_s, start.ready->at_s - start.accepting->at_s, 1e-6);
  EXPECT_NEAR(start.windows[2].energy[0].joules.value, 2.0 * start.windows[2].duration_s, 1e-3);
  EXPECT_NEAR(start.windows[0].energy[0].joules.value, 2.0 * start.first_token->at_s, 1e-3);
}

TEST_F(ColdStartTest, RecordsWhatOfTheModelIsInMemory) {
  const auto model = folder_.path() / "weights.gguf";
  std::ofstream(model) << std::string(1 << 20, 'w');
  job_.model_files = {model};
  job_.cache = CacheWish::warm;
  job_.command = mock("");
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  ASSERT_EQ(start.files.size(), 1U);
  EXPECT_EQ(start.files[0].bytes, 1U << 20);
  EXPECT_EQ(start.files[0].before, 1.0);
}

TEST_F(ColdStartTest, CountsACommandThatEndsAtOnce) {
  job_.repeats = 3;
  job_.command = "false {port}";
  const auto report = run();
  EXPECT_EQ(report.failed, 3U);
  EXPECT_EQ(report.failures.at("engine_failed"), 3U);
  EXPECT_NE(report.repeats[0].error->message.find("exit 1"), std::string::npos)
      << report.repeats[0].error->message;
  EXPECT_TRUE(report.figures.empty());
}

TEST_F(ColdStartTest, KeepsTheLastWordsOfACommandThatEnds) {
  job_.command = "echo no such layer >&2; exit 3 # {port}";
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_failed);
  EXPECT_NE(start.error->message.find("exit 3"), std::string::npos);
  EXPECT_EQ(start.log_tail, std::vector<std::string>{"no such layer"});
}

TEST_F(ColdStartTest, ExplainsAShellThatFindsNoProgram) {
  job_.command = "no-such-server-anywhere --port {port} 2>&1";
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_missing);
  EXPECT_NE(start.error->hint.find("127"), std::string::npos) << start.error->message;
}

TEST_F(ColdStartTest, NamesAProgramThatIsNotThere) {
  job_.command = (folder_.path() / "no-such-server").string() + " --port {port}";
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_missing);
  EXPECT_EQ(start.spawned_ns, 0);
}

TEST_F(ColdStartTest, GivesUpOnACommandThatNeverListensAndGoesOn) {
  job_.command = "sleep 1000 {port}";
  job_.timeout_s = 0.2;
  job_.repeats = 2;
  job_.command = "exec sleep 1000 # {port} " + folder_.path().string();
  const auto report = run();
  EXPECT_EQ(report.failures.at("timed_out"), 2U);
  EXPECT_EQ(report.repeats[1].ended, "killed by signal 15 (Terminated)");
}

TEST_F(ColdStartTest, GivesUpOnAServerOnAnotherPort) {
  job_.command = mock("", "0") + " --seed 1 --tokens 4 # {port}";
  job_.timeout_s = 0.5;
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::timed_out);
  EXPECT_NE(start.error->message.find("accept a connection"), std::string::npos);
}

TEST_F(ColdStartTest, SeesThatThePortIsTaken) {
  // The first server is started by the first job and serves while the second one runs.
  job_.command = mock("");
  ColdStartReport second;
  const ColdStartHooks hooks{[&](const std::string& line) {
    if (line.find("is ready") == std::string::npos) return;
    ColdStartJob again = job_;
    again.command = "sleep 1000";
    again.target = Target{false, "127.0.0.1", port_of_mock()};
    second = run_cold_starts(again, contact_by_client, nullptr, cancel_).value();
  }};
  const auto first = run_cold_starts(job_, contact_by_client, nullptr, cancel_, hooks);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->failed, 0U);
  ASSERT_EQ(second.repeats.size(), 1U);
  ASSERT_FALSE(second.repeats[0].ok());
  EXPECT_EQ(second.repeats[0].error->code, ErrorCode::port_taken);
  EXPECT_EQ(second.repeats[0].spawned_ns, 0);
}

TEST_F(ColdStartTest, BearsWithAnswersThatMakeNoSenseForAWhileOnly) {
  job_.command = mock("");
  job_.dialect->ready_path = "/no-such-route";
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_failed);
  EXPECT_NE(start.error->message.find("404"), std::string::npos) << start.error->message;
}

TEST_F(ColdStartTest, ShowsTheServersWordsWhereItRefusesTheFirstRequest) {
  job_.command = mock("faults: [{name: not-found, share: 100%}]\n");
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::engine_failed);
  EXPECT_NE(start.error->message.find("404"), std::string::npos) << start.error->message;
  EXPECT_TRUE(start.ready.has_value());
}

TEST_F(ColdStartTest, GivesUpOnAFirstRequestThatIsNeverAnswered) {
  job_.command = mock("faults: [{name: hang, share: 100%}]\n");
  job_.timeout_s = 1.0;
  const auto start = run_one();
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error->code, ErrorCode::timed_out);
}

TEST_F(ColdStartTest, FollowsAServerThatItsShellLeavesBehind) {
  job_.command = mock("") + " & exit 0";
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_EQ(start.strays, 1);
  EXPECT_EQ(start.ended, "exit 0");
}

TEST_F(ColdStartTest, EndsAServerThatHasLeftItsGroup) {
  job_.command = "setsid -f " + mock("");
  const auto start = run_one();
  ASSERT_TRUE(start.ok()) << start.error->message;
  EXPECT_EQ(start.strays, 1);
}

TEST_F(ColdStartTest, StopsWhenCancelledAndKeepsWhatThereIs) {
  job_.command = mock("");
  job_.repeats = 100;
  const ColdStartHooks hooks{[&](const std::string& line) {
    if (line.starts_with("start 2 ")) cancel_.request();
  }};
  const auto report = run_cold_starts(job_, contact_by_client, nullptr, cancel_, hooks);
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->cancelled);
  EXPECT_EQ(report->repeats.size(), 1U);
  EXPECT_EQ(report->failed, 0U);
  EXPECT_TRUE(testing::processes_with(folder_.path().string()).empty());
}

TEST_F(ColdStartTest, HandsOverTheServerOfTheLastStartAlone) {
  job_.command = mock("");
  job_.repeats = 2;
  std::optional<LaunchedServer> kept;
  ColdStartHooks hooks;
  hooks.keep = [&](LaunchedServer server) {
    ASSERT_FALSE(kept.has_value());
    kept.emplace(std::move(server));
  };
  auto report = run_cold_starts(job_, contact_by_client, nullptr, cancel_, hooks);
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->repeats.size(), 2U);
  EXPECT_EQ(report->repeats[0].ended, "exit 0");
  EXPECT_EQ(report->repeats[1].ended, "");
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(kept->alive());
  EXPECT_EQ(kept->target().port, report->repeats[1].port);
  EXPECT_EQ(kept->target().port, port_of_mock());
  EXPECT_GT(kept->peak_resident().value().value, 1e6);
  note_end(report->repeats[1], kept->stop(std::chrono::seconds(10), cancel_));
  EXPECT_EQ(report->repeats[1].ended, "exit 0");
  EXPECT_FALSE(kept->alive());
  EXPECT_FALSE(kept->peak_resident().has_value());
  EXPECT_TRUE(testing::processes_with(folder_.path().string()).empty());
}

TEST_F(ColdStartTest, KillsAKeptServerThatNobodyStops) {
  // The shell leaves the server behind: it is no child of this process, and found all the same.
  job_.command = mock("") + " & exit 0";
  ColdStartHooks hooks;
  bool alive = false;
  hooks.keep = [&](LaunchedServer server) {
    alive = server.alive();
    EXPECT_EQ(testing::processes_with(mark_.string()).size(), 1U);
  };
  const auto report = run_cold_starts(job_, contact_by_client, nullptr, cancel_, hooks);
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(alive);
  EXPECT_TRUE(testing::processes_with(folder_.path().string()).empty());
}

TEST_F(ColdStartTest, KeepsNoServerOfAStartThatFailed) {
  job_.command = mock("faults: [{name: not-found, share: 100%}]\n");
  ColdStartHooks hooks;
  bool kept = false;
  hooks.keep = [&](LaunchedServer) { kept = true; };
  const auto report = run_cold_starts(job_, contact_by_client, nullptr, cancel_, hooks);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->failed, 1U);
  EXPECT_FALSE(kept);
  EXPECT_TRUE(testing::processes_with(folder_.path().string()).empty());
}

TEST_F(ColdStartTest, RefusesAJobThatCannotWork) {
  const auto code = [&] {
    const auto report = run_cold_starts(job_, contact_by_client, nullptr, cancel_);
    return report ? ErrorCode::internal : report.error().code;
  };
  job_.command = "server";
  EXPECT_EQ(code(), ErrorCode::usage);
  job_.command = "server 'open --port {port}";
  EXPECT_EQ(code(), ErrorCode::usage);
  job_.command = "server {port}";
  job_.repeats = 0;
  EXPECT_EQ(code(), ErrorCode::usage);
}

}  // namespace
}  // namespace edgeeval
