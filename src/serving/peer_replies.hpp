// SPDX-License-Identifier: Apache-2.0
// Replies message by message, as other tools' clients see them, and the statistics that they print.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/load_file.hpp"
#include "serving/recompute.hpp"
#include "serving/replies.hpp"

namespace edgeeval {

/// One message of a reply.
struct PeerMessage {
  std::int64_t at_ns = 0;
  std::uint32_t read = 0;
  std::uint16_t tokens = 0;
  bool told = false;
  EventClass kind = EventClass::other;
};

/// A measured reply that ended well, as a tool's client would have it.
struct PeerReply {
  const RequestRecord* request = nullptr;
  std::vector<PeerMessage> messages;
  ReplyTokens tokens;
  /// Where a Python client's clock starts: before it opens a connection, where it had to.
  std::int64_t start_ns = 0;
  std::int64_t closed_ns = 0;
  /// Tokens of the reply; 0 where unknown, as a tool without a tokenizer would have it.
  [[nodiscard]] std::int64_t output_tokens() const {
    return static_cast<std::int64_t>(tokens.total.value_or(0));
  }
};

/// All of them, in order of scheduling, and what tools divide by.
struct PeerLoad {
  std::vector<PeerReply> replies;
  double duration_s = 0.0;  ///< First start to last end, failed requests included.
  std::uint64_t failed = 0;
  std::uint64_t unknown_lengths = 0;
  std::uint64_t retokenised = 0;  ///< Replies whose text the server's tokenizer counted after the load.
  std::uint64_t untold_messages = 0;  ///< Token events of which nothing says how many tokens they carry.
  [[nodiscard]] double total_output() const;
};
/// Reads all events, holding them in memory. Errors: those of the stream.
[[nodiscard]] Result<PeerLoad> read_peer_load(LoadRecord& load);

/// Whether a message has an element in `choices`: role, empty, text and finish messages do; usage, pings and
/// the end mark do not.
[[nodiscard]] bool has_choices(EventClass kind);
/// Tokens of a token event of `reply`: told, inferred, or 1.
[[nodiscard]] std::uint64_t tokens_in(const PeerReply& reply, const PeerMessage& message);

/// The p-th percentile (0…100) as numpy.percentile makes it: linear between order statistics.
[[nodiscard]] double numpy_percentile(const std::vector<double>& sorted, double p);

/// Collects a tool's figures in its own words.
class FigureList {
 public:
  explicit FigureList(PeerTool tool) { report_.tool = tool; }
  /// Mean, median, p90, p95, p99 with numpy's linear percentiles: "Mean TTFT (ms)". Absent without values.
  void statistics(const std::string& what, const std::string& unit, std::vector<double> values,
                  const std::string& definition, const std::string& ours);
  void one(const std::string& name, const std::string& statistic, std::optional<double> value,
           const std::string& unit, const std::string& definition, const std::string& ours);
  void note(std::string text) { report_.notes.push_back(std::move(text)); }
  [[nodiscard]] PeerReport take() { return std::move(report_); }

 private:
  PeerReport report_;
};

/// Each tool's report.
[[nodiscard]] PeerReport vllm_report(const PeerLoad& load);
[[nodiscard]] PeerReport sglang_report(const PeerLoad& load);
[[nodiscard]] PeerReport guidellm_report(const PeerLoad& load);
[[nodiscard]] PeerReport llmperf_report(const PeerLoad& load);
[[nodiscard]] PeerReport aiperf_report(const PeerLoad& load);
[[nodiscard]] PeerReport genai_perf_report(const PeerLoad& load);
[[nodiscard]] PeerReport mlperf_report(const PeerLoad& load);

/// Requests and tokens a second over the tool's duration.
void add_throughput(FigureList& figures, const PeerLoad& load, const std::string& source);

/// Milliseconds between two stamps.
[[nodiscard]] inline double ms_between(std::int64_t begin, std::int64_t end) {
  return static_cast<double>(end - begin) * 1e-6;
}

}  // namespace edgeeval
