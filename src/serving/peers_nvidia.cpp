// SPDX-License-Identifier: Apache-2.0
// AIPerf and GenAI-Perf: one inter-token latency a request; the latter sees reads, not events.
#include <set>

#include "serving/peer_replies.hpp"

namespace edgeeval {
namespace {

/// Stamps at which a client saw a response with something in it, and its last response of any kind.
struct Responses {
  std::vector<std::int64_t> with_tokens;
  std::optional<std::int64_t> last;
};

/// An event is a response.
Responses by_event(const PeerReply& reply) {
  Responses responses;
  for (const auto& message : reply.messages) {
    if (message.kind == EventClass::ping || message.kind == EventClass::done) continue;
    responses.last = message.at_ns;
    if (carries_tokens(message.kind)) responses.with_tokens.push_back(message.at_ns);
  }
  return responses;
}

/// A write callback of libcurl is a response: all events of one read are one.
Responses by_read(const PeerReply& reply) {
  Responses responses;
  std::set<std::uint32_t> seen;
  for (const auto& message : reply.messages) {
    if (message.kind == EventClass::ping || message.kind == EventClass::done) continue;
    responses.last = message.at_ns;
    if (carries_tokens(message.kind) && seen.insert(message.read).second)
      responses.with_tokens.push_back(message.at_ns);
  }
  return responses;
}

PeerReport nvidia_report(const PeerLoad& load, PeerTool tool, Responses (*responses_of)(const PeerReply&),
                         const std::string& source, const std::string& response) {
  FigureList figures(tool);
  std::vector<double> ttft;
  std::vector<double> ttst;
  std::vector<double> itl;
  std::vector<double> icl;
  std::vector<double> latency;
  std::vector<double> per_user;
  for (const auto& reply : load.replies) {
    const auto responses = responses_of(reply);
    if (responses.last) latency.push_back(ms_between(reply.start_ns, *responses.last));
    const auto& at = responses.with_tokens;
    if (at.empty()) continue;
    ttft.push_back(ms_between(reply.start_ns, at.front()));
    if (at.size() > 1) ttst.push_back(ms_between(at[0], at[1]));
    for (std::size_t i = 1; i < at.size(); ++i) icl.push_back(ms_between(at[i - 1], at[i]));
    if (reply.output_tokens() < 2) continue;
    itl.push_back((latency.back() - ttft.back()) / static_cast<double>(reply.output_tokens() - 1));
    if (itl.back() > 0.0) per_user.push_back(1000.0 / itl.back());
  }
  add_throughput(figures, load, source);
  figures.statistics("Time to First Token", "ms", ttft,
                     "first non-empty " + response + " − start (" + source + ")", "ttft_service");
  figures.statistics("Time to Second Token", "ms", ttst,
                     "second − first non-empty " + response + " (" + source + ")", "ttst");
  figures.statistics("Inter Token Latency", "ms", itl,
                     "(request latency − TTFT) ÷ (output tokens − 1), one value a request (" + source + ")",
                     "tpot");
  if (tool == PeerTool::aiperf)
    figures.statistics("Inter Chunk Latency", "ms", icl,
                       "gaps between non-empty " + response + "s (" + source + ")", "icg");
  figures.statistics("Request Latency", "ms", latency, "last " + response + " − start (" + source + ")",
                     "e2e_service: to the last token, where this may reach to the usage event");
  figures.statistics("Output Token Throughput Per User", "tok/s", per_user,
                     "1 ÷ inter token latency (" + source + ")", "1 ÷ tpot");
  figures.note("the tool tokenizes replies itself; here tokens are the server's, else those of the events");
  return figures.take();
}

}  // namespace

PeerReport aiperf_report(const PeerLoad& load) {
  return nvidia_report(load, PeerTool::aiperf, by_event, "aiperf docs/metrics-reference.md", "response");
}

PeerReport genai_perf_report(const PeerLoad& load) {
  auto report = nvidia_report(load, PeerTool::genai_perf, by_read,
                              "perf_analyzer 263c5f6: openai_client.cc, genai-perf", "read");
  report.notes.emplace_back(
      "perf_analyzer takes what libcurl hands over at once as one response; reads of this client stand for "
      "that");
  return report;
}

}  // namespace edgeeval
