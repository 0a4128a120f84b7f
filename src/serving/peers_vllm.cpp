// SPDX-License-Identifier: Apache-2.0
// vLLM's and SGLang's own benchmark clients, which share their words and differ in what a message is.
#include "serving/peer_replies.hpp"

namespace edgeeval {
namespace {

/// What either client notes of a reply (ms).
struct ClientNotes {
  std::optional<double> ttft, latency;
  std::vector<double> itl;
};

/// vllm/benchmarks/lib/endpoint_request_func.py (02cfb53): the first message with `choices` is the first
/// token, even if it holds a role or nothing; each later one adds a gap, the empty one with the reason to
/// finish too.
ClientNotes vllm_notes(const PeerReply& reply) {
  ClientNotes notes;
  std::int64_t before = reply.start_ns;
  for (const auto& message : reply.messages) {
    if (!has_choices(message.kind)) continue;
    if (!notes.ttft)
      notes.ttft = ms_between(reply.start_ns, message.at_ns);
    else
      notes.itl.push_back(ms_between(before, message.at_ns));
    before = message.at_ns;
    notes.latency = ms_between(reply.start_ns, message.at_ns);
  }
  return notes;
}

/// python/sglang bench_serving (PR #12064): the first chunk with text is the first token; a later one's gap
/// is divided by its new tokens and counted once for each; one without new tokens leaves the clock where it
/// was.
ClientNotes sglang_notes(const PeerReply& reply) {
  ClientNotes notes;
  std::int64_t before = reply.start_ns;
  for (const auto& message : reply.messages) {
    // Every line moves the end, the end mark too; comments are no lines with data.
    if (message.kind != EventClass::ping) notes.latency = ms_between(reply.start_ns, message.at_ns);
    if (!carries_tokens(message.kind)) continue;
    if (!notes.ttft) {
      notes.ttft = ms_between(reply.start_ns, message.at_ns);
    } else {
      const auto tokens = tokens_in(reply, message);
      if (tokens == 0) continue;
      notes.itl.insert(notes.itl.end(), tokens,
                       ms_between(before, message.at_ns) / static_cast<double>(tokens));
    }
    before = message.at_ns;
  }
  return notes;
}

PeerReport serving_report(const PeerLoad& load, PeerTool tool, ClientNotes (*notes_of)(const PeerReply&),
                          const std::string& source, const std::string& first, const std::string& last,
                          const std::string& gap, const std::string& our_itl) {
  FigureList figures(tool);
  std::vector<double> ttft;
  std::vector<double> tpot;
  std::vector<double> itl;
  std::vector<double> latency;
  for (const auto& reply : load.replies) {
    const auto notes = notes_of(reply);
    itl.insert(itl.end(), notes.itl.begin(), notes.itl.end());
    ttft.push_back(notes.ttft.value_or(0.0));
    latency.push_back(notes.latency.value_or(0.0));
    if (reply.output_tokens() > 1)
      tpot.push_back((latency.back() - ttft.back()) / static_cast<double>(reply.output_tokens() - 1));
  }
  add_throughput(figures, load, source);
  figures.statistics(
      "TTFT", "ms", ttft,
      first + " − start of the request, connecting included; 0 where none came (" + source + ")",
      "ttft_service: from the first byte sent to the first event with a token");
  figures.statistics("TPOT", "ms", tpot,
                     "(" + last + " − first) ÷ (N − 1), for replies of more than one token (" + source + ")",
                     "tpot: to the last token event, and less the tokens of the first chunk");
  figures.statistics("ITL", "ms", itl, gap + " (" + source + ")", our_itl);
  figures.statistics("E2EL", "ms", latency, last + " − start of the request (" + source + ")",
                     "e2e_service: to the last token event");
  if (load.unknown_lengths > 0)
    figures.note("the tool would have tokenized " + std::to_string(load.unknown_lengths) +
                 " replies without usage; the record does not tell their tokens, and they have no TPOT");
  return figures.take();
}

}  // namespace

PeerReport vllm_report(const PeerLoad& load) {
  return serving_report(load, PeerTool::vllm, vllm_notes,
                        "vllm/benchmarks/lib/endpoint_request_func.py 02cfb53, benchmarks/serve.py",
                        "first message that has `choices`, even with a role or nothing in it",
                        "last message that has `choices`",
                        "time between messages that have `choices`, the empty one with the finish reason too",
                        "icg: between events with tokens only");
}

PeerReport sglang_report(const PeerLoad& load) {
  auto report = serving_report(load, PeerTool::sglang, sglang_notes, "python/sglang bench_serving, PR #12064",
                               "first chunk with text", "last line of the stream",
                               "gap between chunks with text ÷ new tokens, once a token", "itl_amortised");
  if (load.untold_messages > 0)
    report.notes.push_back(std::to_string(load.untold_messages) +
                           " chunks do not tell their new tokens and are taken as one each");
  return report;
}

}  // namespace edgeeval
