// SPDX-License-Identifier: Apache-2.0
// What a server counts of the replies it sent, as its metrics route tells it: the truth, from its own clock.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mock/dialect.hpp"

namespace edgeeval::mock {

/// A Prometheus histogram of seconds.
class SecondsHistogram {
 public:
  explicit SecondsHistogram(std::span<const double> bounds) : bounds_(bounds), counts_(bounds.size(), 0) {}
  void add(double seconds);
  /// Appends its family; `labels` stand in every sample, without braces ("model_name=\"m\"").
  void append(std::string& text, std::string_view name, std::string_view labels) const;
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::span<const double> bounds_;
  std::vector<std::uint64_t> counts_;  ///< Values within each bound and above the one before.
  std::uint64_t count_ = 0;
  double sum_ = 0.0;
};

/// The stamps of one reply, nanoseconds of CLOCK_MONOTONIC.
struct ServedReply {
  std::uint64_t number = 0;
  std::int64_t arrived_ns = 0;  ///< When the request was received.
  std::optional<std::int64_t> first_ns{},
      last_ns{};  ///< Just before the first and the last tokens were sent.
  std::uint32_t prompt_tokens = 0;
  bool cut_short = false;    ///< Finished for length.
  std::uint32_t tokens = 0;  ///< Sent so far.
};

/// All that was served since the start.
class Served {
 public:
  Served();
  /// Tokens are about to be sent, as a part of `reply`; its stamps are moved on.
  void sent(ServedReply& reply, std::int64_t now_ns, std::uint32_t tokens);
  /// The reply has been sent to its end.
  void ended(const ServedReply& reply);
  /// Prometheus text in the words of a dialect that has it; `running` are the replies under way.
  [[nodiscard]] std::string prometheus(Dialect dialect, std::string_view model_json,
                                       std::size_t running) const;
  /// TensorRT-LLM's /metrics: statistics of the present iteration.
  [[nodiscard]] std::string iteration(std::size_t running) const;
  /// TensorRT-LLM's /perf_metrics: the requests that ended since it was last asked, which are then forgotten.
  [[nodiscard]] std::string take_requests();

 private:
  SecondsHistogram ttft_, itl_, e2e_;
  std::uint64_t prompt_tokens_ = 0, tokens_ = 0, stopped_ = 0, cut_short_ = 0;
  std::deque<ServedReply> requests_;  ///< Bounded: the oldest go first, as in the server that is played.
};

}  // namespace edgeeval::mock
