// SPDX-License-Identifier: Apache-2.0
// What the mock server tells of itself, read beside real requests to it.
#include "bench/server_view.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "bench/small_call.hpp"
#include "core/cancel.hpp"
#include "mock/server.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

/// A mock server on a thread of its own.
class Played {
 public:
  explicit Played(mock::Dialect dialect, bool metrics = false) {
    mock::Script script;
    script.dialect = dialect;
    script.metrics = metrics;
    script.reply.ttft = mock::Law{mock::Law::Kind::constant, std::chrono::milliseconds(30)};
    script.reply.itl = mock::Law{mock::Law::Kind::constant, std::chrono::milliseconds(15)};
    auto server = mock::MockServer::start(script);
    if (!server) return;
    server_.emplace(std::move(*server));
    thread_ = std::thread([this] { static_cast<void>(server_->run(stop_)); });
  }
  ~Played() {
    stop_.request();
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] Target target() const {
    Target target;
    target.host = "127.0.0.1";
    target.port = server_ ? server_->port() : std::uint16_t{0};
    return target;
  }
  /// Asks for a streamed reply of four tokens and reads it whole.
  void ask() const {
    const auto answer = small_call(target(), 30.0)(
        "/v1/chat/completions",
        R"({"model":"mock","messages":[{"role":"user","content":"a b c"}],"stream":true,"max_tokens":4})");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 200);
  }

 private:
  std::optional<mock::MockServer> server_;
  CancelToken stop_;
  std::thread thread_;
};

const ServerHistogram* named(const LoadHeader& header, const std::string& name) {
  for (const auto& histogram : header.histograms)
    if (histogram.name == name) return &histogram;
  return nullptr;
}

LoadHeader viewed(const BenchSettings& settings, const Dialect& dialect, const std::function<void()>& load) {
  const testing::TempFolder folder;
  ServerView view(settings, dialect, folder.path());
  load();
  LoadHeader header;
  view.finish(header);
  return header;
}

TEST(ServerView, HasWhatCameIntoVllmsHistogramsDuringTheLoad) {
  const Played server(mock::Dialect::vllm);
  server.ask();  // Before: not of this load.
  BenchSettings settings;
  settings.target = server.target();
  const auto header = viewed(settings, dialects_of(ServerKind::vllm).front(), [&] {
    server.ask();
    server.ask();
  });
  EXPECT_TRUE(header.warnings.empty());
  const auto* first = named(header, "vllm:time_to_first_token_seconds");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->count, 2U);
  EXPECT_GE(first->sum, 2 * 0.030) << "no token is sent before it is due";
  ASSERT_EQ(first->buckets.size(), 22U);
  EXPECT_EQ(first->buckets.at(3), (std::pair<double, std::uint64_t>{0.02, 0}));
  EXPECT_EQ(first->buckets.back(), (std::pair<double, std::uint64_t>{2560.0, 2}));
  const auto* between = named(header, "vllm:inter_token_latency_seconds");
  ASSERT_NE(between, nullptr);
  EXPECT_EQ(between->count, 6U);
  const auto* whole = named(header, "vllm:e2e_request_latency_seconds");
  ASSERT_NE(whole, nullptr);
  EXPECT_EQ(whole->count, 2U);
  EXPECT_NEAR(whole->sum, first->sum + between->sum, 1e-9) << "one clock tells all three";
  ASSERT_EQ(header.counters.size(), 3U);
  EXPECT_EQ(header.counters.front(), (std::pair<std::string, double>{"vllm:generation_tokens_total", 8.0}));
  ASSERT_EQ(header.gauges.size(), 2U);
  EXPECT_EQ(header.gauges.front().name, "vllm:num_requests_running");
  EXPECT_EQ(header.gauges.front().min, 0.0);
}

TEST(ServerView, HasTensorRtLlmsRequestsOfTheLoadAlone) {
  const Played server(mock::Dialect::tensorrt_llm);
  server.ask();
  BenchSettings settings;
  settings.target = server.target();
  const auto header = viewed(settings, dialects_of(ServerKind::tensorrt_llm).front(), [&] {
    server.ask();
    server.ask();
  });
  ASSERT_EQ(header.server_requests.size(), 2U);
  for (const auto& request : header.server_requests) {
    EXPECT_GE(request.first_token_s.value_or(0.0), 0.030 - 1e-6);
    EXPECT_GE(request.last_token_s.value_or(0.0), 0.075 - 1e-6);
  }
  EXPECT_FALSE(header.gauges.empty());
  EXPECT_TRUE(header.counters.empty());
}

TEST(ServerView, ReadsMetricsThatStandElsewhere) {
  const Played server(mock::Dialect::openai_chat);
  const Played exporter(mock::Dialect::llama_server, true);
  BenchSettings settings;
  settings.target = server.target();
  const auto chat = dialects_of(ServerKind::openai_chat).front();
  EXPECT_TRUE(viewed(settings, chat, [] {}).gauges.empty()) << "the server has no route of its own";
  settings.metrics = exporter.target();
  EXPECT_TRUE(check_metrics_url(settings, chat));
  EXPECT_EQ(metrics_route(settings, chat).path, "/metrics");
  const auto header = viewed(settings, chat, [&] { exporter.ask(); });
  ASSERT_EQ(header.counters.size(), 2U);
  EXPECT_EQ(header.counters[1], (std::pair<std::string, double>{"llamacpp:tokens_predicted_total", 4.0}));
  settings.metrics->base = "/health";
  EXPECT_EQ(check_metrics_url(settings, chat).error().code, ErrorCode::usage) << "it holds no metrics";
  settings.metrics->base = "/gone";
  EXPECT_EQ(check_metrics_url(settings, chat).error().code, ErrorCode::usage);
  settings.scrape = false;
  EXPECT_TRUE(viewed(settings, chat, [] {}).counters.empty());
}

}  // namespace
}  // namespace edgeeval
