// SPDX-License-Identifier: Apache-2.0
#include "mock/served.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace edgeeval::mock {
namespace {

constexpr std::size_t kMostRequests = 10'000;
constexpr double kNano = 1e-9;

// The bounds that vLLM has (vllm/v1/metrics/loggers.py).
constexpr std::array kFirstToken{0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1,  0.25,  0.5,   0.75,
                                 1.0,   2.5,   5.0,  7.5,  10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0};
constexpr std::array kBetweenTokens{0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2,  0.3,  0.4, 0.5,
                                    0.75, 1.0,   2.5,  5.0,   7.5, 10.0, 20.0, 40.0, 80.0};
constexpr std::array kWhole{0.3,  0.5,  0.8,  1.0,  1.5,   2.0,   2.5,   5.0,   10.0,   15.0,  20.0,
                            30.0, 40.0, 50.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 7680.0};

void family(std::string& text, std::string_view name, std::string_view type, std::string_view labels,
            std::uint64_t value) {
  const auto braces = labels.empty() ? std::string() : fmt::format("{{{}}}", labels);
  text += fmt::format("# TYPE {0} {1}\n{0}{2} {3}.0\n", name, type, braces, value);
}

double seconds(std::int64_t from_ns, std::int64_t to_ns) {
  return static_cast<double>(std::max<std::int64_t>(to_ns - from_ns, 0)) * kNano;
}

}  // namespace

void SecondsHistogram::add(double seconds) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), seconds);
  if (bound != bounds_.end()) ++counts_[static_cast<std::size_t>(bound - bounds_.begin())];
  ++count_;
  sum_ += seconds;
}

void SecondsHistogram::append(std::string& text, std::string_view name, std::string_view labels) const {
  const auto more = labels.empty() ? std::string() : fmt::format("{},", labels);
  const auto braces = labels.empty() ? std::string() : fmt::format("{{{}}}", labels);
  text += fmt::format("# TYPE {} histogram\n", name);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    below += counts_[i];
    text += fmt::format("{}_bucket{{{}le=\"{}\"}} {}.0\n", name, more, bounds_[i], below);
  }
  text += fmt::format("{}_bucket{{{}le=\"+Inf\"}} {}.0\n", name, more, count_);
  text += fmt::format("{0}_count{1} {2}.0\n{0}_sum{1} {3}\n", name, braces, count_, sum_);
}

Served::Served() : ttft_(kFirstToken), itl_(kBetweenTokens), e2e_(kWhole) {}

void Served::sent(ServedReply& reply, std::int64_t now_ns, std::uint32_t tokens) {
  tokens_ += tokens;
  reply.tokens += tokens;
  if (!reply.first_ns) {
    reply.first_ns = now_ns;
    ttft_.add(seconds(reply.arrived_ns, now_ns));
  } else {
    itl_.add(seconds(*reply.last_ns, now_ns));
  }
  reply.last_ns = now_ns;
}

void Served::ended(const ServedReply& reply) {
  if (!reply.last_ns) return;
  prompt_tokens_ += reply.prompt_tokens;
  ++(reply.cut_short ? cut_short_ : stopped_);
  e2e_.add(seconds(reply.arrived_ns, *reply.last_ns));
  requests_.push_back(reply);
  if (requests_.size() > kMostRequests) requests_.pop_front();
}

std::string Served::prometheus(Dialect dialect, std::string_view model_json, std::size_t running) const {
  std::string text;
  const auto model = fmt::format("model_name={}", model_json);
  switch (dialect) {
    case Dialect::vllm: {
      const auto labels = "engine=\"0\"," + model;
      family(text, "vllm:num_requests_running", "gauge", labels, running);
      family(text, "vllm:num_requests_waiting", "gauge", labels, 0);
      family(text, "vllm:prompt_tokens_total", "counter", labels, prompt_tokens_);
      family(text, "vllm:generation_tokens_total", "counter", labels, tokens_);
      text += "# TYPE vllm:request_success_total counter\n";
      text +=
          fmt::format("vllm:request_success_total{{{},finished_reason=\"stop\"}} {}.0\n", labels, stopped_);
      text += fmt::format("vllm:request_success_total{{{},finished_reason=\"length\"}} {}.0\n", labels,
                          cut_short_);
      ttft_.append(text, "vllm:time_to_first_token_seconds", labels);
      itl_.append(text, "vllm:inter_token_latency_seconds", labels);
      e2e_.append(text, "vllm:e2e_request_latency_seconds", labels);
      break;
    }
    case Dialect::sglang:
      family(text, "sglang:num_running_reqs", "gauge", model, running);
      family(text, "sglang:num_queue_reqs", "gauge", model, 0);
      family(text, "sglang:prompt_tokens_total", "counter", model, prompt_tokens_);
      family(text, "sglang:generation_tokens_total", "counter", model, tokens_);
      break;
    case Dialect::llama_server:
      family(text, "llamacpp:prompt_tokens_total", "counter", {}, prompt_tokens_);
      family(text, "llamacpp:tokens_predicted_total", "counter", {}, tokens_);
      family(text, "llamacpp:requests_processing", "gauge", {}, running);
      family(text, "llamacpp:requests_deferred", "gauge", {}, 0);
      break;
    case Dialect::tgi:
      family(text, "tgi_queue_size", "gauge", {}, 0);
      family(text, "tgi_batch_current_size", "gauge", {}, running);
      family(text, "tgi_request_success", "counter", {}, stopped_ + cut_short_);
      e2e_.append(text, "tgi_request_duration", {});
      break;
    default:
      break;
  }
  return text;
}

std::string Served::iteration(std::size_t running) const {
  return fmt::format(
      "[{{\"iter\":{},\"numActiveRequests\":{},\"numQueuedRequests\":0,\"numCompletedRequests\":{}}}]",
      itl_.count() + ttft_.count(), running, stopped_ + cut_short_);
}

std::string Served::take_requests() {
  std::string text = "[";
  for (const auto& reply : requests_) {
    const auto at = [](std::int64_t ns) { return static_cast<double>(ns) * kNano; };
    text += fmt::format(
        "{}{{\"request_id\":{},\"perf_metrics\":{{\"timing_metrics\":{{\"arrival_time\":{:.9f},"
        "\"first_scheduled_time\":{:.9f},\"first_token_time\":{:.9f},\"last_token_time\":{:.9f}}}}}}}",
        text.size() == 1 ? "" : ",", reply.number, at(reply.arrived_ns), at(reply.arrived_ns),
        at(*reply.first_ns), at(*reply.last_ns));
  }
  requests_.clear();
  return text + "]";
}

}  // namespace edgeeval::mock
