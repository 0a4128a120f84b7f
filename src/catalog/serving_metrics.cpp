// SPDX-License-Identifier: Apache-2.0
#include "catalog/serving_metrics.hpp"

#include <algorithm>
#include <array>

namespace edgeeval {
namespace {

constexpr std::string_view kOurs = "EdgeEval";
constexpr std::string_view kMlperf = "MLPerf LoadGen (mlcommons/inference b66003e)";
constexpr std::string_view kAiperf = "AIPerf (docs/metrics-reference.md)";
constexpr std::string_view kSglang = "SGLang bench_serving (PR #12064)";

/// A distribution over requests.
constexpr ServingMetric over_requests(std::string_view id, std::string_view title, std::string_view unit,
                                      std::string_view definition, std::string_view source) {
  return {id, title, unit, definition, source, true, true, true};
}
/// A distribution over chunks or tokens.
constexpr ServingMetric over_tokens(std::string_view id, std::string_view title, std::string_view definition,
                                    std::string_view source) {
  return {id, title, "s", definition, source, true, false, true};
}
/// One figure a window.
constexpr ServingMetric single(std::string_view id, std::string_view title, std::string_view unit,
                               std::string_view definition, std::string_view source, bool less_is_better) {
  return {id, title, unit, definition, source, less_is_better, false, false};
}

constexpr std::array kMetrics{
    over_requests("ttft_user", "Time to first token, from the schedule", "s",
                  "stamp of the first event that carries a token (content, reasoning or tool) − scheduled_ns",
                  kMlperf),
    over_requests("ttft_service", "Time to first token, from sending", "s",
                  "stamp of the first event that carries a token (content, reasoning or tool) − issued_ns",
                  kOurs),
    over_requests("ttfo", "Time to first token of the answer, from sending", "s",
                  "stamp of the first event that carries a token other than reasoning − issued_ns", kAiperf),
    over_requests("ttst", "First to second token event", "s",
                  "stamp of the second event that carries a token − stamp of the first", kAiperf),
    over_requests("ttfe", "Time to first event, from sending", "s",
                  "stamp of the first event of the body, of any class − issued_ns", kOurs),
    over_requests("ttfb", "Time to the headers, from sending", "s", "headers_ns − issued_ns", kOurs),
    over_requests(
        "tpot", "Time per output token after the first", "s",
        "(stamp of the last token event − stamp of the first) ÷ (N − k_first): N tokens in the stream's "
        "events, k_first in the first of them; none where N <= k_first",
        kOurs),
    over_tokens("itl_delivered", "Inter-token latency as a reader sees it",
                "for the first token of a chunk its gap from the token event before, for its other tokens 0",
                kOurs),
    over_tokens(
        "itl_amortised", "Inter-token latency as the engine works",
        "for each token of a chunk after the first chunk: gap from the token event before ÷ tokens of the "
        "chunk",
        kSglang),
    over_tokens("icg", "Inter-chunk gap", "stamp of a token event − stamp of the token event before it",
                kAiperf),
    over_requests("longest_gap", "Longest gap between two chunks", "s",
                  "the largest inter-chunk gap of a reply; what an objective on itl_delivered is judged on",
                  kOurs),
    over_requests("e2e_user", "To the last token, from the schedule", "s",
                  "stamp of the last event that carries a token − scheduled_ns", kMlperf),
    over_requests("e2e_service", "To the last token, from sending", "s",
                  "stamp of the last event that carries a token − issued_ns", kOurs),
    over_requests("e2e_close_user", "To the end of the stream, from the schedule", "s",
                  "closed_ns − scheduled_ns", kOurs),
    over_requests("e2e_close_service", "To the end of the stream, from sending", "s", "closed_ns − issued_ns",
                  kOurs),
    over_requests(
        "schedule_lag", "Schedule lag", "s",
        "issued_ns − scheduled_ns, of failed requests too; in a closed loop from when the slot fell free",
        kOurs),
    over_requests("connect", "Connecting", "s",
                  "connected_ns − connect_begun_ns, where a connection was opened", kOurs),
    over_requests("tls", "TLS handshake", "s", "tls_ns − connected_ns, where a connection was opened", kOurs),
    over_requests(
        "output_tokens", "Length of the reply", "tok",
        "tokens of the reply by the server's count, else the sum over its events, else by its tokenizer, "
        "asked after the load",
        kOurs),
    over_requests("prompt_tokens", "Length of the prompt", "tok", "prompt tokens as the server counts them",
                  kOurs),
    single(kRequestRate, "Requests completed", "req/s", "replies that ended well ÷ length of the window",
           kOurs, false),
    single(
        kOutputRate, "Output tokens", "tok/s",
        "tokens of replies that ended well, in the steady window those that arrived within it, ÷ its length",
        kOurs, false),
    single("total_rate", "Prompt and output tokens", "tok/s",
           "as output_rate, and the prompt tokens of replies whose first token came within the window", kOurs,
           false),
    single("goodput_requests", "Requests within the objectives", "req/s",
           "replies that ended well and met every objective ÷ length of the window", kOurs, false),
    single("goodput_tokens", "Tokens within the objectives", "tok/s",
           "output tokens of replies that ended well and met every objective ÷ length of the window", kOurs,
           false),
    single("goodput_share", "Share within the objectives", "1",
           "replies that ended well and met every objective ÷ all measured requests, failed and late ones "
           "included",
           kOurs, false),
    single("concurrency", "Requests in flight", "1",
           "time integral of requests between issued_ns and closed_ns over the window ÷ its length", kOurs,
           false),
    single("error_share", "Failed requests", "1", "failed ÷ all measured requests", kOurs, true),
    single("cache_hit_share", "Prompt tokens from the server's cache", "1",
           "Σ cached tokens ÷ Σ prompt tokens, over replies that tell both", kOurs, false),
    single("coalesced_share", "Token events that shared a read", "1",
           "token events whose read held another event too ÷ token events: their stamps are upper bounds",
           kOurs, true),
    single("tokens_per_chunk", "Tokens a chunk", "1", "tokens in token events ÷ token events, where told",
           kOurs, false),
    single("density", "Output rate a gigabyte", "tok/s/GB",
           "output_rate of the steady window ÷ peak resident gigabytes of the engine", kOurs, false),
    single("joules_per_request", "Energy of a request", "J", "energy net of idle over the load ÷ requests",
           kOurs, true),
    single("joules_per_prompt_token", "Energy of a prompt token", "J",
           "slope of power on prompt tokens worked on a second", kOurs, true),
    single("joules_per_reply_token", "Energy of a reply token", "J",
           "slope of power on reply tokens arriving a second", kOurs, true),
};

}  // namespace

std::span<const ServingMetric> serving_metrics() { return kMetrics; }

const ServingMetric* find_serving_metric(std::string_view id) {
  const auto* const found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [id](const auto& metric) { return metric.id == id; });
  return found == kMetrics.end() ? nullptr : found;
}

}  // namespace edgeeval
