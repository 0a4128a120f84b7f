// SPDX-License-Identifier: Apache-2.0
// MLPerf LoadGen: integer nanoseconds from the schedule, order statistics, and a TPOT that can be negative.
#include <algorithm>

#include "serving/peer_replies.hpp"
#include "stats/order_ranks.hpp"

namespace edgeeval {
namespace {

/// Mean by integer division, and sorted[⌊n · p⌋], as PerformanceSummary does; the early-stopping estimate of
/// p99.
void latencies(FigureList& figures, const std::string& name, std::vector<std::int64_t> values,
               const std::string& definition, const std::string& ours) {
  std::sort(values.begin(), values.end());
  std::int64_t sum = 0;
  for (const auto value : values) sum += value;
  const auto count = static_cast<std::int64_t>(values.size());
  const auto told = [&](std::size_t rank) {
    return values.empty() ? std::nullopt : std::optional(static_cast<double>(values[rank]));
  };
  figures.one("Mean " + name + " (ns)", "mean",
              count == 0 ? std::nullopt : std::optional(static_cast<double>(sum / count)), "ns",
              definition + "; mean by integer division", ours);
  for (const auto& [label, p] :
       {std::pair{"50.00", 0.5}, {"90.00", 0.9}, {"95.00", 0.95}, {"99.00", 0.99}, {"99.90", 0.999}})
    figures.one(std::string(label) + " percentile " + name + " (ns)", std::string("p") + label,
                told(static_cast<std::size_t>(static_cast<double>(count) * p)), "ns",
                definition + "; sorted[⌊n · p⌋] (loadgen/results.cc)", ours);
  std::optional<double> estimate;
  if (count > 0)
    if (const auto rank = quantile_ranks(values.size(), 0.99).upper_99) estimate = told(*rank);
  figures.one("Early stopping 99th percentile estimate of " + name + " (ns)", "p99 upper 99 %", estimate,
              "ns",
              definition +
                  "; sorted[n − t] for the largest t that passes (loadgen/early_stopping.cc); absent below "
                  "662 samples",
              ours + ": upper_99");
}

}  // namespace

PeerReport mlperf_report(const PeerLoad& load) {
  FigureList figures(PeerTool::mlperf);
  std::vector<std::int64_t> latency;
  std::vector<std::int64_t> ttft;
  std::vector<std::int64_t> tpot;
  std::uint64_t negative = 0;
  for (const auto& reply : load.replies) {
    const auto scheduled = reply.request->scheduled_ns;
    const auto whole = reply.closed_ns - scheduled;
    latency.push_back(whole);
    const auto first = std::find_if(reply.messages.begin(), reply.messages.end(),
                                    [](const auto& message) { return carries_tokens(message.kind); });
    if (first == reply.messages.end()) continue;
    ttft.push_back(first->at_ns - scheduled);
    const auto tokens = reply.output_tokens();
    const auto divisor = tokens > 1 ? tokens - 1 : -1;
    if (divisor < 0) ++negative;
    tpot.push_back((whole - ttft.back()) / divisor);
  }
  const std::string source = " (loadgen.cc, logging.cc, mlcommons/inference b66003e)";
  const auto samples = static_cast<double>(load.replies.size());
  figures.one("Completed samples per second", "rate",
              load.duration_s > 0.0 && samples > 1.0 ? std::optional((samples - 1.0) / load.duration_s)
                                                     : std::nullopt,
              "samples/s", "(samples − 1) ÷ time to the last completion (loadgen/results.cc)",
              "request_rate over the whole, which counts all");
  latencies(figures, "latency", latency, "completion − scheduled" + source, "e2e_close_user");
  latencies(figures, "first token latency", ttft, "first token − scheduled" + source, "ttft_user");
  latencies(
      figures, "time per output token", tpot,
      "(latency − first token latency) ÷ (n_tokens − 1), integer ns; ÷ −1 where n_tokens is 0 or 1" + source,
      "tpot: absent and counted for one token");
  if (negative > 0)
    figures.note(std::to_string(negative) +
                 " replies of no or one token have a TPOT that is zero or negative: the tool "
                 "logs an error and divides by −1 all the same (logging.cc)");
  figures.note(
      "the tool has no HTTP client; these are its figures of samples that complete when the stream ends");
  return figures.take();
}

}  // namespace edgeeval
