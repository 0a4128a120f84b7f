// SPDX-License-Identifier: Apache-2.0
#include "serving/server_distributions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace edgeeval {
namespace {

constexpr double kNano = 1e-9;
constexpr std::array kQuantiles{0.5, 0.9, 0.99};

enum class Stretch : std::uint8_t { first_token, between_tokens, whole };

/// A histogram's name and the stretch that it is of. From the servers' own pages: vLLM's and SGLang's
/// Prometheus metrics, TensorRT-LLM's /prometheus/metrics, TGI's.
struct Known {
  std::string_view name;
  Stretch stretch;
};
constexpr std::array kKnown{
    Known{"vllm:time_to_first_token_seconds", Stretch::first_token},
    Known{"vllm:inter_token_latency_seconds", Stretch::between_tokens},
    // The older name of the same; versions that have both give both the same values.
    Known{"vllm:time_per_output_token_seconds", Stretch::between_tokens},
    Known{"vllm:e2e_request_latency_seconds", Stretch::whole},
    Known{"sglang:time_to_first_token_seconds", Stretch::first_token},
    Known{"sglang:inter_token_latency_seconds", Stretch::between_tokens},
    Known{"sglang:e2e_request_latency_seconds", Stretch::whole},
    Known{"trtllm_time_to_first_token_seconds", Stretch::first_token},
    Known{"trtllm_e2e_request_latency_seconds", Stretch::whole},
    Known{"tgi_request_duration", Stretch::whole},
};

std::string_view words_of(Stretch stretch) {
  switch (stretch) {
    case Stretch::first_token:
      return "time to first token, from sending";
    case Stretch::between_tokens:
      return "gaps between chunks";
    case Stretch::whole:
      break;
  }
  return "sending to last token";
}

/// Times of all replies, each list in ascending order.
struct WireTimes {
  std::array<std::vector<double>, 3> of;
  [[nodiscard]] std::vector<double>& operator[](Stretch stretch) {
    return of[static_cast<std::size_t>(stretch)];
  }
};

struct Stamps {
  std::int64_t first_ns = 0, last_ns = 0;
};

Result<WireTimes> wire_times(LoadRecord& load) {
  WireTimes times;
  std::unordered_map<std::uint32_t, Stamps> stamps;
  if (auto back = load.events->rewind(); !back) return tl::unexpected(back.error());
  for (;;) {
    const auto block = load.events->next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) break;
    for (const auto& event : *block) {
      if (!carries_tokens(event.kind)) continue;
      const auto [found, is_new] =
          stamps.try_emplace(event.request, Stamps{event.kernel_ns, event.kernel_ns});
      if (is_new) continue;
      auto& last_ns = found->second.last_ns;
      times[Stretch::between_tokens].push_back(
          static_cast<double>(std::max<std::int64_t>(event.kernel_ns - last_ns, 0)) * kNano);
      last_ns = std::max(last_ns, event.kernel_ns);
    }
  }
  for (const auto& request : load.requests) {
    const auto found = stamps.find(request.index);
    if (found == stamps.end() || !request.issued_ns) continue;
    const auto [first_ns, last_ns] = found->second;
    times[Stretch::first_token].push_back(static_cast<double>(first_ns - *request.issued_ns) * kNano);
    // A server's time of a whole request is of those that it ended.
    if (request.ok())
      times[Stretch::whole].push_back(static_cast<double>(last_ns - *request.issued_ns) * kNano);
  }
  for (auto& list : times.of) std::sort(list.begin(), list.end());
  return times;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::uint64_t rank_of(double p, std::uint64_t count) {
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(count))));
}

double order_statistic(const std::vector<double>& ascending, double p) {
  return ascending[static_cast<std::size_t>(rank_of(p, ascending.size()) - 1)];
}

/// The bucket that holds the value of that rank.
ServerQuantile bucket_of(const ServerHistogram& histogram, double p, double wire_s) {
  ServerQuantile quantile{p, 0.0, std::nullopt, wire_s};
  const auto rank = rank_of(p, histogram.count);
  for (const auto& [bound, below] : histogram.buckets) {
    if (below >= rank) {
      quantile.server_hi_s = bound;
      return quantile;
    }
    quantile.server_lo_s = bound;
  }
  return quantile;
}

ServerDistribution begun(std::string name, Stretch stretch, const std::vector<double>& wire) {
  ServerDistribution check;
  check.name = std::move(name);
  check.wire = words_of(stretch);
  check.wire_count = wire.size();
  check.wire_mean_s = mean_of(wire);
  return check;
}

void add_histograms(const LoadHeader& header, WireTimes& wire, std::vector<ServerDistribution>& checks) {
  for (const auto& histogram : header.histograms) {
    const auto* const known =
        std::find_if(kKnown.begin(), kKnown.end(), [&](const auto& k) { return k.name == histogram.name; });
    if (known == kKnown.end() || histogram.count == 0 || histogram.buckets.empty()) continue;
    const auto& times = wire[known->stretch];
    if (times.empty()) continue;
    auto check = begun(histogram.name, known->stretch, times);
    check.server_count = histogram.count;
    check.server_mean_s = histogram.sum / static_cast<double>(histogram.count);
    for (const double p : kQuantiles)
      check.quantiles.push_back(bucket_of(histogram, p, order_statistic(times, p)));
    checks.push_back(std::move(check));
  }
}

void add_requests(const LoadHeader& header, WireTimes& wire, std::vector<ServerDistribution>& checks) {
  const auto add = [&](const char* name, Stretch stretch, std::optional<double> ServerRequest::*member) {
    std::vector<double> told;
    for (const auto& request : header.server_requests)
      if (request.*member) told.push_back(*(request.*member));
    const auto& times = wire[stretch];
    if (told.empty() || times.empty()) return;
    std::sort(told.begin(), told.end());
    auto check = begun(name, stretch, times);
    check.server_count = told.size();
    check.server_mean_s = mean_of(told);
    for (const double p : kQuantiles) {
      const auto value = order_statistic(told, p);
      check.quantiles.push_back({p, value, value, order_statistic(times, p)});
    }
    checks.push_back(std::move(check));
  };
  add("first_token_time", Stretch::first_token, &ServerRequest::first_token_s);
  add("last_token_time", Stretch::whole, &ServerRequest::last_token_s);
}

}  // namespace

double ServerQuantile::difference_s() const {
  if (wire_s <= server_lo_s) return wire_s - server_lo_s;
  return server_hi_s && wire_s > *server_hi_s ? wire_s - *server_hi_s : 0.0;
}

Result<std::vector<ServerDistribution>> check_server_distributions(LoadRecord& load) {
  std::vector<ServerDistribution> checks;
  if (load.header.histograms.empty() && load.header.server_requests.empty()) return checks;
  auto wire = wire_times(load);
  if (!wire) return tl::unexpected(wire.error());
  add_histograms(load.header, *wire, checks);
  add_requests(load.header, *wire, checks);
  return checks;
}

}  // namespace edgeeval
