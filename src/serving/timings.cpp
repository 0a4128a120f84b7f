// SPDX-License-Identifier: Apache-2.0
#include "serving/timings.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

namespace edgeeval {
namespace {

constexpr double kNano = 1e-9;
constexpr double kMilli = 1e-3;

/// First and last token of a request.
struct Tokens {
  std::int64_t first_ns = 0, last_ns = 0;
};

/// Pairs of one comparison, in seconds.
struct Pairs {
  std::vector<double> server, wire, difference;
  void add(std::optional<double> server_ms, double wire_s) {
    if (!server_ms) return;
    server.push_back(*server_ms * kMilli);
    wire.push_back(wire_s);
    difference.push_back(wire_s - *server_ms * kMilli);
  }
};

/// The order statistic of rank ceil(p · n).
double quantile_of(std::vector<double> values, double p) {
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(p * static_cast<double>(values.size()))) - 1;
  const auto at = values.begin() + std::max<std::ptrdiff_t>(rank, 0);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void conclude(const char* name, const char* wire, const Pairs& pairs, std::vector<TimingCheck>& checks) {
  if (pairs.server.empty()) return;
  checks.push_back({name, wire, pairs.server.size(), quantile_of(pairs.server, 0.5),
                    quantile_of(pairs.wire, 0.5), quantile_of(pairs.difference, 0.5),
                    quantile_of(pairs.difference, 0.99)});
}

}  // namespace

Result<std::vector<TimingCheck>> check_timings(LoadRecord& load) {
  std::unordered_map<std::uint32_t, Tokens> tokens;
  for (const auto& request : load.requests) {
    if (request.server && request.ok() && request.phase == LoadPhase::measured) tokens[request.index] = {};
  }
  std::vector<TimingCheck> checks;
  if (tokens.empty()) return checks;
  if (auto back = load.events->rewind(); !back) return tl::unexpected(back.error());
  while (true) {
    auto block = load.events->next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) break;
    for (const auto& event : *block) {
      if (!carries_tokens(event.kind)) continue;
      const auto found = tokens.find(event.request);
      if (found == tokens.end()) continue;
      if (found->second.first_ns == 0) found->second.first_ns = event.kernel_ns;
      found->second.last_ns = event.kernel_ns;
    }
  }
  Pairs prompt, first, predicted, total;
  for (const auto& request : load.requests) {
    const auto found = tokens.find(request.index);
    if (found == tokens.end() || found->second.first_ns == 0 || !request.issued_ns) continue;
    const auto [first_ns, last_ns] = found->second;
    const double to_first = static_cast<double>(first_ns - *request.issued_ns) * kNano;
    prompt.add(request.server->prompt_ms, to_first);
    first.add(request.server->first_token_ms, to_first);
    predicted.add(request.server->predicted_ms, static_cast<double>(last_ns - first_ns) * kNano);
    total.add(request.server->total_ms, static_cast<double>(last_ns - *request.issued_ns) * kNano);
  }
  conclude("prompt_ms", "time to first token, from sending", prompt, checks);
  conclude("first_token_ms", "time to first token, from sending", first, checks);
  conclude("predicted_ms", "first to last token", predicted, checks);
  conclude("total_ms", "sending to last token", total, checks);
  return checks;
}

}  // namespace edgeeval
