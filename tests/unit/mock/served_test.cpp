// SPDX-License-Identifier: Apache-2.0
#include "mock/served.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "mock/answers.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::int64_t kMs = 1'000'000;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A reply that arrived at 1 s: first tokens after 30 ms, more 20 ms and 60 ms later.
void serve(Served& served, bool cut_short) {
  ServedReply reply{7, 1000 * kMs, {}, {}, 5, cut_short};
  served.sent(reply, 1030 * kMs, 1);
  served.sent(reply, 1050 * kMs, 2);
  served.sent(reply, 1110 * kMs, 1);
  served.ended(reply);
}

TEST(Served, TellsVllmsCountersGaugesAndHistograms) {
  Served served;
  serve(served, true);
  const auto text = served.prometheus(Dialect::vllm, "\"m\"", 3);
  const std::string labels = "{engine=\"0\",model_name=\"m\"";
  EXPECT_TRUE(
      holds(text, "# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running" + labels + "} 3.0"));
  EXPECT_TRUE(holds(
      text, "# TYPE vllm:generation_tokens_total counter\nvllm:generation_tokens_total" + labels + "} 4.0"));
  EXPECT_TRUE(holds(text, "vllm:prompt_tokens_total" + labels + "} 5.0"));
  EXPECT_TRUE(holds(text, labels + ",finished_reason=\"length\"} 1.0"));
  EXPECT_TRUE(holds(text, labels + ",finished_reason=\"stop\"} 0.0"));
  // 30 ms lie in (0.02, 0.04]; the gaps of 20 and 60 ms in (0.01, 0.025] and (0.05, 0.075].
  EXPECT_TRUE(holds(text, "vllm:time_to_first_token_seconds_bucket" + labels + ",le=\"0.02\"} 0.0"));
  EXPECT_TRUE(holds(text, "vllm:time_to_first_token_seconds_bucket" + labels + ",le=\"0.04\"} 1.0"));
  EXPECT_TRUE(holds(text, "vllm:time_to_first_token_seconds_bucket" + labels + ",le=\"+Inf\"} 1.0"));
  EXPECT_TRUE(holds(text, "vllm:time_to_first_token_seconds_sum" + labels + "} 0.03"));
  EXPECT_TRUE(holds(text, "vllm:inter_token_latency_seconds_bucket" + labels + ",le=\"0.025\"} 1.0"));
  EXPECT_TRUE(holds(text, "vllm:inter_token_latency_seconds_bucket" + labels + ",le=\"0.05\"} 1.0"));
  EXPECT_TRUE(holds(text, "vllm:inter_token_latency_seconds_count" + labels + "} 2.0"));
  EXPECT_TRUE(holds(text, "vllm:e2e_request_latency_seconds_sum" + labels + "} 0.11"));
}

TEST(Served, CountsNoEndOfAReplyThatHadNoToken) {
  Served served;
  served.ended({1, 0, {}, {}, 5, false});
  EXPECT_TRUE(
      holds(served.prometheus(Dialect::llama_server, "\"m\"", 0), "llamacpp:prompt_tokens_total 0.0"));
}

TEST(Served, TellsTensorRtLlmsRequestsOnce) {
  Served served;
  serve(served, false);
  const auto list = Json::parse(served.take_requests());
  ASSERT_EQ(list.size(), 1U);
  const auto& times = list[0].at("perf_metrics").at("timing_metrics");
  EXPECT_EQ(list[0].at("request_id"), 7);
  EXPECT_NEAR(times.at("first_token_time").get<double>() - times.at("arrival_time").get<double>(), 0.03,
              1e-9);
  EXPECT_NEAR(times.at("last_token_time").get<double>() - times.at("arrival_time").get<double>(), 0.11, 1e-9);
  EXPECT_EQ(served.take_requests(), "[]");
  EXPECT_EQ(Json::parse(served.iteration(2)).at(0).at("numActiveRequests"), 2);
}

TEST(Served, RoutesAreThereAsInTheServersThatArePlayed) {
  Served served;
  const auto status = [&](Dialect dialect, const char* path, bool metrics) {
    return route_answer({dialect, "\"m\"", false, 0, &served, metrics}, "GET", path, "").status;
  };
  EXPECT_EQ(status(Dialect::vllm, "/metrics", false), 200);
  EXPECT_EQ(status(Dialect::tgi, "/metrics", false), 200);
  EXPECT_EQ(status(Dialect::tensorrt_llm, "/metrics", false), 200);
  EXPECT_EQ(status(Dialect::tensorrt_llm, "/perf_metrics", false), 200);
  EXPECT_EQ(status(Dialect::llama_server, "/metrics", false), 501);
  EXPECT_EQ(status(Dialect::llama_server, "/metrics", true), 200);
  EXPECT_EQ(status(Dialect::sglang, "/metrics", false), 404);
  EXPECT_EQ(status(Dialect::sglang, "/metrics", true), 200);
  EXPECT_EQ(status(Dialect::openai_chat, "/metrics", true), 404);
}

}  // namespace
}  // namespace edgeeval::mock
