// SPDX-License-Identifier: Apache-2.0
// The same raw record under other tools' definitions, so that two teams' figures can be reconciled.
#pragma once

#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// Tools whose definitions are known.
enum class PeerTool { vllm, guidellm, aiperf, mlperf, sglang, llmperf, genai_perf };
[[nodiscard]] std::string_view to_string(PeerTool tool);
/// Error: usage, with the names there are.
[[nodiscard]] Result<PeerTool> peer_tool_from(std::string_view name);
[[nodiscard]] std::vector<PeerTool> all_peer_tools();

/// One figure as that tool words it.
struct PeerFigure {
  std::string name;             ///< The tool's own: "Mean TTFT (ms)".
  std::string statistic;        ///< "mean", "p99"….
  std::optional<double> value;  ///< In the tool's unit; absent where it has none.
  std::string unit;
  std::string definition;  ///< In words, with the source.
  std::string ours;        ///< Id of our nearest metric, and how it differs.
};

/// What that tool would have reported.
struct PeerReport {
  PeerTool tool = PeerTool::vllm;
  std::vector<PeerFigure> figures;
  std::vector<std::string> notes;  ///< What the record cannot tell (no tokenizer at hand…).
};
/// Errors: io, record_unreadable.
[[nodiscard]] Result<PeerReport> recompute(LoadRecord& load, PeerTool tool);

}  // namespace edgeeval
