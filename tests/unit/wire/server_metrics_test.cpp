// SPDX-License-Identifier: Apache-2.0
// Server counters from what servers tell.
#include <gtest/gtest.h>

#include "wire/probe_server.hpp"

namespace edgeeval {
namespace {

using Metrics = std::map<std::string, double>;

TEST(ServerMetrics, TakesCountersAndGaugesAndSumsOverLabels) {
  EXPECT_EQ(read_server_metrics("# HELP vllm:num_requests_running Running.\n"
                                "# TYPE vllm:num_requests_running gauge\n"
                                "vllm:num_requests_running{model_name=\"a\"} 2.0\n"
                                "vllm:num_requests_running{model_name=\"b } \\\" c\"} 3.0 1700000000\n"
                                "# TYPE vllm:prefix_cache_hits_total counter\n"
                                "vllm:prefix_cache_hits_total 1.5e+03\r\n"
                                "# TYPE vllm:e2e histogram\n"
                                "vllm:e2e_bucket{le=\"1.0\"} 4\nvllm:e2e_sum 3.5\nvllm:e2e_count 4\n"
                                "# TYPE rpc summary\nrpc{quantile=\"0.5\"} 1\n"
                                "untyped_thing 9\n"),
            (Metrics{{"vllm:num_requests_running", 5.0}, {"vllm:prefix_cache_hits_total", 1500.0}}));
}

TEST(ServerMetrics, TakesOpenMetricsCountersByTheirSample) {
  EXPECT_EQ(read_server_metrics("# TYPE tokens counter\ntokens_total 7\ntokens_created 1.7e9\n# EOF\n"),
            (Metrics{{"tokens_total", 7.0}}));
}

TEST(ServerMetrics, LeavesOutWhatIsNoNumber) {
  EXPECT_EQ(read_server_metrics("# TYPE a gauge\na NaN\na{x=\"1\"} +Inf\na{x=\"2\"} +4\na{x=\"3\"} four\n"),
            (Metrics{{"a", 4.0}}));
}

TEST(ServerMetrics, TakesTensorRtLlmsLatestIteration) {
  EXPECT_EQ(read_server_metrics(R"([{"numActiveRequests":1},
              {"numActiveRequests":3,"timestamp":"now","kvCacheStats":{"usedNumBlocks":5,"cacheHitRate":0.25}}])"),
            (Metrics{{"numActiveRequests", 3.0},
                     {"kvCacheStats.usedNumBlocks", 5.0},
                     {"kvCacheStats.cacheHitRate", 0.25}}));
  EXPECT_TRUE(read_server_metrics("[]").empty());
  EXPECT_TRUE(read_server_metrics("{broken").empty());
}

TEST(ServerMetrics, OddTextDoesNoHarm) {
  for (const char* text : {"", "\n\n", "#", "# TYPE", "# TYPE a", "# TYPE a gauge\na", "# TYPE a gauge\na{",
                           "# TYPE a gauge\na{x=\"", "<html>not found</html>", "{\"a\":{\"b\":{\"c\":{}}}}"})
    EXPECT_TRUE(read_server_metrics(text).empty()) << text;
}

}  // namespace
}  // namespace edgeeval
