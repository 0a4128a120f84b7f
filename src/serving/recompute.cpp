// SPDX-License-Identifier: Apache-2.0
#include "serving/recompute.hpp"

#include <array>

#include "core/text.hpp"
#include "serving/peer_replies.hpp"

namespace edgeeval {
namespace {

struct Peer {
  PeerTool tool;
  std::string_view name;
  PeerReport (*report)(const PeerLoad& load);
};

constexpr std::array kPeers{Peer{PeerTool::vllm, "vllm", vllm_report},
                            Peer{PeerTool::guidellm, "guidellm", guidellm_report},
                            Peer{PeerTool::aiperf, "aiperf", aiperf_report},
                            Peer{PeerTool::mlperf, "mlperf", mlperf_report},
                            Peer{PeerTool::sglang, "sglang", sglang_report},
                            Peer{PeerTool::llmperf, "llmperf", llmperf_report},
                            Peer{PeerTool::genai_perf, "genai-perf", genai_perf_report}};

}  // namespace

std::string_view to_string(PeerTool tool) {
  for (const auto& peer : kPeers)
    if (peer.tool == tool) return peer.name;
  return {};
}

Result<PeerTool> peer_tool_from(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& peer : kPeers) {
    if (peer.name == name) return peer.tool;
    names.emplace_back(peer.name);
  }
  const auto near = nearest(name, names);
  return fail(ErrorCode::usage, "the definitions of '" + std::string(name) + "' are not known", "--as",
              (near.empty() ? "" : "did you mean " + near + "? ") + "there are " + join(names, ", "));
}

std::vector<PeerTool> all_peer_tools() {
  std::vector<PeerTool> tools;
  for (const auto& peer : kPeers) tools.push_back(peer.tool);
  return tools;
}

Result<PeerReport> recompute(LoadRecord& load, PeerTool tool) {
  const auto peer_load = read_peer_load(load);
  if (!peer_load) return tl::unexpected(peer_load.error());
  for (const auto& peer : kPeers) {
    if (peer.tool != tool) continue;
    auto report = peer.report(*peer_load);
    if (peer_load->failed > 0)
      report.notes.push_back(std::to_string(peer_load->failed) +
                             " failed requests are not in it, as in the tool");
    if (peer_load->retokenised > 0)
      report.notes.push_back("the tokens of " + std::to_string(peer_load->retokenised) +
                             " replies are counted by the server's tokenizer, asked after the load");
    report.notes.emplace_back(
        "stamps are this record's, not those that the tool's own client would have made");
    return report;
  }
  return fail(ErrorCode::internal, "a tool without definitions");
}

}  // namespace edgeeval
