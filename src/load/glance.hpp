// SPDX-License-Identifier: Apache-2.0
// Glances at a load under way, made of what its threads count.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "load/client.hpp"
#include "load/shared.hpp"

namespace edgeeval::client {

/// Says when a glance is due, and makes it.
class Glances {
 public:
  /// A phase begins: what was counted before it is left out.
  void begin(const std::vector<const Counters*>& all, std::int64_t now_ns,
             std::optional<std::uint64_t> planned) {
    begun_ns_ = now_ns;
    planned_ = planned;
    before_ = sum(all);
  }
  [[nodiscard]] bool is_time(std::int64_t now_ns) const { return now_ns - told_ns_ >= kBetween; }
  [[nodiscard]] LoadGlance take(const std::vector<const Counters*>& all, std::int64_t now_ns,
                                bool warming_up) {
    told_ns_ = now_ns;
    std::vector<std::int64_t> first;
    for (const auto* counters : all) {
      for (const auto& one : counters->first_token_ns)
        if (const auto time = one.load(std::memory_order_relaxed); time > 0) first.push_back(time);
    }
    auto glance = since_begun(sum(all));
    glance.elapsed_s = static_cast<double>(now_ns - begun_ns_) * 1e-9;
    glance.warming_up = warming_up;
    if (first.empty()) return glance;
    const auto middle = first.begin() + static_cast<std::ptrdiff_t>(first.size() / 2);
    std::nth_element(first.begin(), middle, first.end());
    glance.ttft_ms = static_cast<double>(*middle) * 1e-6;
    return glance;
  }

 private:
  static constexpr std::int64_t kBetween = 200'000'000;

  static LoadGlance sum(const std::vector<const Counters*>& all) {
    LoadGlance glance;
    for (const auto* counters : all) {
      // Ended first: what ends meanwhile was sent before, so that never more has ended than was sent.
      glance.ended += counters->ended.load(std::memory_order_acquire);
      glance.failed += counters->failed.load(std::memory_order_relaxed);
      glance.sent += counters->sent.load(std::memory_order_relaxed);
      glance.late += counters->late.load(std::memory_order_relaxed);
      glance.tokens += counters->tokens.load(std::memory_order_relaxed);
    }
    return glance;
  }

  [[nodiscard]] LoadGlance since_begun(LoadGlance now) const {
    now.in_flight = now.sent - std::min(now.sent, now.ended);
    now.sent -= before_.sent;
    now.ended -= before_.ended;
    now.failed -= before_.failed;
    now.late -= before_.late;
    now.tokens -= before_.tokens;
    now.planned = planned_;
    return now;
  }

  LoadGlance before_;
  std::int64_t begun_ns_ = 0, told_ns_ = 0;
  std::optional<std::uint64_t> planned_;
};

}  // namespace edgeeval::client
