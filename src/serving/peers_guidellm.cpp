// SPDX-License-Identifier: Apache-2.0
// GuideLLM and llmperf: time per token with the first token's wait inside.
#include "serving/peer_replies.hpp"

namespace edgeeval {

PeerReport guidellm_report(const PeerLoad& load) {
  const std::string source = "guidellm request_stats.py ee7a774";
  FigureList figures(PeerTool::guidellm);
  std::vector<double> ttft;
  std::vector<double> tpot;
  std::vector<double> itl;
  std::vector<double> latency;
  for (const auto& reply : load.replies) {
    std::optional<std::int64_t> first;
    std::int64_t last = 0;
    for (const auto& message : reply.messages) {
      if (!carries_tokens(message.kind)) continue;
      if (!first) first = message.at_ns;
      last = message.at_ns;
    }
    latency.push_back(ms_between(reply.start_ns, reply.closed_ns) * 1e-3);
    if (!first) continue;
    ttft.push_back(ms_between(reply.start_ns, *first));
    const auto n = static_cast<double>(reply.output_tokens());
    if (n >= 1.0) tpot.push_back(ms_between(reply.start_ns, last) / n);
    if (n > 1.0) itl.push_back(ms_between(*first, last) / (n - 1.0));
  }
  add_throughput(figures, load, source);
  figures.statistics("Request latency", "s", latency, "end of the request − its start (" + source + ")",
                     "e2e_close_service");
  figures.statistics("TTFT", "ms", ttft, "first token iteration − start of the request (" + source + ")",
                     "ttft_service");
  figures.statistics(
      "TPOT", "ms", tpot,
      "(last token iteration − start of the request) ÷ N: the wait for the first token is in it (" + source +
          ")",
      "none: tpot leaves the first token out; nearest is e2e_service ÷ output_tokens");
  figures.statistics("ITL", "ms", itl,
                     "(last − first token iteration) ÷ (N − 1), one value a request (" + source + ")",
                     "tpot, where the first chunk holds one token");
  figures.note(
      "percentiles are taken linear between order statistics; the tool reads them off its own cumulative "
      "distribution, which differs by at most one order statistic");
  return figures.take();
}

PeerReport llmperf_report(const PeerLoad& load) {
  const std::string source = "llmperf f1d6bed, PR #99";
  FigureList figures(PeerTool::llmperf);
  std::vector<double> ttft;
  std::vector<double> itl;
  std::vector<double> latency;
  std::vector<double> speed;
  double lines = 0.0;
  for (const auto& reply : load.replies) {
    double waits = 0.0;
    double own_lines = 0.0;
    std::optional<double> first;
    std::int64_t before = reply.start_ns;
    for (const auto& message : reply.messages) {
      if (message.kind == EventClass::ping || message.kind == EventClass::done) continue;
      own_lines += 1.0;
      if (!carries_tokens(message.kind)) continue;
      const double wait = ms_between(before, message.at_ns) * 1e-3;
      if (!first) first = wait;
      waits += wait;
      before = message.at_ns;
    }
    lines += own_lines;
    const double e2e = ms_between(reply.start_ns, reply.closed_ns) * 1e-3;
    latency.push_back(e2e);
    if (first) ttft.push_back(*first);
    if (own_lines > 0.0) itl.push_back(waits / own_lines);
    if (e2e > 0.0) speed.push_back(own_lines / e2e);
  }
  figures.statistics("ttft_s", "s", ttft, "first line with content − start (" + source + ")", "ttft_service");
  figures.statistics(
      "inter_token_latency_s", "s", itl,
      "sum of waits from the start of the request to its last content, TTFT among them, ÷ lines of the "
      "stream, each taken as a token (" +
          source + ")",
      "none: tpot leaves the first token out and counts tokens");
  figures.statistics("end_to_end_latency_s", "s", latency, "end of the stream − start (" + source + ")",
                     "e2e_close_service");
  figures.statistics("request_output_throughput_token_per_s", "tok/s", speed,
                     "lines ÷ end-to-end latency (" + source + ")", "none");
  figures.one("mean_output_throughput_token_per_s", "rate",
              load.duration_s > 0.0 ? std::optional(lines / load.duration_s) : std::nullopt, "tok/s",
              "lines of all replies ÷ duration (" + source + ")",
              "output_rate over the whole, which counts tokens");
  figures.note(
      "lines with a role, usage or a finish reason are counted as tokens, as the client does; where a "
      "tokenizer is at hand the tool divides by its count instead");
  return figures.take();
}

}  // namespace edgeeval
