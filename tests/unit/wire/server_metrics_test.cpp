// SPDX-License-Identifier: Apache-2.0
// What servers tell of themselves, read.
#include <gtest/gtest.h>

#include "wire/server_metrics.hpp"

namespace edgeeval {
namespace {

using Numbers = std::map<std::string, double>;

TEST(ServerMetrics, TellsCountersGaugesAndHistogramsApartByTheirType) {
  const auto read = read_server_metrics(
      "# HELP vllm:num_requests_running Running.\n"
      "# TYPE vllm:num_requests_running gauge\n"
      "vllm:num_requests_running{model_name=\"a\"} 2.0\n"
      "vllm:num_requests_running{model_name=\"b } \\\" c\"} 3.0 1700000000\n"
      "# TYPE vllm:prefix_cache_hits_total counter\n"
      "vllm:prefix_cache_hits_total 1.5e+03\r\n"
      "# TYPE vllm:e2e histogram\n"
      "vllm:e2e_bucket{le=\"1.0\"} 4\nvllm:e2e_sum 3.5\nvllm:e2e_count 4\n"
      "# TYPE rpc summary\nrpc{quantile=\"0.5\"} 1\nrpc_sum 2\nrpc_count 1\n"
      "untyped_thing 9\n");
  EXPECT_EQ(read.counters, (Numbers{{"vllm:prefix_cache_hits_total", 1500.0}}));
  EXPECT_EQ(read.gauges, (Numbers{{"vllm:num_requests_running", 5.0}}));
  ASSERT_EQ(read.histograms.size(), 1U);
  EXPECT_EQ(read.histograms.at("vllm:e2e"), (HistogramReading{4.0, 3.5, {{1.0, 4.0}}}));
}

TEST(ServerMetrics, SumsTheBucketsOfEachBoundOverTheOtherLabels) {
  const auto read = read_server_metrics(
      "# TYPE h histogram\n"
      "h_bucket{engine=\"0\",le=\"0.1\"} 1\nh_bucket{engine=\"0\",le=\"0.5\"} "
      "3\nh_bucket{engine=\"0\",le=\"+Inf\"} 4\n"
      "h_bucket{le=\"0.1\",engine=\"1\"} 10\nh_bucket{ le = \"0.5\" , engine=\"le=\"} 20\n"
      "h_bucket{engine=\"1\",le=\"+Inf\"} 30\n"
      "h_sum{engine=\"0\"} 2.5\nh_sum{engine=\"1\"} 7.5\nh_count{engine=\"0\"} 4\nh_count{engine=\"1\"} 30\n"
      "h_bucket{engine=\"2\"} 99\nh_created 1.7e9\n");
  ASSERT_EQ(read.histograms.size(), 1U);
  EXPECT_EQ(read.histograms.at("h"), (HistogramReading{34.0, 10.0, {{0.1, 11.0}, {0.5, 23.0}}}));
  EXPECT_TRUE(read.counters.empty() && read.gauges.empty());
}

TEST(ServerMetrics, TakesOpenMetricsCountersByTheirSample) {
  EXPECT_EQ(
      read_server_metrics("# TYPE tokens counter\ntokens_total 7\ntokens_created 1.7e9\n# EOF\n").counters,
      (Numbers{{"tokens_total", 7.0}}));
}

TEST(ServerMetrics, LeavesOutWhatIsNoNumber) {
  const auto read =
      read_server_metrics("# TYPE a gauge\na NaN\na{x=\"1\"} +Inf\na{x=\"2\"} +4\na{x=\"3\"} four\n");
  EXPECT_EQ(read.gauges, (Numbers{{"a", 4.0}}));
}

TEST(ServerMetrics, TakesTensorRtLlmsLatestIterationAsGauges) {
  const auto read = read_server_metrics(R"([{"numActiveRequests":1},
              {"numActiveRequests":3,"timestamp":"now","kvCacheStats":{"usedNumBlocks":5,"cacheHitRate":0.25}}])");
  EXPECT_EQ(read.gauges, (Numbers{{"numActiveRequests", 3.0},
                                  {"kvCacheStats.usedNumBlocks", 5.0},
                                  {"kvCacheStats.cacheHitRate", 0.25}}));
  EXPECT_TRUE(read.counters.empty());
  EXPECT_TRUE(read_server_metrics("[]").empty());
  EXPECT_TRUE(read_server_metrics("{broken").empty());
}

TEST(ServerMetrics, OddTextDoesNoHarm) {
  for (const char* text : {"", "\n\n", "#", "# TYPE", "# TYPE a", "# TYPE a gauge\na", "# TYPE a gauge\na{",
                           "# TYPE a gauge\na{x=\"", "# TYPE a histogram\na_bucket{le=\"1\n",
                           "# TYPE a histogram\na_bucket{le=} 1\n", "# TYPE a histogram\na_bucket 3\n",
                           "<html>not found</html>", "{\"a\":{\"b\":{\"c\":{}}}}"})
    EXPECT_TRUE(read_server_metrics(text).empty()) << text;
}

TEST(ServerRequests, AreTensorRtLlmsTimesFromArrivalOn) {
  const auto read = read_server_requests(
      R"([{"request_id":2,"perf_metrics":{"first_iter":1,"timing_metrics":{"arrival_time":100.5,)"
      R"("first_scheduled_time":100.625,"first_token_time":101.0,"last_token_time":102.5}}},)"
      R"({"request_id":1,"perf_metrics":{"timing_metrics":{"arrival_time":100.25,"first_token_time":100.0}}},)"
      R"({"request_id":3,"perf_metrics":{"timing_metrics":{"first_token_time":1}}},7,{"perf_metrics":{}}])");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0], (ServerRequest{})) << "in order of arrival; a time before the arrival is none";
  EXPECT_EQ(read[1], (ServerRequest{0.125, 0.5, 2.0}));
  for (const char* text : {"", "{}", "[", "null", "[[]]"})
    EXPECT_TRUE(read_server_requests(text).empty()) << text;
}

}  // namespace
}  // namespace edgeeval
